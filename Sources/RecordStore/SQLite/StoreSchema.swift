// StoreSchema.swift: the tables of the local store and how an older store becomes a current one.
// Each step and its version number are written in one transaction: GRDB's migrator looks for what is applied outside
// of it, so that two processes that open a new store at once would both create the tables.

import GRDB

enum StoreSchema {
    /// "SUAN" in ASCII, in the file's header: tells a store from any other SQLite database.
    static let applicationID = 0x5355_414E

    /// One entry per schema version, oldest first; entries are never changed once released.
    static let steps: [String] = [
        """
        CREATE TABLE node (
            id TEXT NOT NULL PRIMARY KEY,
            first_received_at REAL NOT NULL
        ) STRICT;

        CREATE TABLE record (
            run_id TEXT NOT NULL PRIMARY KEY,
            digest TEXT NOT NULL,
            node_id TEXT REFERENCES node(id),
            started_at REAL NOT NULL,
            ended_at REAL NOT NULL,
            received_at REAL NOT NULL,
            site TEXT,
            region TEXT,
            model TEXT,
            canonical_json TEXT NOT NULL
        ) STRICT;
        CREATE INDEX record_by_node ON record(node_id, ended_at);

        CREATE TABLE measurement (
            run_id TEXT NOT NULL PRIMARY KEY REFERENCES record(run_id) ON DELETE CASCADE,
            version INTEGER NOT NULL,
            mix TEXT NOT NULL,
            evidence TEXT NOT NULL
        ) STRICT;
        """
    ]

    static var version: Int { steps.count }

    /// What a file holds.
    enum Found: Equatable {
        case empty
        case store(version: Int)
        case foreign
    }

    static func inspect(_ database: Database) throws -> Found {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        if application == applicationID { return .store(version: version) }
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_schema") ?? 0
        return application == 0 && version == 0 && tables == 0 ? .empty : .foreign
    }

    /// Brings a store to `version`; does nothing to a current one, which another process may just have made.
    static func migrate(_ database: Database) throws {
        try database.inTransaction(.immediate) {
            let found = try inspect(database)
            guard found != .foreign else { return .rollback }
            let applied = if case .store(let version) = found { version } else { 0 }
            guard applied < version else { return .rollback }
            for step in steps[applied...] { try database.execute(sql: step) }
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: "PRAGMA user_version = \(version)")
            return .commit
        }
    }
}
