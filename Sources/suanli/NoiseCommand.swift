// NoiseCommand.swift: `suanli noise`: measures the same kernels again and again, and says what difference a comparison
// on this machine could find.

import ArgumentParser
import FoundationEssentials
import Glibc
import MachineProbe
import Measurement
import ReportRendering
import ResultRecord
import SampleStatistics

struct NoiseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "noise",
        abstract: "Measure how much this node's figures scatter by themselves, and what regression that hides.",
        discussion: """
            Repeats the kernels of suanli run --quick in rounds and compares the rounds with each other. The result is
            kept as this node's noise profile; records name its scatter (noise.aa_cv), and comparisons start from it.

            Examples:
              suanli noise
              suanli noise --duration 5m --filter gemm/f64
            """)

    @Option(help: ArgumentHelp("Time for all rounds: 90, 90s, 2m.", valueName: "time"))
    var duration: DurationArgument?

    @Option(help: ArgumentHelp("Measure what matches this regular expression.", valueName: "regex"))
    var filter: String?

    @Option(help: ArgumentHelp("Leave out what matches this regular expression.", valueName: "regex"))
    var skip: String?

    @Option(help: "Threads of scope node (default: one per physical core that we may use).")
    var threads: Int?

    @Option(help: ArgumentHelp("Measure on these CPUs only, for example 0-3,8.", valueName: "list"))
    var cpus: CPUListArgument?

    @Option(help: ArgumentHelp("A CBLAS library to use instead of the system's OpenBLAS.", valueName: "path"))
    var blas: String?

    @Option(
        name: .customLong("n"),
        help: ArgumentHelp("Orders of the matrices, for example 1000,2000 (default: as --quick).", valueName: "list"))
    var orders: OrdersArgument?

    @Option(help: "0 … 2^53 − 1: same seed, same data and same checks (default: random).")
    var seed: SeedArgument?

    @Option(
        help: ArgumentHelp(
            "Where the profile goes (default: noise/<node>.json beside the index store).", valueName: "file"))
    var output: String?

    @Option(help: "What stdout shows: text, or json for the profile itself.")
    var format = OutputFormat.text

    /// Eighteen rounds or so on a small node: as many as two sides of the default design have.
    private static let defaultSeconds = 90.0

    func run() throws {
        guard ToolIdentity.isOptimized else { throw UnoptimizedBuild() }
        var request = MeasurementRequest()
        request.tier = .quick
        request.filter = filter
        request.skip = skip
        request.threads = threads
        request.cpus = cpus?.cpus
        request.orders = orders?.orders
        request.seed = seed?.seed ?? Int.random(in: 0..<1 << 53)
        request.duration = duration?.seconds ?? Self.defaultSeconds
        let design = ComparisonDesign()
        let run = try MeasuredRun(request, blas: blas.map { [$0] } ?? [], rounds: 2 * design.rounds)
        let path = try output ?? NoiseProfileFile.path(besideStore: StoreOption.path(nil), host: run.machine.host)
        try RecordFile.checkWritable(path)
        for note in run.plan.notes { Console.warning(note) }
        let (outcomes, conditions) = run.measure()
        let profile = try profile(of: run, outcomes, ResultConditions(conditions.conditions), design: design)
        let text = try JSONValue(encoding: profile).canonicalText
        try RecordFile.write(text, to: path)
        switch format {
        case .text: Console.data(NoiseText.render(profile) + "\nNoise profile: \(path)\n")
        case .json: Console.data(text + "\n")
        }
        let signal = run.stopSignal
        if signal != 0 { Glibc.exit(128 + signal) }
        if outcomes.contains(where: \.isFailure) { Glibc.exit(ExitStatus.measurementFailed.rawValue) }
    }

    private func profile(
        of run: MeasuredRun, _ outcomes: [MeasurementOutcome], _ conditions: ResultConditions?, design: ComparisonDesign
    ) throws -> NoiseProfile {
        let kernels = outcomes.compactMap { outcome -> KernelNoise? in
            guard case .verified(let verified, let conditions) = outcome else { return nil }
            return KernelNoise(MeasurementSummary(verified, conditions: conditions), design: design)
        }
        return NoiseProfile(
            measuredAt: run.startedAt, durationSeconds: run.secondsSinceStart, tool: ToolIdentity.description,
            seed: run.plan.seed, host: run.machine.host, machineClass: run.machine.machineClass,
            configHash: try run.configHash, rounds: kernels.map(\.rates.count).max() ?? 0,
            design: ComparisonDesignRecord(
                rounds: design.rounds, significance: design.significance, power: design.power),
            kernels: kernels, conditions: conditions)
    }
}

extension MeasurementOutcome {
    /// Wrong, or not measured.
    var isFailure: Bool {
        switch self {
        case .wrong, .notMeasured: true
        case .verified, .skipped: false
        }
    }
}
