// NoiseProfile.swift: how much a node's figures scatter when nothing has changed: what `suanli noise` writes, and what
// later comparisons of that node's figures start from. The keys are those of schemas/noise-profile.schema.json.

/// The noise floor of one node: rounds of the same kernels, each kernel's rate once a round (A/A).
public struct NoiseProfile: Sendable, Hashable, Codable {
    public static let formatName = "suanli-noise-profile"
    public static let schemaVersion = 1

    public var format = NoiseProfile.formatName
    public var schema = NoiseProfile.schemaVersion
    /// RFC 3339, UTC: when the first round began.
    public var measuredAt: String
    public var durationSeconds: Double
    public var tool: ToolDescription
    public var seed: Int
    public var host: HostDescription
    public var machineClass: String
    /// SHA-256 of the plan's canonical JSON, as of a record.
    public var configHash: String
    /// Whole rounds; a kernel that failed in one has fewer.
    public var rounds: Int
    public var design: ComparisonDesignRecord
    public var kernels: [KernelNoise]
    /// What the machine did over all rounds; nil where nothing was watched.
    @OrNull public var conditions: ResultConditions?

    public init(
        measuredAt: String, durationSeconds: Double, tool: ToolDescription, seed: Int, host: HostDescription,
        machineClass: String, configHash: String, rounds: Int, design: ComparisonDesignRecord, kernels: [KernelNoise],
        conditions: ResultConditions?
    ) {
        self.measuredAt = measuredAt
        self.durationSeconds = durationSeconds
        self.tool = tool
        self.seed = seed
        self.host = host
        self.machineClass = machineClass
        self.configHash = configHash
        self.rounds = rounds
        self.design = design
        self.kernels = kernels
        self.conditions = conditions
    }

    enum CodingKeys: String, CodingKey {
        case format, schema, tool, seed, host, rounds, design, kernels, conditions
        case measuredAt = "measured_at"
        case durationSeconds = "duration_seconds"
        case machineClass = "machine_class"
        case configHash = "config_hash"
    }
}

/// The comparison that the resolvable regressions are stated for.
public struct ComparisonDesignRecord: Sendable, Hashable, Codable {
    /// Rates per side.
    public var rounds: Int
    /// Two-sided; the test is Mann–Whitney's.
    public var significance: Double
    public var power: Double

    public init(rounds: Int, significance: Double, power: Double) {
        self.rounds = rounds
        self.significance = significance
        self.power = power
    }
}

/// One kernel's scatter between rounds, and what disturbed it.
public struct KernelNoise: Sendable, Hashable, Codable {
    /// As of a result.
    public var name: String
    @OrNull public var n: Int?
    @OrNull public var level: String?
    public var unit: String
    /// Sustained over each round's visit; of a kernel that measures time, loads per second.
    public var rates: [Double]
    /// Standard deviation of the logarithms of the rates.
    @OrNull public var cv: Double?
    /// What it is below with 95 % confidence, as few rounds tell it.
    @OrNull public var cvUpper: Double?
    /// The smallest drop of the rate that the design finds with its power, at `cvUpper`, as a share; and at `cv`.
    @OrNull public var resolvable: Double?
    @OrNull public var resolvableAtCV: Double?
    public var causes: [NoiseCause]
    /// What the machine did during this kernel's visits.
    @OrNull public var conditions: ResultConditions?

    public init(
        name: String, n: Int?, level: String?, unit: String, rates: [Double], causes: [NoiseCause],
        conditions: ResultConditions?
    ) {
        self.name = name
        self.unit = unit
        self.rates = rates
        self.causes = causes
        self.n = n
        self.level = level
        self.conditions = conditions
    }

    enum CodingKeys: String, CodingKey {
        case name, n, level, unit, rates, cv, resolvable, causes, conditions
        case cvUpper = "cv_upper"
        case resolvableAtCV = "resolvable_at_cv"
    }
}

/// Something that disturbed a kernel, by the code of a quality reason, in words, and what to do about it.
public struct NoiseCause: Sendable, Hashable, Codable {
    public var code: String
    public var finding: String
    @OrNull public var cure: String?

    public init(code: String, finding: String, cure: String?) {
        self.code = code
        self.finding = finding
        self.cure = cure
    }
}
