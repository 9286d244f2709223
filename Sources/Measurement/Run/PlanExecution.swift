// PlanExecution.swift: runs a plan from the first measurement to the last, or to a signal.

package import BLASBinding
import CLinux
import ComputeKernels
package import MachineProbe
package import ResultRecord

/// What became of one planned measurement.
package enum MeasurementOutcome: Sendable {
    case verified(VerifiedRun, Conditions)
    case wrong(VerificationFailure, Conditions)
    case notMeasured(PlannedMeasurement, any Error)
    case skipped(SkippedMeasurement)
}

/// Where a run stands, for a progress display.
package struct RunProgress: Sendable {
    /// Visits made, and how many there will be at the least.
    package var index: Int
    package var count: Int
    package var current: PlannedMeasurement
    /// Seconds until nothing new is begun.
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
        var schedule = VisitSchedule(plan)
        while stopSignal() == 0, let next = schedule.next(secondsSinceStart: Double(sl_monotonic_ns() - origin) * 1e-9)
        {
            progress(schedule.progress(of: next, secondsSinceStart: Double(sl_monotonic_ns() - origin) * 1e-9))
            let start = sl_monotonic_ns()
            let finish = monitor(schedule.groups[next].cpus)
            let results = visit(&schedule.groups[next], origin: origin)
            schedule.groups[next].add(
                results, conditions: finish(), seconds: Double(sl_monotonic_ns() - start) * 1e-9)
            schedule.release(next, keeping: keptBytes)
        }
        return schedule.groups.flatMap { $0.outcomes(signal: stopSignal()) }
            + plan.skipped.map(MeasurementOutcome.skipped)
    }

    /// Of matrices that stay mapped between visits: filling them again would take longer than measuring.
    private var keptBytes: Int {
        if plan.rounds != nil { return 0 }
        let memory = [machine.memory.totalBytes, machine.limits.memoryMaxBytes].compactMap { $0 }.min() ?? 4 << 30
        return memory / 8
    }

    private func visit(_ group: inout VisitedGroup, origin: UInt64) -> [Result<RawRun, any Error>] {
        if case .gemm = group.planned[0].kernel, let n = group.planned[0].order {
            return products(&group, order: n, origin: origin)
        }
        return zip(group.planned, group.runs).map { planned, before in
            Result { try sample(planned, after: before, origin: origin) }
        }
    }

    private func products(_ group: inout VisitedGroup, order: Int, origin: UInt64) -> [Result<RawRun, any Error>] {
        let planned = group.planned
        for case .gemm(.library(let index)) in planned.map(\.kernel) where !libraries.indices.contains(index) {
            return planned.map { _ in .failure(LibraryMissing()) }
        }
        defer { for library in libraries { library.setThreads(1) } }
        do {
            let session =
                try group.session
                ?? ProductSampler(
                    planned: planned, order: order, libraries: libraries,
                    caches: SIMDGEMMCaches(machine.topology, cpus: planned[0].cpus), isa: machine.cpu.isa,
                    productsPerSlice: group.runs.map { $0?.iterationsPerSlice }, seed: UInt64(plan.seed),
                    origin: origin, stopSignal: stopSignal
                ).session()
            group.session = session
            return session.visit()
        } catch {
            return planned.map { _ in .failure(error) }
        }
    }

    /// - Parameter before: What earlier visits brought home; slices of later ones do the same work.
    private func sample(_ planned: PlannedMeasurement, after before: RawRun?, origin: UInt64) throws -> RawRun {
        // One seed, one set of data per kernel and size: the same in each run, and at scope core as at node.
        let seed = UInt64(plan.seed)
        switch planned.kernel {
        case .fma(let kernel):
            return try FMASampler(
                planned: planned, kernel: kernel, iterations: before?.iterationsPerSlice, seed: seed, origin: origin,
                stopSignal: stopSignal
            ).run()
        case .stream(let kernel):
            guard let workingSet = planned.workingSet else { preconditionFailure("a stream has a working set") }
            return try StreamSampler(
                planned: planned, kernel: kernel, workingSet: workingSet, passes: before?.iterationsPerSlice,
                seed: seed,
                origin: origin, stopSignal: stopSignal
            ).run()
        case .latency:
            guard let workingSet = planned.workingSet else { preconditionFailure("a chain has a working set") }
            return try LatencySampler(
                planned: planned, workingSet: workingSet, loads: before?.iterationsPerSlice, seed: seed, origin: origin,
                stopSignal: stopSignal
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
