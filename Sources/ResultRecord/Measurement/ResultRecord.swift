// ResultRecord.swift: one run on one node, as it is written down, stored and submitted.
// The JSON keys are the contract of schemas/result-record.schema.json; a change of meaning raises `schemaVersion`.

public struct ResultRecord: Sendable, Hashable, Codable {
    /// The version this code writes, and the newest it reads.
    public static let schemaVersion = 1

    public var schema: Int
    /// UUID, lower case.
    public var runID: String
    /// RFC 3339, UTC.
    public var startedAt: String
    public var endedAt: String
    public var durationSeconds: Double
    public var tool: ToolDescription
    public var argv: [String]
    /// SHA-256 of the canonical JSON of the plan: equal hashes mean equal work.
    public var configHash: String
    /// 0 … 2^53 − 1, so that every JSON reader keeps it exactly.
    public var seed: Int
    public var tags: [String: String]
    @OrNull public var site: String?
    @OrNull public var region: String?
    /// False when the run was interrupted; the results measured until then are kept.
    public var completed: Bool
    /// The signal that interrupted it.
    @OrNull public var interruptedBySignal: Int?
    public var vcs: VersionControlDescription
    public var ci: CIDescription
    public var machine: MachineDescription
    public var observed: ObservedConditions
    public var throttleDelta: ThrottleDelta
    @OrNull public var blas: BLASDescription?
    /// Further BLAS libraries that were measured beside `blas`.
    public var furtherBLAS: [BLASDescription]
    public var results: [ResultEntry]
    /// Measurements that were sampled in turn, as ratios to the first of them.
    public var comparisons: [ComparisonRecord]
    /// Follows from `results`.
    @OrNull public var roofline: Roofline?
    @OrNull public var contribution: ContributionRecord?
    @OrNull public var submission: SubmissionRecord?
    /// SHA-256 of the canonical JSON of everything but `digest` and `submission`; nil until sealed.
    @OrNull public var digest: String?

    public init(
        runID: String, startedAt: String, endedAt: String, durationSeconds: Double, tool: ToolDescription,
        argv: [String], configHash: String, seed: Int, machine: MachineDescription
    ) {
        schema = Self.schemaVersion
        self.runID = runID
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.durationSeconds = durationSeconds
        self.tool = tool
        self.argv = argv
        self.configHash = configHash
        self.seed = seed
        self.machine = machine
        tags = [:]
        completed = true
        vcs = VersionControlDescription()
        ci = CIDescription()
        observed = ObservedConditions()
        throttleDelta = ThrottleDelta()
        furtherBLAS = []
        results = []
        comparisons = []
    }

    enum CodingKeys: String, CodingKey {
        case schema, tool, argv, seed, tags, site, region, completed, vcs, ci, observed, blas, results, comparisons
        case roofline, contribution, submission, digest
        case runID = "run_id"
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case durationSeconds = "duration_seconds"
        case configHash = "config_hash"
        case interruptedBySignal = "interrupted_by_signal"
        case throttleDelta = "throttle_delta"
        case furtherBLAS = "further_blas"
    }

    public init(from decoder: any Decoder) throws {
        // The machine's parts are top-level keys beside ours.
        machine = try MachineDescription(from: decoder)
        let values = try decoder.container(keyedBy: CodingKeys.self)
        schema = try values.decode(Int.self, forKey: .schema)
        runID = try values.decode(String.self, forKey: .runID)
        startedAt = try values.decode(String.self, forKey: .startedAt)
        endedAt = try values.decode(String.self, forKey: .endedAt)
        durationSeconds = try values.decode(Double.self, forKey: .durationSeconds)
        tool = try values.decode(ToolDescription.self, forKey: .tool)
        argv = try values.decode([String].self, forKey: .argv)
        configHash = try values.decode(String.self, forKey: .configHash)
        seed = try values.decode(Int.self, forKey: .seed)
        tags = try values.decode([String: String].self, forKey: .tags)
        completed = try values.decode(Bool.self, forKey: .completed)
        vcs = try values.decode(VersionControlDescription.self, forKey: .vcs)
        ci = try values.decode(CIDescription.self, forKey: .ci)
        observed = try values.decode(ObservedConditions.self, forKey: .observed)
        throttleDelta = try values.decode(ThrottleDelta.self, forKey: .throttleDelta)
        results = try values.decode([ResultEntry].self, forKey: .results)
        // Records of the first weeks have none of these.
        furtherBLAS = try values.decodeIfPresent([BLASDescription].self, forKey: .furtherBLAS) ?? []
        comparisons = try values.decodeIfPresent([ComparisonRecord].self, forKey: .comparisons) ?? []
        _roofline = try values.decode(OrNull<Roofline>.self, forKey: .roofline)
        _site = try values.decode(OrNull<String>.self, forKey: .site)
        _region = try values.decode(OrNull<String>.self, forKey: .region)
        _interruptedBySignal = try values.decode(OrNull<Int>.self, forKey: .interruptedBySignal)
        _blas = try values.decode(OrNull<BLASDescription>.self, forKey: .blas)
        _contribution = try values.decode(OrNull<ContributionRecord>.self, forKey: .contribution)
        _submission = try values.decode(OrNull<SubmissionRecord>.self, forKey: .submission)
        _digest = try values.decode(OrNull<String>.self, forKey: .digest)
    }

    public func encode(to encoder: any Encoder) throws {
        try machine.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(schema, forKey: .schema)
        try values.encode(runID, forKey: .runID)
        try values.encode(startedAt, forKey: .startedAt)
        try values.encode(endedAt, forKey: .endedAt)
        try values.encode(durationSeconds, forKey: .durationSeconds)
        try values.encode(tool, forKey: .tool)
        try values.encode(argv, forKey: .argv)
        try values.encode(configHash, forKey: .configHash)
        try values.encode(seed, forKey: .seed)
        try values.encode(tags, forKey: .tags)
        try values.encode(completed, forKey: .completed)
        try values.encode(vcs, forKey: .vcs)
        try values.encode(ci, forKey: .ci)
        try values.encode(observed, forKey: .observed)
        try values.encode(throttleDelta, forKey: .throttleDelta)
        try values.encode(furtherBLAS, forKey: .furtherBLAS)
        try values.encode(results, forKey: .results)
        try values.encode(comparisons, forKey: .comparisons)
        try values.encode(_roofline, forKey: .roofline)
        try values.encode(_site, forKey: .site)
        try values.encode(_region, forKey: .region)
        try values.encode(_interruptedBySignal, forKey: .interruptedBySignal)
        try values.encode(_blas, forKey: .blas)
        try values.encode(_contribution, forKey: .contribution)
        try values.encode(_submission, forKey: .submission)
        try values.encode(_digest, forKey: .digest)
    }
}

/// Two measurements that were sampled in turn, product by product.
public struct ComparisonRecord: Sendable, Hashable, Codable {
    /// Names of two results with the same `n`, type and CPUs.
    public var name: String
    public var baseline: String
    @OrNull public var n: Int?
    /// Median over the pairs of the rate of `name` over that of `baseline`.
    public var ratio: Double
    /// Interval of the median; nil with too few pairs.
    @OrNull public var ciLow: Double?
    @OrNull public var ciHigh: Double?
    @OrNull public var ciLevel: Double?
    /// `sign-test`: order statistics of the pairs' ratios, whatever their distribution.
    public var method: String
    public var pairs: Int

    public init(name: String, baseline: String, n: Int?, ratio: Double, method: String, pairs: Int) {
        self.name = name
        self.baseline = baseline
        self.ratio = ratio
        self.method = method
        self.pairs = pairs
        self.n = n
    }

    enum CodingKeys: String, CodingKey {
        case name, baseline, n, ratio, method, pairs
        case ciLow = "ci_low"
        case ciHigh = "ci_high"
        case ciLevel = "ci_level"
    }
}

/// The capacity that a record was converted to when it was made. An index converts again under its own policy.
public struct ContributionRecord: Sendable, Hashable, Codable {
    /// Identifier and version of the policy, `fp32-native/1`.
    public var policy: String
    /// The reference node of scores; nil, as capacity needs none.
    @OrNull public var referenceID: String?
    /// `general`, `intelligent` or `super`.
    public var computeClass: String
    /// Capacity in FLOPS of the policy's reference precision; nil when refused.
    @OrNull public var valueFLOPS: Double?
    /// Standard uncertainties, relative (1 σ).
    @OrNull public var uRandom: Double?
    @OrNull public var uSystematic: Double?
    public var gates: [GateRecord]

    public init(policy: String, computeClass: String, gates: [GateRecord]) {
        self.policy = policy
        self.computeClass = computeClass
        self.gates = gates
    }

    enum CodingKeys: String, CodingKey {
        case policy, gates
        case referenceID = "reference_id"
        case computeClass = "class"
        case valueFLOPS = "value_flops"
        case uRandom = "u_random"
        case uSystematic = "u_systematic"
    }
}

public struct GateRecord: Sendable, Hashable, Codable {
    /// `G0` (completeness) … `G10`.
    public var id: String
    /// `pass`, `flag` or `reject`.
    public var outcome: String
    /// Reason code; nil when passed.
    @OrNull public var reason: String?

    public init(id: String, outcome: String, reason: String?) {
        self.id = id
        self.outcome = outcome
        self.reason = reason
    }
}

/// Where a record was delivered. Not covered by the digest, as it is known only afterwards.
public struct SubmissionRecord: Sendable, Hashable, Codable {
    public var endpoint: String
    public var idempotencyKey: String
    public var attempts: Int
    @OrNull public var acceptedAt: String?

    public init(endpoint: String, idempotencyKey: String, attempts: Int, acceptedAt: String?) {
        self.endpoint = endpoint
        self.idempotencyKey = idempotencyKey
        self.attempts = attempts
        self.acceptedAt = acceptedAt
    }

    enum CodingKeys: String, CodingKey {
        case endpoint, attempts
        case idempotencyKey = "idempotency_key"
        case acceptedAt = "accepted_at"
    }
}
