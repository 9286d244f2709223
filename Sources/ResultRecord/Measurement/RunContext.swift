// RunContext.swift: who ran what, with which tool and library: the parts of a record beside machine and results.

/// The program that measured.
public struct ToolDescription: Sendable, Hashable, Codable {
    public var version: String
    @OrNull public var gitCommit: String?
    /// `release`; records are not made by builds without optimisation.
    public var buildConfig: String
    public var compiler: String
    /// SHA-256 of the executable, hexadecimal.
    @OrNull public var sha256: String?

    public init(version: String, gitCommit: String?, buildConfig: String, compiler: String, sha256: String?) {
        self.version = version
        self.buildConfig = buildConfig
        self.compiler = compiler
        self.gitCommit = gitCommit
        self.sha256 = sha256
    }

    enum CodingKeys: String, CodingKey {
        case version, compiler, sha256
        case gitCommit = "git_commit"
        case buildConfig = "build_config"
    }
}

/// The repository a run was started in, where a CI's variables or git tell.
public struct VersionControlDescription: Sendable, Hashable, Codable {
    @OrNull public var commit: String?
    @OrNull public var branch: String?
    @OrNull public var dirty: Bool?

    public init() {}
}

public struct CIDescription: Sendable, Hashable, Codable {
    @OrNull public var provider: String?
    @OrNull public var runURL: String?
    @OrNull public var runner: String?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case provider, runner
        case runURL = "run_url"
    }
}

/// Which BLAS library ran, as it describes itself.
public struct BLASDescription: Sendable, Hashable, Codable {
    /// `openblas`, or `cblas` for a library that does not name itself.
    public var library: String
    @OrNull public var version: String?
    @OrNull public var config: String?
    /// The kernel set it chose for this processor.
    @OrNull public var coreName: String?
    /// Threads it was set to for scope node, read back.
    @OrNull public var threads: Int?
    /// `pthreads`, `openmp` or `sequential`.
    @OrNull public var threading: String?
    /// OPENBLAS_CORETYPE in the environment.
    @OrNull public var coreTypeEnvironment: String?
    /// Width of its integers in bits, found by a call that tells 32 from 64.
    public var integerBits: Int
    public var path: String
    /// SHA-256 of the library file, hexadecimal.
    @OrNull public var sha256: String?

    public init(library: String, integerBits: Int, path: String) {
        self.library = library
        self.integerBits = integerBits
        self.path = path
    }

    enum CodingKeys: String, CodingKey {
        case library, version, config, threads, threading, path, sha256
        case coreName = "corename"
        case coreTypeEnvironment = "coretype_env"
        case integerBits = "integer_bits"
    }
}

/// What the machine was seen to do during the run.
public struct ObservedConditions: Sendable, Hashable, Codable {
    @OrNull public var frequencyHertz: FrequencyRange?
    /// `dependent-adds`: a chain of one-cycle additions, timed right behind the slices of the kernels.
    @OrNull public var frequencySource: String?
    @OrNull public var temperatureCelsiusMax: Double?
    @OrNull public var throttleEventsDelta: Int?
    /// Over all CPUs that the run used, the time between measurements included; nil in older records.
    @OrNull public var conditions: ResultConditions?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case conditions
        case frequencyHertz = "freq_hz"
        case frequencySource = "freq_source"
        case temperatureCelsiusMax = "temp_c_max"
        case throttleEventsDelta = "throttle_events_delta"
    }
}

public struct FrequencyRange: Sendable, Hashable, Codable {
    public var min: Double
    public var median: Double
    public var max: Double

    public init(min: Double, median: Double, max: Double) {
        self.min = min
        self.median = median
        self.max = max
    }
}

/// What the control group's quota took away during the run; all nil without a quota controller.
public struct ThrottleDelta: Sendable, Hashable, Codable {
    @OrNull public var periods: Int?
    @OrNull public var throttledPeriods: Int?
    @OrNull public var throttledMicroseconds: Int?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case periods = "nr_periods"
        case throttledPeriods = "nr_throttled"
        case throttledMicroseconds = "throttled_us"
    }
}
