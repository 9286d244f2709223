// MeasurementPlan.swift: what will be measured, where, and for how long. Pure values; Planner makes them.

package import ComputeKernels
package import MachineProbe
package import Quantities

/// How many threads a measurement uses.
package enum Scope: String, Sendable, Hashable, Codable, CaseIterable {
    /// One thread on one physical core.
    case core
    /// One thread per physical core that we may use.
    case node
}

/// How much time a run may take, and how narrow its intervals become.
package enum Tier: String, Sendable, Hashable, Codable {
    case quick, standard = "default", thorough
}

/// What runs inside the timed slices.
package enum PlannedKernel: Sendable, Hashable {
    case fma(FMAKernel)
    /// Square matrix product, C = A·B, through the BLAS library.
    case gemm
}

/// One kernel at one size and scope, with the CPUs and the time it gets.
package struct PlannedMeasurement: Sendable, Hashable {
    /// `<kernel>/<dtype>/<variant>/<scope>`
    package var name: String
    package var kernel: PlannedKernel
    /// Order of the matrices; nil for kernels without a size.
    package var order: Int?
    package var elementType: ElementType
    package var scope: Scope
    /// One logical CPU per thread, in the order of the threads.
    package var cpus: [Int]
    /// Where matrices go; nil for kernels that stay in registers.
    package var placement: MemoryPlacement?
    package var sampling: SamplingLimits
    /// Stated peak in FLOPS per hertz of clock, over all threads; nil when the core's peak is not known.
    package var peakFLOPPerCycle: Double?
    /// Estimated seconds of set-up, warm-up and checks.
    package var overheadSeconds: Double
    /// Estimated seconds of the fewest samples that are worth taking.
    package var leastSamplingSeconds: Double

    package var leastSeconds: Double { overheadSeconds + leastSamplingSeconds }
    package var mostSeconds: Double { overheadSeconds + max(leastSamplingSeconds, sampling.budgetSeconds) }

    /// As records name the placement asked for.
    package var placementText: String { placement?.description ?? "registers" }

    /// Floating-point operations of one iteration on one thread; for gemm, of one product.
    package var flopPerIteration: Double {
        if case .fma(let kernel) = kernel { return Double(kernel.flopPerIteration) }
        let n = Double(order ?? 0)
        return 2 * n * n * n
    }
}

/// When sampling may stop and when it must.
package struct SamplingLimits: Sendable, Hashable, Codable {
    /// Sampling goes on until the interval's half-width is at most this share of the rate …
    package var targetHalfWidth: Double
    /// … but at least for this many samples and seconds of measured time …
    package var minimumSamples: Int
    package var minimumSeconds: Double
    /// … and not beyond these, once there are `minimumSamples`.
    package var maximumSamples: Int
    package var budgetSeconds: Double

    package init(
        targetHalfWidth: Double, minimumSamples: Int, minimumSeconds: Double, maximumSamples: Int, budgetSeconds: Double
    ) {
        self.targetHalfWidth = targetHalfWidth
        self.minimumSamples = minimumSamples
        self.minimumSeconds = minimumSeconds
        self.maximumSamples = maximumSamples
        self.budgetSeconds = budgetSeconds
    }
}

/// A measurement that was asked for and is not made, and why.
package struct SkippedMeasurement: Sendable, Hashable {
    package var name: String
    package var elementType: ElementType
    package var n: Int?
    package var threads: Int
    /// `does-not-fit-memory`, `does-not-fit-duration`, `interrupted`, …
    package var code: String
    package var reason: String
}

package struct MeasurementPlan: Sendable, Hashable {
    package var tier: Tier
    package var seed: Int
    package var measurements: [PlannedMeasurement]
    package var skipped: [SkippedMeasurement]
    /// CPUs for scope node, one per thread.
    package var cpus: [Int]
    /// Whether scope node takes all the cores that this process may use.
    package var usesWholeNode: Bool
    /// Seconds asked for with --duration; nil for the tier's own.
    package var duration: Double?
    /// Why results have no theoretical peak; nil when they have one.
    package var peakUnknown: String?
    /// What the plan's reader should know: fewer threads than cores because of a quota, for example.
    package var notes: [String]

    package var leastSeconds: Double { measurements.reduce(0) { $0 + $1.leastSeconds } }
    /// Upper estimate of the time the plan takes.
    package var mostSeconds: Double { measurements.reduce(0) { $0 + $1.mostSeconds } }
    package var needsBLAS: Bool { measurements.contains { $0.order != nil } }
}

extension MeasurementPlan: Encodable {
    enum CodingKeys: String, CodingKey { case tier, duration, measurements }

    /// What is measured, where and how thoroughly; its hash is the record's `config_hash`. The data's seed and budgets
    /// that follow from a clock just seen are left out: they differ between runs of the same work.
    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(tier, forKey: .tier)
        try values.encode(duration, forKey: .duration)
        try values.encode(measurements.map(Identity.init), forKey: .measurements)
    }

    private struct Identity: Encodable {
        var name: String
        var n: Int?
        var cpus: [Int]
        var placement: String

        init(_ planned: PlannedMeasurement) {
            name = planned.name
            n = planned.order
            cpus = planned.cpus
            placement = planned.placementText
        }
    }
}
