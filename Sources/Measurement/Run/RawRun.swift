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
    /// One value per visit, of equal initial states and iterations.
    case endStates([EndStates])
    /// One scaled residual per timed product, and what they were computed from.
    case products([ProductResidual], references: [ReferenceComparison])
    /// One scaled residual per timed result, each at most `limit`; NaN for results that are not finite, or that the
    /// library did not give: `refusal` is the first reason why.
    case scaledResiduals(kind: String, residuals: [Double], limit: Double, refusal: String?)
    /// Elements, sums or positions that were compared with their exact values.
    case counted(kind: String, wrong: Int, checked: Int, firstDifference: String?)
}

extension Evidence {
    /// Both together; `first` is how many slices came before those of `later`.
    ///
    /// - Precondition: Of the same kind.
    fileprivate func joined(with later: Evidence, after first: Int) -> Evidence {
        switch (self, later) {
        case (.endStates(let visits), .endStates(let more)):
            return .endStates(
                visits
                    + more.map { visit in
                        var visit = visit
                        visit.firstSlice += first
                        for index in visit.examples.indices { visit.examples[index].slice += first }
                        return visit
                    })
        case (.products(let residuals, let references), .products(let more, let moreReferences)):
            return .products(residuals + more, references: references + moreReferences)
        case (
            .scaledResiduals(let kind, let residuals, let limit, let refusal),
            .scaledResiduals(_, let more, _, let laterRefusal)
        ):
            return .scaledResiduals(
                kind: kind, residuals: residuals + more, limit: limit, refusal: refusal ?? laterRefusal)
        case (
            .counted(let kind, let wrong, let checked, let difference),
            .counted(_, let moreWrong, let moreChecked, let laterDifference)
        ):
            return .counted(
                kind: kind, wrong: wrong + moreWrong, checked: checked + moreChecked,
                firstDifference: difference ?? laterDifference)
        default: preconditionFailure("evidence of different kinds")
        }
    }
}

/// Where the slices of one visit to a register kernel ended; each started from `initial`.
package struct EndStates: Sendable {
    package var initial: FMAState
    package var iterations: Int
    /// What the first slice of the first thread ended in.
    package var common: FMAState
    /// Over all threads.
    package var slices: Int
    /// How many ended in another state, and the first few of them.
    package var deviating: Int
    package var examples: [EndStateDeviation]
    /// Slices of earlier visits.
    package var firstSlice = 0

    package init(
        initial: FMAState, iterations: Int, common: FMAState, slices: Int, deviating: Int,
        examples: [EndStateDeviation]
    ) {
        self.initial = initial
        self.iterations = iterations
        self.common = common
        self.slices = slices
        self.deviating = deviating
        self.examples = examples
    }
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
    /// Slices of each visit, in the order of `slices`.
    package private(set) var visits: [Int]

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
        visits = [slices.count]
    }

    /// Adds what a later visit to the same measurement brought home.
    ///
    /// - Precondition: Its slices did the same work.
    package mutating func append(_ later: RawRun) {
        precondition(
            later.planned == planned && later.workPerSlice == workPerSlice, "slices of one measurement do equal work")
        let rounds = (slices.last?.round ?? -1) + 1
        slices += later.slices.map { slice in
            var slice = slice
            slice.round += rounds
            return slice
        }
        visits += later.visits
        warmUpPasses += later.warmUpPasses
        clocks = clocks.isEmpty ? later.clocks : zip(clocks, later.clocks).map { $0 + $1 }
        evidence = evidence.joined(with: later.evidence, after: slices.count - later.slices.count)
        end = later.end
        boundCPUs = CPUSet(boundCPUs.numbers + later.boundCPUs.numbers)
        if let nodes = memoryNodes, let more = later.memoryNodes { memoryNodes = Set(nodes + more).sorted() }
        threads = min(threads, later.threads)
        workersBound = workersBound && later.workersBound
    }

    /// Seconds of each visit's slices.
    package var secondsByVisit: [[Double]] { byVisit(slices.map(\.seconds)) }

    /// One value per slice, cut where the visits are.
    func byVisit(_ values: [Double]) -> [[Double]] {
        var first = 0
        return visits.map { count in
            defer { first += count }
            return Array(values[first..<first + count])
        }
    }

    /// Operations, bytes or loads of one slice over all threads.
    package var workPerSlice: Double { workPerIteration * Double(iterationsPerSlice) }
}
