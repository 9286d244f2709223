// RunSession.swift: one run from the probe to the record.

import CapacityConversion
import CapacityIndex
import FoundationEssentials
import Glibc
import MachineProbe
import Measurement
import ReportRendering
import ResultRecord
import SampleStatistics

struct RunSession {
    let runID: String
    private let measured: MeasuredRun
    private let options: RunCommand
    private let environment: [String: String]

    /// Probes the machine, loads the BLAS library and makes the plan.
    init(_ options: RunCommand) throws {
        self.options = options
        runID = UUID().uuidString.lowercased()
        environment = ProcessInfo.processInfo.environment
        measured = try MeasuredRun(options.request, blas: options.blas)
    }

    var machine: MachineDescription { measured.machine }
    var plan: MeasurementPlan { measured.plan }
    var startedAt: String { measured.startedAt }
    var configHash: String { get throws { try measured.configHash } }
    var usedLibraries: [BLASDescription] { measured.usedLibraries }

    /// Whether the plan holds all products that the index counts a node by, over the whole node.
    var coversMix: Bool {
        guard plan.usesWholeNode else { return false }
        let wanted = ConversionPolicy.fp32Native.referencePrecision.elementType
        return KernelMix.gemmNode1.parts.allSatisfy { part in
            plan.measurements.contains { planned in
                guard case .gemm(.library) = planned.kernel else { return false }
                return planned.scope == .node && planned.order == part.n && planned.elementType == wanted
            }
        }
    }

    /// Measures the plan and makes the record, also when a signal stops it half way.
    ///
    /// - Parameter arguments: What the record says that the run was started with.
    func measure(arguments: [String]) throws -> ResultRecord {
        let (outcomes, conditions) = measured.measure()
        return try record(outcomes, conditions: conditions, arguments: arguments)
    }

    /// What the quality gates found, in words.
    func findings(_ record: ResultRecord) throws -> [String] {
        let now = try Timestamp.now
        return CapacityConverter().convert(
            try NodeMeasurement(record), provenance: .beingSealed, asOf: now, now: now
        ).gates.flatMap { outcome in outcome.findings.map { "\(outcome.gate.rawValue) \($0.verdict.rawValue): \($0)" } }
    }

    private func record(
        _ outcomes: [MeasurementOutcome], conditions: RunConditions, arguments: [String]
    ) throws -> ResultRecord {
        var machine = machine
        machine.noise = conditions.noise
        // What the probe could not say, since it is a difference over a run.
        machine.power.energyJoules = conditions.conditions.energy?.joules
        machine.power.energySource = conditions.energySource
        machine.unknown = machine.unknown.filter {
            !$0.key.hasPrefix("noise.") && !$0.key.hasPrefix("power.energy_")
        }
        machine.unknown.merge(conditions.unknown) { $1 }
        takeNoiseProfile(&machine)
        var record = ResultRecord(
            runID: runID, startedAt: startedAt, endedAt: MeasuredRun.now(),
            durationSeconds: measured.secondsSinceStart, tool: ToolIdentity.description, argv: arguments,
            configHash: try measured.configHash,
            seed: plan.seed, machine: machine)
        record.tags = Dictionary(uniqueKeysWithValues: options.tags.map { ($0.key, $0.value) })
        record.site = options.site?.name
        record.region = options.region?.name
        record.vcs = RunSurroundings.versionControl(environment)
        record.ci = RunSurroundings.ci(environment)
        record.throttleDelta = conditions.throttle
        let used = usedLibraries
        record.blas = used.first
        record.blas?.threads = outcomes.compactMap(\.threads).max()
        record.furtherBLAS = Array(used.dropFirst())
        record.results = outcomes.map(\.entry)
        record.comparisons = ComparisonRecord.comparisons(of: outcomes)
        record.roofline = Roofline(record.results)
        record.observed = observed(outcomes, conditions.conditions)
        record.machine.unknown.merge(try unknown(record, outcomes, conditions.conditions)) { $1 }
        let signal = measured.stopSignal
        if signal != 0 {
            record.completed = false
            record.interruptedBySignal = Int(signal)
        }
        // The conversion reads the class that was asked for from here.
        record.contribution = ContributionRecord(
            policy: ConversionPolicy.fp32Native.id.description, computeClass: options.computeClass.rawValue, gates: [])
        record.contribution = try CapacityConverter.contributionRecord(for: record, now: Timestamp.now)
        return record
    }

    /// The scatter that `suanli noise` found on this node.
    private func takeNoiseProfile(_ machine: inout MachineDescription) {
        do {
            guard let store = try? StoreOption.path(options.store),
                let profile = try NoiseProfileFile.read(
                    NoiseProfileFile.path(besideStore: store, host: machine.host)),
                let scatter = profile.typicalCV
            else { return }
            machine.noise.aaCV = scatter
            machine.unknown["noise.aa_cv"] = nil
        } catch { Console.warning("\((error as? any UserFacingError)?.what ?? "\(error)")") }
    }

    /// Why fields outside the machine's description are null.
    private func unknown(
        _ record: ResultRecord, _ outcomes: [MeasurementOutcome], _ wholeRun: Conditions
    ) throws -> [String: String] {
        var reasons = ["vcs.dirty": "only git itself can tell; it is not run from here"]
        reasons["results.theoretical_peak"] = plan.peakUnknown
        if record.ci.provider == nil { reasons["ci"] = "no variables of a CI service are set" }
        if record.vcs.commit == nil { reasons["vcs"] = "not started in a git checkout" }
        if record.observed.frequencyHertz == nil { reasons["observed.freq_hz"] = "nothing was measured" }
        reasons["observed.temp_c_max"] = wholeRun.unknown["temp_c_max"]
        reasons["observed.throttle_events_delta"] = wholeRun.unknown["throttle_events"]
        reasons["power.energy_joules"] = wholeRun.unknown["energy"]
        reasons["power.energy_source"] = wholeRun.unknown["energy"]
        if let found = record.observed.conditions {
            for (field, reason) in try found.reasonsForNulls(wholeRun, ofRun: true) {
                reasons["observed.conditions.\(field)"] = reason
            }
        }
        // Results share one path; the first that lacks a figure gives the reason.
        for (outcome, result) in zip(outcomes, record.results) {
            guard let conditions = outcome.conditions, let found = result.conditions else { continue }
            for (field, reason) in try found.reasonsForNulls(conditions, ofRun: false) {
                let path = "results.conditions.\(field)"
                reasons[path] = reasons[path] ?? reason
            }
        }
        return reasons
    }

    private func observed(_ outcomes: [MeasurementOutcome], _ wholeRun: Conditions) -> ObservedConditions {
        var observed = ObservedConditions()
        observed.temperatureCelsiusMax = (outcomes.compactMap(\.conditions) + [wholeRun])
            .compactMap(\.celsiusMax).max()
        observed.throttleEventsDelta = wholeRun.throttleEvents
        observed.conditions = ResultConditions(wholeRun)
        guard let clocks = OrderStatistics(outcomes.flatMap(\.clocks)) else { return observed }
        // The slowest probes met an interrupt; the fifth percentile is the lowest that speaks of the clock.
        observed.frequencyHertz = FrequencyRange(
            min: clocks.quantile(0.05).rounded(), median: clocks.median.rounded(), max: clocks.maximum.rounded())
        observed.frequencySource = "dependent-adds"
        return observed
    }

}

extension MeasurementOutcome {
    var entry: ResultEntry {
        switch self {
        case .verified(let run, let conditions): ResultEntry(MeasurementSummary(run, conditions: conditions))
        case .wrong(let failure, let conditions): ResultEntry(failure, conditions: conditions)
        case .notMeasured(let planned, let error): ResultEntry(planned, failedBy: error)
        case .skipped(let skipped): ResultEntry(skipped)
        }
    }

    private var run: RawRun? {
        switch self {
        case .verified(let verified, _): verified.run
        case .wrong(let failure, _): failure.run
        case .notMeasured, .skipped: nil
        }
    }

    /// What went on around a measurement that was made.
    var conditions: Conditions? {
        switch self {
        case .verified(_, let conditions), .wrong(_, let conditions): conditions
        case .notMeasured, .skipped: nil
        }
    }

    var clocks: [Double] { run?.clocks.flatMap { $0 } ?? [] }

    /// Threads of a BLAS library.
    var threads: Int? { run.flatMap { $0.planned.usesLibrary ? $0.threads : nil } }
}
