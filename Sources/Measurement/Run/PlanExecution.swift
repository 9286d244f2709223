// PlanExecution.swift: runs a plan from the first measurement to the last, or to a signal.

package import BLASBinding
import CLinux
import ComputeKernels
import MachineProbe
import ResultRecord

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
    /// Needed when the plan has products.
    let library: BLASLibrary?
    let stopSignal: @Sendable () -> Int32
    let monitor: @Sendable () -> @Sendable () -> Conditions

    /// - Parameters:
    ///   - stopSignal: The number of the signal that asked to stop, or 0.
    ///   - monitor: Starts watching the machine; the closure it returns tells what happened since.
    package init(
        plan: MeasurementPlan, library: BLASLibrary?, stopSignal: @escaping @Sendable () -> Int32,
        monitor: @escaping @Sendable () -> @Sendable () -> Conditions
    ) {
        self.plan = plan
        self.library = library
        self.stopSignal = stopSignal
        self.monitor = monitor
    }

    /// Measures and verifies everything in the plan. An outcome that is wrong or missing does not stop the rest.
    package func run(progress: (RunProgress) -> Void) -> [MeasurementOutcome] {
        let origin = sl_monotonic_ns()
        var outcomes: [MeasurementOutcome] = []
        var left = plan.mostSeconds
        for (index, planned) in plan.measurements.enumerated() {
            if stopSignal() != 0 {
                outcomes.append(.skipped(Self.interrupted(planned)))
                continue
            }
            progress(RunProgress(index: index, count: plan.measurements.count, current: planned, secondsLeft: left))
            left -= planned.mostSeconds
            let finish = monitor()
            do {
                let raw = try sample(planned, origin: origin)
                let conditions = finish()
                switch Verifier.verify(raw) {
                case .success(let verified): outcomes.append(.verified(verified, conditions))
                case .failure(let failure): outcomes.append(.wrong(failure))
                }
            } catch {
                outcomes.append(.notMeasured(planned, error))
            }
        }
        return outcomes + plan.skipped.map(MeasurementOutcome.skipped)
    }

    private func sample(_ planned: PlannedMeasurement, origin: UInt64) throws -> RawRun {
        // One seed, one set of data per kernel and size: the same in each run, and at scope core as at node.
        let seed = UInt64(plan.seed)
        switch planned.kernel {
        case .fma(let kernel):
            return try FMASampler(
                planned: planned, kernel: kernel, seed: seed, origin: origin, stopSignal: stopSignal
            ).run()
        case .gemm:
            guard let library, let n = planned.order else { throw LibraryMissing() }
            defer { library.setThreads(1) }
            return try GEMMSampler(
                planned: planned, order: n, library: library, seed: seed, origin: origin, stopSignal: stopSignal
            ).run()
        }
    }

    private static func interrupted(_ planned: PlannedMeasurement) -> SkippedMeasurement {
        SkippedMeasurement(
            name: planned.name, elementType: planned.elementType, n: planned.order, threads: planned.cpus.count,
            code: "interrupted", reason: "the run was stopped before it")
    }
}

/// A plan with products was run without a library; the command loads one first.
struct LibraryMissing: UserFacingError {
    var what: String { "there is no BLAS library for the matrix products" }
    var nextStep: String { "Install libopenblas0-pthread, or pass --blas with a library." }
    var exitStatus: ExitStatus { .measurementFailed }
}
