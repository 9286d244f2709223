// LockedStoreTests.swift: another connection holds the lock, as another process would.

import CapacityIndex
import GRDB
import RecordStore
import Testing

@Suite struct LockedStoreTests {
    @Test("a store that stays locked is named, and can still be read")
    func locked() throws {
        try withDirectory { directory in
            let path = directory + "/index.sqlite"
            let store = try RecordStore(path: path, purpose: .submit, busyTimeout: 0.1)
            try store.submit(record("r1"))
            let other = try DatabaseQueue(path: path)
            try other.inDatabase { database in
                try database.execute(sql: "BEGIN IMMEDIATE")
                #expect(fault { try store.submit(record("r2")) } == .locked(waitedSeconds: 0.1))
                #expect(try store.recordCount() == 1)
                try database.execute(sql: "ROLLBACK")
            }
            try store.submit(record("r2"))
            #expect(try store.recordCount() == 2)
        }
    }

    @Test("an exclusive lock stops reading too")
    func exclusive() throws {
        try withDirectory { directory in
            let path = directory + "/index.sqlite"
            try RecordStore(path: path, purpose: .submit).submit(record("r1"))
            let other = try DatabaseQueue(path: path)
            try other.inDatabase { database in
                try database.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
                try database.execute(sql: "BEGIN EXCLUSIVE")
                #expect(
                    fault { _ = try RecordStore(path: path, purpose: .read, busyTimeout: 0.1) }
                        == .locked(waitedSeconds: 0.1))
                try database.execute(sql: "ROLLBACK")
            }
        }
    }

    @Test("evidence written by another version is read from the record again")
    func otherVersion() throws {
        try withDirectory { directory in
            let path = directory + "/index.sqlite"
            let store = try RecordStore(path: path, purpose: .submit)
            try store.submit(record("r1"))
            let other = try DatabaseQueue(path: path)
            try other.write { try $0.execute(sql: "UPDATE measurement SET version = 0, evidence = '{}'") }
            #expect(try store.current().contributions.map(\.equivalent.value) == [100e9])
            try other.write { try $0.execute(sql: "UPDATE record SET canonical_json = '{}'") }
            guard case .unreadableRow("r1", _) = fault({ _ = try store.current() }) else {
                Issue.record("a row that cannot be read was read")
                return
            }
        }
    }
}
