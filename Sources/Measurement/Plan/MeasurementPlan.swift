// MeasurementPlan.swift: what will be measured, where, and for how long. Pure values; Planner makes them.

package import ComputeKernels
package import MachineProbe
package import Quantities

/// Which CPUs a measurement takes together.
package enum Scope: String, Sendable, Hashable, Codable, CaseIterable {
    /// One thread on one physical core.
    case core
    /// All hardware threads of one physical core.
    case coreSMT = "core-smt"
    /// One thread per physical core that shares a last-level cache.
    case l3
    /// One thread per physical core of a NUMA node.
    case numa
    /// One thread per physical core of a socket.
    case socket
    /// One thread per physical core that we may use.
    case node
    /// All hardware threads that we may use.
    case nodeSMT = "node-smt"
}

/// How much time a run may take, and how narrow its intervals become.
package enum Tier: String, Sendable, Hashable, Codable {
    case quick, standard = "default", thorough
}

/// Where the product of a matrix measurement comes from.
package enum ProductSource: Sendable, Hashable {
    /// The BLAS library of that position among those of the run.
    case library(Int)
    case own(SIMDGEMM)
}

/// What runs inside the timed slices.
package enum PlannedKernel: Sendable, Hashable {
    case fma(FMAKernel)
    /// Square matrix product, C = A·B.
    case gemm(ProductSource)
    case stream(StreamKernel)
    /// Dependent loads, each from a line that the one before names.
    case latency
    /// LU factorisation with pivoting and one solve, by the BLAS library of that position.
    case lu(library: Int)
}

/// The memory that a stream or a chain of loads goes through.
package struct WorkingSet: Sendable, Hashable {
    package enum Level: String, Sendable, Hashable, CaseIterable {
        case l1, l2, l3, dram
    }

    /// The cache it is meant to stay in, or main memory.
    package var level: Level
    /// Over all arrays and all threads; kernels round it down to whole vectors.
    package var bytes: Int
    /// Asks for 2 MiB pages, else for the smallest ones.
    package var hugePages: Bool

    package init(level: Level, bytes: Int, hugePages: Bool = true) {
        self.level = level
        self.bytes = bytes
        self.hugePages = hugePages
    }
}

/// Of which survey of the machine a result is a part.
package enum MachineMap: String, Sendable, Hashable, CaseIterable {
    /// Each physical core alone.
    case perCore = "per-core"
    /// From the CPUs of each NUMA node to the memory of each.
    case numa
}

/// One kernel at one size and scope, with the CPUs and the time it gets.
package struct PlannedMeasurement: Sendable, Hashable {
    /// `<kernel>/<dtype>/<variant>/<scope>`, or `latency/<level>/<scope>`.
    package var name: String
    package var kernel: PlannedKernel
    /// Order of the matrices; nil for kernels without one.
    package var order: Int?
    /// nil for streams and loads in registers only; else where the data fits.
    package var workingSet: WorkingSet?
    /// nil where no numbers are computed.
    package var elementType: ElementType?
    package var scope: Scope
    package var map: MachineMap?
    /// One logical CPU per thread, in the order of the threads.
    package var cpus: [Int]
    /// Where matrices go; nil for kernels that stay in registers and those with a place per thread.
    package var placement: MemoryPlacement?
    /// Where each thread's part of a working set goes; empty for other kernels.
    package var threadPlacements: [MemoryPlacement] = []
    package var sampling: SamplingLimits
    /// How often a run comes back to it at the least, with the others in between: the machine's mood changes within
    /// seconds, and an interval from one moment would not know.
    package var visits = 1
    /// `FLOPS`, `OPS`, `B/s` or `s`.
    package var unit: String
    /// What one iteration does over all threads, in the unit's numerator: operations, bytes; loads for latency.
    package var workPerIteration: Double
    /// Over all threads; nil where the figure says nothing.
    package var flopPerIteration: Double?
    /// Bytes that an iteration must move over all threads, as STREAM counts them.
    package var bytesPerIteration: Double?
    /// Stated peak in operations per hertz of clock, over all threads; nil when the core's peak is not known.
    package var peakPerCycle: Double?
    /// Measurements of the same number are sampled in turn, product by product.
    package var interleaving: Int?
    /// Estimated seconds of set-up, warm-up and checks in the first visit.
    package var overheadSeconds: Double
    /// The same of each later one.
    package var revisitSeconds = 0.0
    /// Estimated seconds of the fewest samples that are worth taking.
    package var leastSamplingSeconds: Double

    package var leastSeconds: Double {
        overheadSeconds + Double(visits - 1) * revisitSeconds + leastSamplingSeconds
    }

    /// Estimated seconds of one visit.
    package var visitSeconds: Double { overheadSeconds + leastSamplingSeconds / Double(visits) }

    /// Whether a BLAS library does the work.
    package var usesLibrary: Bool {
        switch kernel {
        case .gemm(.library), .lu: true
        case .gemm(.own), .fma, .stream, .latency: false
        }
    }

    /// As records name the placement asked for.
    package var placementText: String {
        if let placement { return placement.description }
        guard let first = threadPlacements.first else { return "registers" }
        return threadPlacements.allSatisfy { $0 == first } ? first.description : "local"
    }
}

/// When sampling may stop and when it must, over all visits or in one.
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

    /// One visit's part of these limits when there are to be `visits`: as many samples in each, however narrow their
    /// interval; whether there are enough is asked between visits.
    func share(of visits: Int) -> SamplingLimits {
        let count = max(1, visits)
        let seconds = minimumSeconds / Double(count)
        return SamplingLimits(
            targetHalfWidth: 0, minimumSamples: (minimumSamples + count - 1) / count, minimumSeconds: seconds,
            maximumSamples: max(1, maximumSamples / count), budgetSeconds: seconds)
    }
}

/// A measurement that was asked for and is not made, and why.
package struct SkippedMeasurement: Sendable, Hashable {
    package var name: String
    package var unit: String
    package var elementType: ElementType?
    package var n: Int?
    package var level: WorkingSet.Level?
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
    /// Whole passes over the plan, at least so many, until the time is over: each visit is a replicate of its own, and
    /// no matrices are kept between them. nil for a run that aims at narrow intervals.
    package var rounds: Int?
    /// Why results have no theoretical peak; nil when they have one.
    package var peakUnknown: String?
    /// What the plan's reader should know: fewer threads than cores because of a quota, for example.
    package var notes: [String]

    package var leastSeconds: Double { measurements.reduce(0) { $0 + $1.leastSeconds } }
    /// Seconds after which nothing new is begun.
    package var mostSeconds: Double { duration ?? Planner.duration(tier) }
    /// Positions of the BLAS libraries that are needed.
    package var libraries: Set<Int> {
        Set(
            measurements.compactMap { planned -> Int? in
                switch planned.kernel {
                case .gemm(.library(let index)), .lu(let index): index
                case .gemm(.own), .fma, .stream, .latency: nil
                }
            })
    }
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
        var bytes: Int?
        var cpus: [Int]
        var placement: String

        init(_ planned: PlannedMeasurement) {
            name = planned.name
            n = planned.order
            bytes = planned.workingSet?.bytes
            cpus = planned.cpus
            placement = planned.placementText
        }
    }
}
