// Program.swift: the built command, run in a directory of its own with a home of its own.

import Foundation
import ResultRecord
import TestSupport

/// Runs `suanli` as a user would, away from that user's files.
struct Program {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    static let path = Command.productDirectory + "/suanli"

    func run(
        _ arguments: [String], environment: [String: String] = [:], during: (Int32) throws -> Void = { _ in }
    ) throws -> CommandOutcome {
        let home = [
            "HOME": directory.path, "XDG_DATA_HOME": directory.file("data"), "XDG_STATE_HOME": directory.file("state"),
        ]
        return try Command.run(
            Self.path, arguments, directory: directory.path, environment: home.merging(environment) { $1 },
            during: during)
    }

    func run(_ arguments: String...) throws -> CommandOutcome { try run(arguments) }

    /// The one record under results/.
    func onlyRecord() throws -> String? {
        let root = directory.file("results")
        let files = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        let records = files.filter { $0.hasSuffix(".json") }
        return records.count == 1 ? root + "/" + records[0] : nil
    }
}

extension CommandOutcome {
    /// stdout as a record.
    func record() throws -> SealedRecord { try SealedRecord(reading: Array(output.utf8), origin: "stdout") }

    /// stdout as JSON.
    func json() throws -> [String: Any]? {
        try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
    }
}
