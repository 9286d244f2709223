// Command.swift: runs a program to its end and keeps what it said.

import Foundation

/// What a program left behind.
package struct CommandOutcome: Sendable {
    package let status: Int32
    /// The signal that ended it; nil when it exited.
    package let signal: Int32?
    package let output: String
    package let errors: String
}

package enum Command {
    /// Runs `program` with its output in files, so that any amount of it is kept without a reader.
    ///
    /// - Parameters:
    ///   - environment: Added to this process's own.
    ///   - during: Called with the process id while it runs.
    package static func run(
        _ program: String, _ arguments: [String], directory: String? = nil, environment: [String: String] = [:],
        during: (Int32) throws -> Void = { _ in }
    ) throws -> CommandOutcome {
        let folder = try TemporaryDirectory()
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        if let directory { process.currentDirectoryURL = URL(filePath: directory) }
        try folder.write("", to: "out")
        try folder.write("", to: "err")
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: folder.file("out")))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: folder.file("err")))
        process.standardInput = FileHandle.nullDevice
        try process.run()
        try during(process.processIdentifier)
        process.waitUntilExit()
        let signalled = process.terminationReason == .uncaughtSignal
        return CommandOutcome(
            status: process.terminationStatus, signal: signalled ? process.terminationStatus : nil,
            output: try folder.text("out"), errors: try folder.text("err"))
    }

    /// The first of `names` on PATH; nil without one.
    package static func find(_ names: String...) -> String? {
        let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return names.lazy.flatMap { name in directories.lazy.map { "\($0)/\(name)" } }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// The products of the build that these tests belong to.
    package static var productDirectory: String {
        let test = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? CommandLine.arguments[0]
        return URL(filePath: test).deletingLastPathComponent().path
    }
}
