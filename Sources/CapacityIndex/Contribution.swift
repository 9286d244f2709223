// Contribution.swift: what one node adds to the index, and what was refused in its place.

/// How much of the time a node is there to be used, in 0 … 1.
public struct Availability: Sendable, Hashable, Codable {
    public let fraction: Double
    /// True when nobody stated it and 1 was taken.
    public let isAssumed: Bool

    /// 1, flagged as assumed.
    public static let assumed = Availability(unchecked: 1, isAssumed: true)

    public init(_ fraction: Double) throws(CapacityError) {
        guard (0...1).contains(fraction) else { throw .notAFraction(field: "availability", number: fraction) }
        self.init(unchecked: fraction, isAssumed: false)
    }

    private init(unchecked fraction: Double, isAssumed: Bool) {
        self.fraction = fraction
        self.isAssumed = isAssumed
    }

    enum CodingKeys: String, CodingKey {
        case fraction
        case isAssumed = "assumed"
    }
}

/// Where a run comes from: the node, its place, and the record that can be looked up.
public struct RunOrigin: Sendable, Hashable, Codable {
    /// Hash of the machine's identity; nil when the machine had none (such a run never counts).
    public var nodeID: String?
    public var runID: String
    /// The machine's name, when it was recorded; for people only.
    public var hostName: String?
    /// Processor model.
    public var model: String?
    public var site: String?
    public var region: String?
    public var measuredAt: Timestamp

    public init(
        nodeID: String?, runID: String, hostName: String? = nil, model: String? = nil, site: String? = nil,
        region: String? = nil, measuredAt: Timestamp
    ) {
        self.nodeID = nodeID
        self.runID = runID
        self.hostName = hostName
        self.model = model
        self.site = site
        self.region = region
        self.measuredAt = measuredAt
    }

    enum CodingKeys: String, CodingKey {
        case model, site, region
        case nodeID = "node_id"
        case runID = "run_id"
        case hostName = "host_name"
        case measuredAt = "measured_at"
    }
}

/// One node's capacity in one class, K = E · a · φ, with the gates it passed.
public struct Contribution: Sendable, Hashable {
    /// Never empty: gate G5 refuses runs without one.
    public let nodeID: String
    public let origin: RunOrigin
    public let computeClass: ComputeClass
    /// The precision that was measured; `equivalent` is in the policy's reference precision.
    public let measuredPrecision: Precision
    /// E: the converted rate with its uncertainty at the time it was measured.
    public let equivalent: Capacity
    public let availability: Availability
    /// φ: the share of the node that belongs to `computeClass`, in 0 … 1.
    public let classFraction: Double
    /// Passed or flagged; none rejects.
    public let gates: [GateOutcome]
    /// Achieved share of the stated peak; nil when the peak is not known.
    public let fractionOfPeak: Double?
    /// Which results the rate was computed from, `gemm/f32/openblas/node, 8 threads`; nil for other origins.
    public let measuredWith: String?
    /// Runs of the same record that did not count because another was better, in words.
    public let passedOver: [String]

    /// - Throws: `CapacityError.notAFraction` for a class fraction outside 0 … 1.
    public init(
        nodeID: String, origin: RunOrigin, computeClass: ComputeClass, measuredPrecision: Precision,
        equivalent: Capacity, availability: Availability = .assumed, classFraction: Double = 1,
        gates: [GateOutcome] = [], fractionOfPeak: Double? = nil, measuredWith: String? = nil,
        passedOver: [String] = []
    ) throws(CapacityError) {
        guard (0...1).contains(classFraction) else {
            throw .notAFraction(field: "class fraction", number: classFraction)
        }
        self.nodeID = nodeID
        self.origin = origin
        self.computeClass = computeClass
        self.measuredPrecision = measuredPrecision
        self.equivalent = equivalent
        self.availability = availability
        self.classFraction = classFraction
        self.gates = gates
        self.fractionOfPeak = fractionOfPeak
        self.measuredWith = measuredWith
        self.passedOver = passedOver
    }

    public func ageDays(asOf: Timestamp) -> Double { asOf.days(since: origin.measuredAt) }

    /// K = E · a · φ as of a date, its random uncertainty widened by age.
    ///
    /// Ageing is taken as independent between nodes: each drifts by its own updates, dust and neighbours.
    public func capacity(asOf: Timestamp, thresholds: GateThresholds) throws(CapacityError) -> Capacity {
        let scale = availability.fraction * classFraction
        let random = thresholds.aged(
            relativeUncertainty: equivalent.relativeRandom ?? 0, ageDays: ageDays(asOf: asOf))
        return try Capacity(
            value: equivalent.value * scale, relativeRandom: random,
            relativeSystematic: equivalent.relativeSystematic ?? 0, precision: equivalent.precision,
            policy: equivalent.policy, basis: equivalent.basis, perimeter: equivalent.perimeter, asOf: asOf)
    }
}

/// A run that does not count, and why. Kept beside the total, so that nothing is dropped silently.
public struct Refusal: Sendable, Hashable, Codable {
    public let origin: RunOrigin
    /// At least one of them rejects.
    public let findings: [Finding]

    public init(origin: RunOrigin, findings: [Finding]) {
        self.origin = origin
        self.findings = findings
    }

    /// The findings that reject, without the flags.
    public var rejections: [Finding] { findings.filter { $0.verdict == .reject } }
}
