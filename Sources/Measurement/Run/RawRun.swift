// RawRun.swift: what sampling brings home: times, clocks, and the evidence that verification judges.
// It has no rate. Only a VerifiedRun does.

package import ComputeKernels
package import ResultRecord

/// One timed slice: the same work each time, done by all threads of the measurement.
package struct Slice: Sendable, Hashable {
    /// Seconds since the start of the run, on the monotonic clock.
    package var start: Double
    /// From the first thread's start to the last thread's end, > 0.
    package var seconds: Double
    /// CPU time of the measured threads within it.
    package var cpuSeconds: Double?
    /// Slices of the same round were taken next to each other by measurements that are sampled in turn.
    package var round: Int

    package init(start: Double, seconds: Double, cpuSeconds: Double?, round: Int = 0) {
        self.start = start
        self.seconds = seconds
        self.cpuSeconds = cpuSeconds
        self.round = round
    }
}

/// What the kernel left behind, for the check that belongs to it.
package enum Evidence: Sendable {
    /// Every slice started from `initial`. `common` is the state that the first slice of the first thread ended in,
    /// `deviating` counts the slices that ended in another, and `examples` holds the first of those.
    case endStates(
        initial: FMAState, iterations: Int, common: FMAState, slices: Int, deviating: Int, examples: [EndStateDeviation]
    )
    /// One scaled residual per timed product, and what they were computed from.
    case products([ProductResidual], references: [ReferenceComparison])
    /// One scaled residual per timed result, each at most `limit`; NaN for results that are not finite, or that the
    /// library did not give: `refusal` is the first reason why.
    case scaledResiduals(kind: String, residuals: [Double], limit: Double, refusal: String?)
    /// Elements, sums or positions that were compared with their exact values.
    case counted(kind: String, wrong: Int, checked: Int, firstDifference: String?)
}

/// How far a product is from the same product by another implementation, worst element, in units of the rounding
/// that both may have; NaN when it is not finite.
package struct ReferenceComparison: Sendable, Hashable {
    package var residual: Double
}

/// A slice that ended in another state than the first one.
package struct EndStateDeviation: Sendable, Hashable {
    package var cpu: Int
    package var slice: Int
    package var state: FMAState

    package init(cpu: Int, slice: Int, state: FMAState) {
        self.cpu = cpu
        self.slice = slice
        self.state = state
    }
}

/// How far one timed product is from the truth, scaled as ProductWitness says; NaN when the product held NaN or infinity.
package struct ProductResidual: Sendable, Hashable {
    /// Of C·x against A·(B·x), worst row.
    package var freivalds: Double
    /// Of single entries against compensated dot products, worst entry.
    package var entries: Double
}

/// Why sampling ended.
package enum SamplingEnd: Sendable, Hashable {
    case intervalReached, budgetSpent, sampleLimit
    case interrupted(signal: Int32)

    /// `status_code` of a result.
    package var code: String {
        switch self {
        case .intervalReached: "interval-reached"
        case .budgetSpent: "budget-spent"
        case .sampleLimit: "sample-limit"
        case .interrupted: "interrupted"
        }
    }
}

package struct RawRun: Sendable {
    package var planned: PlannedMeasurement
    /// In the order of measurement.
    package var slices: [Slice]
    package var iterationsPerSlice: Int
    package var warmUpPasses: Int
    /// Hertz seen right behind each slice, by thread; of a product only on the thread that calls the library.
    package var clocks: [[Double]]
    package var evidence: Evidence
    package var end: SamplingEnd
    /// CPUs that the threads were bound to, read back.
    package var boundCPUs: CPUSet
    /// NUMA nodes the matrices were found on; nil for registers, or when the kernel does not say.
    package var memoryNodes: [Int]?
    package var placementText: String
    /// Threads that worked, as the library says for gemm.
    package var threads: Int
    /// Kernel set of the BLAS; nil for our own kernels.
    package var blasCore: String?
    /// Whether each thread was bound to one CPU; false for libraries whose workers cannot be.
    package var workersBound: Bool
    /// What one iteration did over all threads, in the unit's numerator; differs from what was planned where a kernel
    /// rounded its working set.
    package var workPerIteration: Double
    /// Bytes of the working set that were really used; nil for kernels without one.
    package var workingSetBytes: Int?

    package init(
        planned: PlannedMeasurement, slices: [Slice], iterationsPerSlice: Int, warmUpPasses: Int, clocks: [[Double]],
        evidence: Evidence, end: SamplingEnd, boundCPUs: CPUSet, memoryNodes: [Int]?, placementText: String,
        threads: Int, blasCore: String?, workersBound: Bool = true
    ) {
        self.planned = planned
        self.slices = slices
        self.iterationsPerSlice = iterationsPerSlice
        self.warmUpPasses = warmUpPasses
        self.clocks = clocks
        self.evidence = evidence
        self.end = end
        self.boundCPUs = boundCPUs
        self.memoryNodes = memoryNodes
        self.placementText = placementText
        self.threads = threads
        self.blasCore = blasCore
        self.workersBound = workersBound
        workPerIteration = planned.workPerIteration
    }

    /// Operations, bytes or loads of one slice over all threads.
    package var workPerSlice: Double { workPerIteration * Double(iterationsPerSlice) }
}
