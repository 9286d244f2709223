// Repetition.swift: `suanli run --like RECORD`: the options and the seed of an earlier run, and what is different now.

import ArgumentParser
import Measurement
import ResultRecord

/// An earlier run that is to be made again.
struct Repetition {
    private let path: String
    private let record: ResultRecord
    /// The earlier run's options, as `suanli run` takes them; nothing about where records go.
    private let options: [String]

    /// - Throws: `RecordError` for a file that is no record, `NotRepeatable` for one of another command.
    init(_ path: String) throws {
        self.path = path
        record = try RecordFile.read(path).record
        guard record.argv.count > 1, record.argv[1] == "run" else {
            throw NotRepeatable(path: path, reason: "it was not made by suanli run")
        }
        options = Self.withoutDelivery(record.argv.dropFirst(2))
    }

    /// - Parameter delivery: Says where the new record goes, and in which form it is shown.
    func command(delivery: RunCommand) throws -> RunCommand {
        var command: RunCommand
        do { command = try RunCommand.parse(options) } catch {
            throw NotRepeatable(
                path: path, reason: "this version does not take its options: \(RunCommand.message(for: error))")
        }
        command.seed = SeedArgument(argument: "\(record.seed)")
        command.output = delivery.output
        command.store = delivery.store
        command.noSubmit = delivery.noSubmit
        command.format = delivery.format
        command.dryRun = delivery.dryRun
        return command
    }

    /// What the new record names as its arguments: they make the run again without the old record.
    var arguments: [String] {
        let seeded = options.contains { $0 == "--seed" || $0.hasPrefix("--seed=") }
        return [CommandLine.arguments[0], "run"] + options + (seeded ? [] : ["--seed", "\(record.seed)"])
    }

    /// What makes the new figures another measurement than the old ones.
    func differences(from session: RunSession) throws -> [String] {
        var found: [String] = []
        func compare(_ what: String, _ before: String?, _ now: String?) {
            guard let before, let now, before != now else { return }
            found.append("\(what) is \(now), it was \(before)")
        }
        compare("the node", record.machine.host.name, session.machine.host.name)
        compare("the CPU", record.machine.cpu.modelName, session.machine.cpu.modelName)
        compare("the microcode", record.machine.cpu.microcode, session.machine.cpu.microcode)
        compare("the kernel", record.machine.os.kernel, session.machine.os.kernel)
        compare("suanli", record.tool.gitCommit, ToolIdentity.commit)
        if let before = record.blas, let now = session.usedLibraries.first {
            compare("the BLAS library", before.path, now.path)
            compare("its version", before.version, now.version)
            compare("its kernel set", before.coreName, now.coreName)
        }
        let before = Set(record.results.filter { $0.status != .skipped }.map(Self.title))
        let now = Set(session.plan.measurements.map(Self.title))
        if try record.configHash != session.configHash, before == now {
            found.append("the CPUs, the placement of memory or the sizes differ")
        }
        for title in before.subtracting(now).sorted() { found.append("\(title) is not measured") }
        for title in now.subtracting(before).sorted() { found.append("\(title) is new") }
        return found
    }

    private static func title(_ result: ResultEntry) -> String {
        title(result.name, n: result.params.n, level: result.params.level)
    }

    private static func title(_ planned: PlannedMeasurement) -> String {
        title(planned.name, n: planned.order, level: planned.workingSet?.level.rawValue)
    }

    private static func title(_ name: String, n: Int?, level: String?) -> String {
        ([name] + [n.map { "n=\($0)" }, level.map { "in \($0)" }].compactMap { $0 }).joined(separator: " ")
    }

    private static func withoutDelivery(_ arguments: some Sequence<String>) -> [String] {
        let withValue: Set = ["--output", "--store", "--format"]
        var kept: [String] = []
        var skipsNext = false
        for argument in arguments {
            if skipsNext {
                skipsNext = false
            } else if withValue.contains(argument) {
                skipsNext = true
            } else if !["--no-submit", "--dry-run"].contains(argument),
                !withValue.contains(where: { argument.hasPrefix($0 + "=") })
            {
                kept.append(argument)
            }
        }
        return kept
    }
}

/// A record that does not say how to make its run again.
struct NotRepeatable: UserFacingError {
    let path: String
    let reason: String

    var what: String { "the run of \(path) cannot be repeated: \(reason)" }
    var nextStep: String { "Give suanli run its options, and --seed with the record's." }
    var exitStatus: ExitStatus { .usage }
}
