// Gate.swift: the quality-inspection rules as values: which rule, what it found, with which numbers.
// A verdict without the numbers behind it cannot be argued with, so findings carry them.

/// One rule that a measurement has to meet before it counts.
public enum GateID: String, Sendable, Hashable, Codable, CaseIterable {
    /// The run ended by itself and holds what the conversion needs.
    case completeness = "G0"
    /// Every result was checked against an independent computation.
    case numeric = "G1"
    /// The rate is not above the stated peak.
    case peak = "G2"
    case stability = "G3"
    case duration = "G4"
    /// The node is known and counts once.
    case identity = "G5"
    /// Guests together do not exceed their host.
    case hostCap = "G6"
    case simultaneousMultithreading = "G7"
    case freshness = "G8"
    /// The record is what was written at the time.
    case provenance = "G9"
    case time = "G10"
}

/// What a gate says. `flag` counts and is shown; `reject` does not count and is listed.
public enum GateVerdict: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    case pass, flag, reject

    public static func < (left: GateVerdict, right: GateVerdict) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
}

/// Why a gate flagged or rejected; the raw value is the code in records, stores and JSON.
public enum ReasonCode: String, Sendable, Hashable, Codable, CaseIterable {
    // G0
    case interrupted
    case incompleteMix = "incomplete-mix"
    case workMismatch = "work-mismatch"
    case otherMix = "other-mix"
    case precisionNotMeasured = "precision-not-measured"
    case policyPrecision = "policy-precision"
    case partialNode = "partial-node"
    // G1
    case notChecked = "not-checked"
    case checkFailed = "check-failed"
    // G2
    case abovePeak = "above-peak"
    case farBelowPeak = "far-below-peak"
    case peakUnknown = "peak-unknown"
    case impossibleRate = "impossible-rate"
    // G3
    case tooFewSamples = "too-few-samples"
    case unstableCV = "unstable-cv"
    case raisedCV = "raised-cv"
    case slowsDown = "slows-down"
    case untrustedRun = "untrusted-run"
    // G4
    case tooShort = "too-short"
    case clockTooCoarse = "clock-too-coarse"
    // G5
    case noIdentity = "no-identity"
    case generatedIdentity = "generated-identity"
    case superseded
    case classFractionsExceedOne = "class-fractions-exceed-one"
    // G7
    case moreThreadsThanCores = "more-threads-than-cores"
    case coresUnknown = "cores-unknown"
    // G8
    case stale
    case expired
    // G9
    case unsealed
    case binaryUnknown = "binary-unknown"
    // G10
    case futureMeasurement = "future-measurement"
    case endsBeforeStart = "ends-before-start"
    case overlappingRun = "overlapping-run"
}

/// One thing a gate found, with the number found and the limit it was held against.
public struct Finding: Sendable, Hashable, Codable {
    public let gate: GateID
    /// `flag` or `reject`.
    public let verdict: GateVerdict
    public let reason: ReasonCode
    /// What it is about, for example `gemm/f32/openblas/node n=1024`; nil when it is about the whole run.
    public let subject: String?
    /// In the unit that belongs to the reason; nil for findings without a number.
    public let found: Double?
    public let limit: Double?

    public init(
        _ gate: GateID, _ verdict: GateVerdict, _ reason: ReasonCode, subject: String? = nil, found: Double? = nil,
        limit: Double? = nil
    ) {
        self.gate = gate
        self.verdict = verdict
        self.reason = reason
        self.subject = subject
        self.found = found
        self.limit = limit
    }
}

/// What one gate said of one measurement; no findings means that it passed.
public struct GateOutcome: Sendable, Hashable, Codable {
    public let gate: GateID
    public let findings: [Finding]

    public init(_ gate: GateID, _ findings: [Finding] = []) {
        self.gate = gate
        self.findings = findings
    }

    /// The worst of the findings.
    public var verdict: GateVerdict { findings.map(\.verdict).max() ?? .pass }

    /// The reason behind `verdict`: the first finding that is as bad; nil when passed.
    public var reason: ReasonCode? { findings.first { $0.verdict == verdict }?.reason }
}
