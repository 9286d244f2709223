// MeasuredRun.swift: from a request to verified outcomes: probe, library, plan, execution; with progress on a terminal.

import BLASBinding
import CLinux
import FoundationEssentials
import MachineProbe
import Measurement
import ResultRecord

struct MeasuredRun {
    let startedAt: String
    let machine: MachineDescription
    let plan: MeasurementPlan

    private let libraries: [BLASLibrary]
    private let start: UInt64

    /// Probes the machine, loads the BLAS libraries and makes the plan.
    ///
    /// - Parameters:
    ///   - blas: Paths of the libraries; the system's OpenBLAS without any.
    ///   - rounds: For a plan that is repeated in whole rounds; nil for one that aims at narrow intervals.
    init(_ request: MeasurementRequest, blas: [String], rounds: Int? = nil) throws {
        start = sl_monotonic_ns()
        startedAt = Self.now()
        let probe = MachineProbe(environment: ProcessInfo.processInfo.environment)
        machine = try probe.describe()
        let usable = probe.usableCPUs()
        let blas = try BLASChoice(paths: blas)
        libraries = blas.libraries
        guard let firstCPU = usable.cpus.numbers.first else { throw PlanError.noCPUs }
        let facts = PlanningFacts(
            machine: machine, usable: usable, clockHertz: try ClockSampler.estimate(on: firstCPU))
        // A run that is to hold products ends here without a library, rather than measure half.
        let wished = blas.planning.map {
            PlanningLibrary(variant: $0.variant, factorisationUnavailability: $0.factorisationUnavailability)
        }
        var plan = try Planner.plan(request, facts: facts, libraries: wished)
        plan.rounds = rounds
        if !plan.libraries.isEmpty { try blas.require() }
        self.plan = plan
    }

    /// Measures until the plan is done, its time is over or a signal comes; says what failed as it is known.
    func measure() -> (outcomes: [MeasurementOutcome], conditions: RunConditions) {
        sl_install_stop_handler()
        let monitor = RunMonitor(cpus: Set(plan.measurements.flatMap(\.cpus)).sorted())
        let display = ProgressDisplay(enabled: Console.isTerminal)
        let execution = PlanExecution(
            plan: plan, machine: machine, libraries: libraries,
            stopSignal: {
                display.tick()
                return sl_stop_signal()
            },
            monitor: { cpus in
                let watch = monitor.watch(cpus: cpus)
                return { watch.finish() }
            })
        let outcomes = execution.run { display.begin($0) }
        display.clear()
        let conditions = monitor.finish()
        for case .wrong(let failure, _) in outcomes { Console.error(failure) }
        for case .notMeasured(let planned, let error) in outcomes {
            Console.message(
                "error: \(planned.title) was not measured: \((error as? any UserFacingError)?.what ?? "\(error)")")
        }
        return (outcomes, conditions)
    }

    /// Equal hashes mean equal work.
    var configHash: String { get throws { try JSONValue(encoding: plan).canonicalText.sha256 } }

    /// In the order of --blas.
    var usedLibraries: [BLASDescription] { plan.libraries.sorted().map { libraries[$0].description } }

    /// The signal that asked to stop, or 0.
    var stopSignal: Int32 { sl_stop_signal() }

    var secondsSinceStart: Double { Double(sl_monotonic_ns() - start) * 1e-9 }

    /// RFC 3339, UTC, to the second.
    static func now() -> String { Date().formatted(.iso8601) }
}
