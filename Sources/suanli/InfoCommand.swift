// InfoCommand.swift: `suanli info`, `suanli list` and `suanli version`: what this machine and this program are.

import ArgumentParser
import FoundationEssentials
import MachineProbe
import Measurement
import ReportRendering
import ResultRecord

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Show what this machine is and what this process may use.")

    @Option(help: "text, or json for exactly what a record will hold.")
    var format = OutputFormat.text

    func run() throws {
        let machine = try MachineProbe(environment: ProcessInfo.processInfo.environment).describe()
        switch format {
        case .text: Console.data(InfoText.render(machine))
        case .json: Console.data(try JSONValue(encoding: machine).canonicalText + "\n")
        }
    }
}

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List the kernels and variants, which can run here, and why not.")

    @Option(help: ArgumentHelp("A CBLAS library instead of the system's OpenBLAS; repeatable.", valueName: "path"))
    var blas: [String] = []

    func run() throws {
        let probe = MachineProbe(environment: ProcessInfo.processInfo.environment)
        // The clock bears on time estimates only, and nothing is measured here.
        let facts = PlanningFacts(machine: try probe.describe(), usable: probe.usableCPUs(), clockHertz: 1)
        Console.data(
            PlanText.render(try KernelCatalog(facts: facts, libraries: try BLASChoice(paths: blas).planning)))
    }
}

struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Show the version, the commit it was built from, and the compilers.")

    func run() throws {
        Console.data(
            """
            suanli \(ToolIdentity.version)
            commit    \(ToolIdentity.commit ?? "unknown: not built from a git checkout")
            build     \(ToolIdentity.isOptimized ? "release" : "debug")
            compiler  \(ToolIdentity.compiler)
            schema    \(ResultRecord.schemaVersion)

            """)
    }
}
