// ResultEntry.swift: one measured kernel in a record: rates, samples, checks and how far to trust them.

public import Quantities

/// One kernel at one size and scope.
///
/// `rate` and `burst` are nil unless every check passed: a rate that was not verified is not reported.
public struct ResultEntry: Sendable, Hashable, Codable {
    /// `<kernel>/<dtype>/<variant>/<scope>`, for example `gemm/f64/openblas/node`.
    public var name: String
    /// Sustained: all work over all time, in `unit`.
    @OrNull public var rate: Double?
    /// Best single sample, in `unit`.
    @OrNull public var burst: Double?
    /// `FLOPS`, `OPS`, `B/s`, `s` or `Hz`.
    public var unit: String
    public var params: ResultParameters
    public var direction: Direction
    @OrNull public var flopPerIteration: Double?
    /// Bytes that an iteration must move, as STREAM counts them.
    @OrNull public var bytesPerIteration: Double?
    /// The same, with the lines that regular stores read before they write them; nil for kernels without streams.
    @OrNull public var bytesWithWriteAllocate: Double?
    /// Floating-point operations per byte that must be moved; nil where either is none.
    @OrNull public var arithmeticIntensity: Double?
    /// Iterations of the kernel's loop in one sample; for gemm, multiplications.
    public var iterationsPerSample: Int
    public var warmUpPasses: Int
    public var samples: [Sample]
    /// Samples of each visit, in the order of `samples`: the run came back to the measurement with others in between.
    @OrNull public var visits: [Int]?
    @OrNull public var stats: SampleSummary?
    /// The stated peak for this scope and element type, in `unit`; nil when the machine's peak is not known.
    @OrNull public var theoreticalPeak: Double?
    /// Which clock the peak was computed with.
    @OrNull public var peakBasis: PeakBasis?
    /// `rate / theoreticalPeak`.
    @OrNull public var fractionOfPeak: Double?
    /// `burst / theoreticalPeak`.
    @OrNull public var burstFractionOfPeak: Double?
    public var checks: [CheckOutcome]
    public var status: ResultStatus
    /// Why sampling ended or the kernel did not run: `interval-reached`, `budget-spent`, `check-failed`, ….
    @OrNull public var statusCode: String?
    @OrNull public var statusReason: String?
    @OrNull public var quality: Quality?
    public var qualityReasons: [String]
    /// What went on around the measurement; nil where it was not made, and in records before version 1 had it.
    @OrNull public var conditions: ResultConditions?

    public init(name: String, unit: String, params: ResultParameters, status: ResultStatus) {
        self.name = name
        self.unit = unit
        self.params = params
        self.status = status
        direction = .higherIsBetter
        iterationsPerSample = 0
        warmUpPasses = 0
        samples = []
        checks = []
        qualityReasons = []
    }

    enum CodingKeys: String, CodingKey {
        case name, rate, burst, unit, params, direction, samples, visits, stats, checks, status, quality, conditions
        case flopPerIteration = "flop_per_iteration"
        case bytesPerIteration = "bytes_per_iteration"
        case bytesWithWriteAllocate = "bytes_with_write_allocate"
        case arithmeticIntensity = "arithmetic_intensity"
        case iterationsPerSample = "iterations_per_sample"
        case warmUpPasses = "warm_up_passes"
        case theoreticalPeak = "theoretical_peak"
        case peakBasis = "peak_basis"
        case fractionOfPeak = "fraction_of_peak"
        case burstFractionOfPeak = "burst_fraction_of_peak"
        case statusCode = "status_code"
        case statusReason = "status_reason"
        case qualityReasons = "quality_reasons"
    }
}

public enum Direction: String, Sendable, Hashable, Codable {
    case higherIsBetter = "higher"
    case lowerIsBetter = "lower"
}

public enum ResultStatus: String, Sendable, Hashable, Codable {
    case ok, failed, skipped, timeout
}

public enum Quality: String, Sendable, Hashable, Codable {
    case trusted, noisy, untrusted
}

public enum PeakBasis: String, Sendable, Hashable, Codable {
    case base, max, observed
}

/// What was varied between results of the same name, and where the work ran.
public struct ResultParameters: Sendable, Hashable, Codable {
    /// Order of the square matrices; nil for kernels without a size.
    @OrNull public var n: Int?
    /// nil where no numbers are computed.
    @OrNull public var dtype: ElementType?
    /// Level of the memory hierarchy that the working set was made for: `l1`, `l2`, `l3` or `dram`.
    @OrNull public var level: String?
    /// Bytes of the working set, over all arrays and threads.
    @OrNull public var bytes: Int?
    /// Whether 2 MiB pages were asked for; nil where that was not varied.
    @OrNull public var hugePages: Bool?
    /// The survey of the machine that the result is a part of: `per-core` or `numa`.
    @OrNull public var map: String?
    /// Instruction set of our own kernels; for a BLAS its core name.
    @OrNull public var isa: String?
    public var threads: Int
    /// Where memory was asked to be: `bind:0`, `interleave:0-1`, `registers`.
    public var placement: String
    /// CPU list (`0-3`), one CPU per thread, read back from the running threads.
    public var cpus: String
    /// NUMA nodes the pages were found on, read back after first touch; empty for kernels that use registers only.
    @OrNull public var memNodes: [Int]?

    public init(n: Int?, dtype: ElementType?, isa: String?, threads: Int, placement: String, cpus: String) {
        self.threads = threads
        self.placement = placement
        self.cpus = cpus
        self.dtype = dtype
        self.n = n
        self.isa = isa
    }

    enum CodingKeys: String, CodingKey {
        case n, dtype, level, bytes, map, isa, threads, placement, cpus
        case hugePages = "huge_pages"
        case memNodes = "mem_nodes"
    }
}

/// One timed slice.
public struct Sample: Sendable, Hashable, Codable {
    /// Seconds since the start of the run, on the monotonic clock.
    public var startSeconds: Double
    /// Rate over the slice, in the result's unit.
    public var value: Double
    /// CPU time the measured threads used in the slice; nil where it was not read.
    @OrNull public var cpuSeconds: Double?
    /// Which pass over the plan the sample belongs to, from 0.
    public var round: Int

    public init(startSeconds: Double, value: Double, cpuSeconds: Double?, round: Int) {
        self.startSeconds = startSeconds
        self.value = value
        self.round = round
        self.cpuSeconds = cpuSeconds
    }

    enum CodingKeys: String, CodingKey {
        case value, round
        case startSeconds = "start_seconds"
        case cpuSeconds = "cpu_seconds"
    }
}

/// Statistics of the samples' values, in the result's unit, and the interval of the sustained rate.
public struct SampleSummary: Sendable, Hashable, Codable {
    public var n: Int
    public var min: Double
    public var max: Double
    public var mean: Double
    /// Sample standard deviation (n − 1); nil for one sample.
    @OrNull public var stddev: Double?
    @OrNull public var cv: Double?
    public var median: Double
    /// Median absolute deviation from the median, not scaled.
    public var mad: Double
    public var p05: Double
    public var p95: Double
    /// Interval of the sustained rate; nil with fewer than two samples.
    @OrNull public var ciLow: Double?
    @OrNull public var ciHigh: Double?
    @OrNull public var ciLevel: Double?
    @OrNull public var ciMethod: String?

    public init(n: Int, min: Double, max: Double, mean: Double, median: Double, mad: Double, p05: Double, p95: Double) {
        self.n = n
        self.min = min
        self.max = max
        self.mean = mean
        self.median = median
        self.mad = mad
        self.p05 = p05
        self.p95 = p95
    }

    enum CodingKeys: String, CodingKey {
        case n, min, max, mean, stddev, cv, median, mad, p05, p95
        case ciLow = "ci_low"
        case ciHigh = "ci_high"
        case ciLevel = "ci_level"
        case ciMethod = "ci_method"
    }
}

/// One numeric check of a kernel's result: the worst outcome over all samples.
public struct CheckOutcome: Sendable, Hashable, Codable {
    /// `freivalds`, `sampled-entries`, `own-product`, `scalar-replay`, `hpl-residual`, `stream-elements`,
    /// `stream-sums`, `chase-end` or `stated-peak`.
    public var kind: String
    /// Scaled residual; for `scalar-replay`, streams and chains the number of wrong ones; for `stated-peak` the share;
    /// nil when it was not finite (the result held NaN or infinity).
    @OrNull public var residual: Double?
    public var tolerance: Double
    public var passed: Bool
    /// How many timed results the check looked at.
    public var count: Int
    /// CPU of the first failing result; nil when all passed.
    @OrNull public var cpu: Int?

    public init(kind: String, residual: Double?, tolerance: Double, passed: Bool, count: Int, cpu: Int? = nil) {
        self.kind = kind
        self.tolerance = tolerance
        self.passed = passed
        self.count = count
        self.residual = residual
        self.cpu = cpu
    }
}
