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

    package init(start: Double, seconds: Double, cpuSeconds: Double?) {
        self.start = start
        self.seconds = seconds
        self.cpuSeconds = cpuSeconds
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
    case products([ProductResidual])
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
    }

    /// Floating-point operations of one slice over all threads.
    package var workPerSlice: Double {
        let work = planned.flopPerIteration * Double(iterationsPerSlice)
        // A product is shared by the threads; the register kernels run whole on each.
        return planned.order == nil ? work * Double(planned.cpus.count) : work
    }
}
