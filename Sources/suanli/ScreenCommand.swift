// ScreenCommand.swift: `suanli screen`: its options, and the order of its steps.

import ArgumentParser
import BLASBinding
import CLinux
import FoundationEssentials
import Glibc
import MachineProbe
import ReportRendering
import ResultRecord
import Screening

struct ScreenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "screen",
        abstract: "Screen every core for wrong results: the same work on all, bit for bit.",
        discussion: """
            Chains of multiply-adds, integer, bit, cipher and shuffle instructions, copies and matrix products, per
            instruction set, on all CPUs that this process may use, under changing load. What is wrong is repeated
            elsewhere, to tell a bad core from bad memory or a bad library. A clean result proves nothing about what was
            not run (docs/screening.md).

            Examples:
              suanli screen
              suanli screen --duration 30m --format json --output screen.json
              suanli screen --cpus 12,76 --seed 7
              suanli screen --blas libopenblas.so.0
            """)

    @Option(help: ArgumentHelp("Time for the screening: 90, 90s, 30m (default: 60 s).", valueName: "time"))
    var duration: DurationArgument?

    @Option(help: ArgumentHelp("Screen these CPUs only, for example 0-3,8.", valueName: "list"))
    var cpus: CPUListArgument?

    @Option(help: "0 … 2^53 − 1: same seed, same data in each round (default: 1).")
    var seed: SeedArgument?

    @Option(
        help: ArgumentHelp("Also screen the products of this CBLAS library; repeatable.", valueName: "path"))
    var blas: [String] = []

    @Option(help: "What stdout shows: text, or json.")
    var format = OutputFormat.text

    @Option(help: ArgumentHelp("Write the JSON report to this file, too.", valueName: "file"))
    var output: String?

    func run() throws {
        guard ToolIdentity.isOptimized else { throw UnoptimizedBuild() }
        if let output { try RecordFile.checkWritable(output) }
        let (start, started) = (sl_monotonic_ns(), MeasuredRun.now())
        let probe = MachineProbe(environment: ProcessInfo.processInfo.environment)
        let machine = try probe.describe()
        var request = ScreenRequest()
        request.cpus = cpus?.cpus
        request.duration = duration?.seconds ?? 60
        request.seed = seed?.seed ?? 1
        request.libraries = blas.isEmpty ? [] : try BLASChoice(paths: blas).libraries
        let plan = try ScreenPlan(request, machine: machine, usable: probe.usableCPUs())
        sl_install_stop_handler()
        let display = ScreenDisplay(enabled: Console.isTerminal, duration: request.duration)
        let engine = ScreenEngine(plan: plan, stopSignal: sl_stop_signal) { display.draw($0) }
        let outcome = try engine.run()
        display.clear()
        var report = ScreenReport(
            outcome, machine: machine, tool: ToolIdentity.description, runID: UUID().uuidString.lowercased(),
            started: started, ended: MeasuredRun.now(), seconds: Double(sl_monotonic_ns() - start) * 1e-9,
            argv: CommandLine.arguments, signal: sl_stop_signal())
        report.libraries = request.libraries.map(\.description)
        try deliver(report)
        if let signal = report.interruptedBySignal { Glibc.exit(128 + Int32(signal)) }
        if !report.findings.isEmpty { Glibc.exit(ExitStatus.measurementFailed.rawValue) }
    }

    private func deliver(_ report: ScreenReport) throws {
        let json = try JSONValue(encoding: report).canonicalText
        switch format {
        case .text: Console.data(ScreenText.render(report))
        case .json: Console.data(json + "\n")
        }
        guard let output else { return }
        do {
            try RecordFile.write(json, to: output)
            if format == .text { Console.data("Report: \(output)\n") }
        } catch {
            // What was found is not lost with the file.
            if format == .text { Console.message(json) }
            throw error
        }
    }
}

/// One line on a terminal after each round.
struct ScreenDisplay: Sendable {
    let enabled: Bool
    let duration: Double

    func draw(_ progress: ScreenProgress) {
        guard enabled else { return }
        let findings = progress.findings == 0 ? "all identical" : "\(progress.findings) findings"
        let left = Int(max(0, progress.duration - progress.seconds).rounded(.up))
        let line = "round \(progress.round): \(findings)  \(left) s left"
        _ = Console.write("\r\u{1B}[K" + line, to: STDERR_FILENO)
    }

    func clear() {
        guard enabled else { return }
        _ = Console.write("\r\u{1B}[K", to: STDERR_FILENO)
    }
}
