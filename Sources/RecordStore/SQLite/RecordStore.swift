// RecordStore.swift: records on this machine, in one SQLite file that many processes may write to.
// A connection per process and SQLite's own locks between them; nothing is kept in memory that another could change.

import Foundation
import GRDB

/// What happened to a submitted record.
package struct SubmissionReceipt: Sendable, Hashable {
    package enum Outcome: String, Sendable, Hashable {
        case accepted
        /// The store had exactly this record already; nothing was changed.
        case alreadyPresent = "already-present"
    }

    package let outcome: Outcome
    /// The run that was the node's newest until now; nil for a node's first record, for one that is older than another,
    /// and for one that was present.
    package let replacedRunID: String?

    package init(outcome: Outcome, replacedRunID: String?) {
        self.outcome = outcome
        self.replacedRunID = replacedRunID
    }
}

/// The local store of records.
package final class RecordStore: Sendable {
    package let path: String
    package let purpose: StorePurpose
    let queue: DatabaseQueue
    private let busyTimeout: Double

    /// Waits 5 s for another process's lock: a submission holds it for milliseconds, so longer means trouble.
    package static let defaultBusyTimeout = 5.0

    /// Where the store is when no path is given: `$XDG_DATA_HOME/suanli/index.sqlite`, else under `~/.local/share`.
    ///
    /// - Throws: `StoreError` with `.noHome` when the environment names neither.
    /// - Source: XDG Base Directory Specification 0.8: a relative XDG_DATA_HOME is to be ignored.
    package static func defaultPath(environment: [String: String]) throws(StoreError) -> String {
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/suanli/index.sqlite" }
        if let home = environment["HOME"], !home.isEmpty { return home + "/.local/share/suanli/index.sqlite" }
        throw StoreError(.noHome, path: "", purpose: .submit)
    }

    /// Opens the store, and makes it with its directories when it is opened for submitting.
    ///
    /// Journal mode WAL, foreign keys on, `synchronous=FULL`: an accepted record survives a power failure.
    ///
    /// - Parameter busyTimeout: Seconds to wait for another process's lock.
    package init(
        path: String, purpose: StorePurpose, busyTimeout: Double = defaultBusyTimeout
    ) throws(StoreError) {
        self.path = path
        self.purpose = purpose
        self.busyTimeout = busyTimeout
        if purpose == .read {
            guard FileManager.default.fileExists(atPath: path) else {
                throw StoreError(.noStore, path: path, purpose: purpose)
            }
        } else {
            try Self.makeDirectory(of: path)
        }
        var configuration = Configuration()
        configuration.busyMode = .timeout(busyTimeout)
        configuration.foreignKeysEnabled = true
        configuration.label = "suanli.store"
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try Self.prepare(queue, path: path, purpose: purpose, busyTimeout: busyTimeout)
        } catch {
            throw StoreError(error, path: path, purpose: purpose, waitedSeconds: busyTimeout)
        }
    }

    private static func makeDirectory(of path: String) throws(StoreError) {
        let directory = StoreError.parent(of: path)
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            let code = (error as? CocoaError)?.underlying as? POSIXError
            let fault = code.map { StoreError.refusal($0.code.rawValue) }
            throw StoreError(
                fault ?? .cannotOpen(detail: "cannot make \(directory)"), path: path, purpose: .submit)
        }
    }

    /// Looks before it writes: a file of another program is left exactly as it was, its journal mode included.
    private static func prepare(
        _ queue: DatabaseQueue, path: String, purpose: StorePurpose, busyTimeout: Double
    ) throws {
        try queue.inDatabase { database in
            var found = try StoreSchema.inspect(database)
            if case .store(StoreSchema.version) = found { return }
            if case .store(let version) = found, version > StoreSchema.version {
                throw StoreError(
                    .newerSchema(found: version, known: StoreSchema.version), path: path, purpose: purpose)
            }
            guard found != .foreign else { throw StoreError(.notOurs, path: path, purpose: purpose) }
            guard found != .empty || purpose == .submit else {
                throw StoreError(.noStore, path: path, purpose: purpose)
            }
            try useWAL(database, busyTimeout: busyTimeout)
            try StoreSchema.migrate(database)
            found = try StoreSchema.inspect(database)
            guard found == .store(version: StoreSchema.version) else {
                throw StoreError(.notOurs, path: path, purpose: purpose)
            }
        }
    }

    /// Changes the journal mode of a new store. SQLite does not wait for locks here, so that two processes that make a
    /// store at once need another turn.
    private static func useWAL(_ database: Database, busyTimeout: Double) throws {
        let deadline = ContinuousClock.now + .seconds(busyTimeout)
        while true {
            do {
                try database.execute(sql: "PRAGMA journal_mode = WAL")
                return
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                guard ContinuousClock.now < deadline else { throw error }
                usleep(5000)
            }
        }
    }

    /// Runs a transaction that writes, all of it or nothing.
    func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do {
            return try queue.write(body)
        } catch {
            throw StoreError(error, path: path, purpose: purpose, waitedSeconds: busyTimeout)
        }
    }

    /// Runs a transaction that reads one state of the store.
    func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        do {
            return try queue.read(body)
        } catch {
            throw StoreError(error, path: path, purpose: purpose, waitedSeconds: busyTimeout)
        }
    }
}
