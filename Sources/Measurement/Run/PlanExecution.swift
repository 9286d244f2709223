// PlanExecution.swift: runs a plan from the first measurement to the last, or to a signal.

package import BLASBinding
import CLinux
import ComputeKernels
package import MachineProbe
package import ResultRecord

/// What became of one planned measurement.
package enum MeasurementOutcome: Sendable {
    case verified(VerifiedRun, Conditions)
    case wrong(VerificationFailure)
    case notMeasured(PlannedMeasurement, any Error)
    case skipped(SkippedMeasurement)
}

/// Where a run stands, for a progress display.
package struct RunProgress: Sendable {
    package var index: Int
    package var count: Int
    package var current: PlannedMeasurement
    /// Estimated seconds for this and all later measurements.
    package var secondsLeft: Double
}

package struct PlanExecution: Sendable {
    let plan: MeasurementPlan
    let machine: MachineDescription
    /// By position; those that the plan's products need are there.
    let libraries: [BLASLibrary]
    let stopSignal: @Sendable () -> Int32
    let monitor: @Sendable (_ cpus: [Int]) -> @Sendable () -> Conditions

    /// - Parameters:
    ///   - stopSignal: The number of the signal that asked to stop, or 0.
    ///   - monitor: Starts watching the machine and the CPUs in use; the closure it returns tells what happened since.
    package init(
        plan: MeasurementPlan, machine: MachineDescription, libraries: [BLASLibrary],
        stopSignal: @escaping @Sendable () -> Int32,
        monitor: @escaping @Sendable (_ cpus: [Int]) -> @Sendable () -> Conditions
    ) {
        self.plan = plan
        self.machine = machine
        self.libraries = libraries
        self.stopSignal = stopSignal
        self.monitor = monitor
    }

    /// Measures and verifies everything in the plan. An outcome that is wrong or missing does not stop the rest.
    package func run(progress: (RunProgress) -> Void) -> [MeasurementOutcome] {
        let origin = sl_monotonic_ns()
        var outcomes: [MeasurementOutcome] = []
        var left = plan.mostSeconds
        var next = 0
        while next < plan.measurements.count {
            let group = interleaved(from: next)
            if stopSignal() != 0 {
                outcomes += group.map { .skipped(Self.interrupted($0)) }
            } else {
                progress(
                    RunProgress(index: next, count: plan.measurements.count, current: group[0], secondsLeft: left))
                let finish = monitor(Set(group.flatMap(\.cpus)).sorted())
                let results = sample(group, origin: origin)
                let conditions = finish()
                outcomes += zip(group, results).map { Self.outcome($0, $1, conditions) }
            }
            left -= group.reduce(0) { $0 + $1.mostSeconds }
            next += group.count
        }
        return outcomes + plan.skipped.map(MeasurementOutcome.skipped)
    }

    /// The measurement at a position, with those behind it that are sampled in turn with it.
    private func interleaved(from index: Int) -> [PlannedMeasurement] {
        let first = plan.measurements[index]
        guard let number = first.interleaving else { return [first] }
        return Array(plan.measurements[index...].prefix { $0.interleaving == number })
    }

    private static func outcome(
        _ planned: PlannedMeasurement, _ result: Result<RawRun, any Error>, _ conditions: Conditions
    ) -> MeasurementOutcome {
        switch result {
        case .failure(let error): return .notMeasured(planned, error)
        case .success(let raw):
            switch Verifier.verify(raw) {
            case .success(let verified): return .verified(verified, conditions)
            case .failure(let failure): return .wrong(failure)
            }
        }
    }

    private func sample(_ group: [PlannedMeasurement], origin: UInt64) -> [Result<RawRun, any Error>] {
        if case .gemm = group[0].kernel, let n = group[0].order { return products(group, order: n, origin: origin) }
        return group.map { planned in Result { try sample(planned, origin: origin) } }
    }

    private func products(
        _ group: [PlannedMeasurement], order: Int, origin: UInt64
    ) -> [Result<RawRun, any Error>] {
        for case .gemm(.library(let index)) in group.map(\.kernel) where !libraries.indices.contains(index) {
            return group.map { _ in .failure(LibraryMissing()) }
        }
        defer { for library in libraries { library.setThreads(1) } }
        return ProductSampler(
            planned: group, order: order, libraries: libraries,
            caches: SIMDGEMMCaches(machine.topology, cpus: group[0].cpus), isa: machine.cpu.isa,
            seed: UInt64(plan.seed), origin: origin, stopSignal: stopSignal
        ).run()
    }

    private func sample(_ planned: PlannedMeasurement, origin: UInt64) throws -> RawRun {
        // One seed, one set of data per kernel and size: the same in each run, and at scope core as at node.
        let seed = UInt64(plan.seed)
        switch planned.kernel {
        case .fma(let kernel):
            return try FMASampler(
                planned: planned, kernel: kernel, seed: seed, origin: origin, stopSignal: stopSignal
            ).run()
        case .stream(let kernel):
            guard let workingSet = planned.workingSet else { preconditionFailure("a stream has a working set") }
            return try StreamSampler(
                planned: planned, kernel: kernel, workingSet: workingSet, seed: seed, origin: origin,
                stopSignal: stopSignal
            ).run()
        case .latency:
            guard let workingSet = planned.workingSet else { preconditionFailure("a chain has a working set") }
            return try LatencySampler(
                planned: planned, workingSet: workingSet, seed: seed, origin: origin, stopSignal: stopSignal
            ).run()
        case .lu(let index):
            guard libraries.indices.contains(index), let n = planned.order else { throw LibraryMissing() }
            let library = libraries[index]
            defer { library.setThreads(1) }
            return try LUSampler(
                planned: planned, order: n, library: library, seed: seed, origin: origin, stopSignal: stopSignal
            ).run()
        case .gemm: preconditionFailure("products are sampled in turn")
        }
    }

    private static func interrupted(_ planned: PlannedMeasurement) -> SkippedMeasurement {
        SkippedMeasurement(planned, code: "interrupted", reason: "the run was stopped before it")
    }
}

extension SIMDGEMMCaches {
    /// What the machine tells of the caches behind these CPUs; the last level is shared by the threads on it.
    init(_ topology: TopologyDescription, cpus: [Int]) {
        func cache(_ level: Int) -> (bytes: Int, threads: Int)? {
            let serving = topology.caches.first { cache in
                cache.level == level && cache.type != "instruction"
                    && CPUSet(list: cache.sharedCPUs).map { $0.contains(cpus[0]) } == true
            }
            guard let serving, let shared = CPUSet(list: serving.sharedCPUs) else { return nil }
            return (serving.bytes, max(1, cpus.count(where: shared.contains)))
        }
        self.init(
            l1d: cache(1).map { $0.bytes / $0.threads }, l2: cache(2).map { $0.bytes / $0.threads },
            l3PerThread: cache(3).map { $0.bytes / $0.threads })
    }
}

/// A plan with products was run without a library; the command loads one first.
struct LibraryMissing: UserFacingError {
    var what: String { "there is no BLAS library for the matrix products" }
    var nextStep: String { "Install libopenblas0-pthread, or pass --blas with a library." }
    var exitStatus: ExitStatus { .measurementFailed }
}
