// NodeMeasurement.swift: what a record says about a node's capacity, without the record around it.
// It holds facts and no verdicts, so that an index can apply other thresholds or another policy later.

package import CapacityIndex

/// Rates of one run and what the gates need to judge them; a store keeps it beside each record.
package struct NodeMeasurement: Sendable, Hashable, Codable {
    /// Version of this form; raised when a field comes, goes or changes its meaning. A store that holds another version
    /// reads the record again. Version 2 brought `usable_cores`; since 3 `u_random` is over visits.
    package static let version = 3

    package var version = NodeMeasurement.version
    package var origin: RunOrigin
    /// SHA-256 of the canonical record; nil until it is sealed.
    package var digest: String?
    package var startedAt: Timestamp
    package var endedAt: Timestamp
    /// False when the run was interrupted.
    package var completed: Bool
    package var computeClass: ComputeClass
    /// True when the machine id was generated because the system had none.
    package var hasGeneratedIdentity: Bool
    /// SHA-256 of the executable that measured.
    package var toolSHA256: String?
    /// Physical cores that were online.
    package var physicalCores: Int?
    /// Physical cores that the measuring process was allowed to keep busy, ≥ 1; nil when the record does not tell.
    package var usableCores: Int?
    package var mix: MixID
    /// One entry per precision, library and thread count, complete or not.
    package var runs: [MixRun]

    enum CodingKeys: String, CodingKey {
        case version, origin, digest, completed, mix, runs
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case computeClass = "class"
        case hasGeneratedIdentity = "generated_identity"
        case toolSHA256 = "tool_sha256"
        case physicalCores = "physical_cores"
        case usableCores = "usable_cores"
    }
}

/// A mix run once over with one library and thread count.
package struct MixRun: Sendable, Hashable, Codable {
    package var precision: Precision
    /// The results' name, `gemm/f32/openblas/node`.
    package var name: String
    package var threads: Int
    /// S in FLOPS, work over time with each kernel's median; nil when a part of the mix is missing.
    package var rate: Double?
    /// Standard uncertainty of ln S from the samples, which is relative; nil with `rate`.
    package var relativeRandom: Double?
    /// The stated peak P over the same mix, Σ W / Σ (W / P_k), in FLOPS; nil when a kernel has none.
    package var peak: Double?
    /// What the mix has and the record has not, in words: `n=2048: failed, check-failed`.
    package var missing: [String]
    /// The parts that were measured, in the order of the mix.
    package var kernels: [KernelEvidence]

    /// η = S / P; nil when either is not known.
    package var fractionOfPeak: Double? {
        guard let rate, let peak, peak > 0 else { return nil }
        return rate / peak
    }

    enum CodingKeys: String, CodingKey {
        case precision, name, threads, rate, peak, missing, kernels
        case relativeRandom = "u_random"
    }
}

/// One kernel of a mix, as far as rate and gates need it.
package struct KernelEvidence: Sendable, Hashable, Codable {
    /// `gemm/f32/openblas/node n=1024`.
    package var subject: String
    /// W: operations of one multiplication that the mix counts.
    package var operations: Double
    /// Operations of one multiplication that the record states; nil when it states none.
    package var statedOperations: Double?
    /// Median time of one multiplication; nil when a sample's rate is not a finite number above 0.
    package var medianSeconds: Double?
    /// The smallest sample rate, for the report when `medianSeconds` is nil.
    package var smallestRate: Double?
    package var sampleCount: Int
    /// Coefficient of variation of the samples' rates (n − 1); nil for fewer than two.
    package var cv: Double?
    /// Mean rate of the last third of the samples over that of the first third, in time order; nil for fewer than three.
    package var thirdsRatio: Double?
    /// Time in all samples together.
    package var totalSeconds: Double
    package var shortestSampleSeconds: Double
    /// Stated peak P_k, FLOPS.
    package var peak: Double?
    package var checkCount: Int
    package var failedCheckCount: Int
    /// The measuring side distrusted its own samples.
    package var isUntrusted: Bool

    /// W / t, FLOPS.
    package var medianRate: Double? { medianSeconds.map { operations / $0 } }

    enum CodingKeys: String, CodingKey {
        case subject, operations, cv, peak
        case statedOperations = "stated_operations"
        case medianSeconds = "median_seconds"
        case smallestRate = "smallest_rate"
        case sampleCount = "sample_count"
        case thirdsRatio = "thirds_ratio"
        case totalSeconds = "total_seconds"
        case shortestSampleSeconds = "shortest_sample_seconds"
        case checkCount = "check_count"
        case failedCheckCount = "failed_check_count"
        case isUntrusted = "untrusted"
    }
}
