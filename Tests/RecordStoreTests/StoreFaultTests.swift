// StoreFaultTests.swift: files that are not a good store, and places where there cannot be one.

import CapacityIndex
import Foundation
import RecordStore
import ResultRecord
import Testing

@Suite struct StoreFaultTests {
    func open(_ path: String, _ purpose: StorePurpose = .submit) -> StoreError? {
        do {
            _ = try RecordStore(path: path, purpose: purpose, busyTimeout: 0.2)
            return nil
        } catch {
            return error
        }
    }

    func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(filePath: path))
    }

    @Test("a text file is not a store, and is left as it was")
    func textFile() throws {
        try withDirectory { directory in
            let path = directory + "/index.sqlite"
            let text = Array(String(repeating: "not a database\n", count: 100).utf8)
            try write(text, to: path)
            #expect(open(path)?.fault == .notADatabase)
            #expect(open(path)?.exitStatus == .submitFailed)
            #expect(open(path, .read)?.exitStatus == .internalError)
            #expect(try Array(Data(contentsOf: URL(filePath: path))) == text)
        }
    }

    // A store whose tables' pages are overwritten, its header kept.
    @Test("a damaged store is named as such")
    func corrupt() throws {
        try withDirectory { directory in
            let path = directory + "/index.sqlite"
            try RecordStore(path: path, purpose: .submit).submit(record("r1"))
            var bytes = try Array(Data(contentsOf: URL(filePath: path)))
            for index in 100..<bytes.count { bytes[index] = UInt8(truncatingIfNeeded: index &* 31) }
            try write(bytes, to: path)
            guard case .corrupt = open(path)?.fault else {
                Issue.record("\(String(describing: open(path)))")
                return
            }
        }
    }

    // The SQLite header holds the user version in bytes 60 to 63, most significant first.
    @Test("a store of a newer suanli is refused and not touched")
    func newerSchema() throws {
        try withDirectory { directory in
            let path = directory + "/index.sqlite"
            try RecordStore(path: path, purpose: .submit).submit(record("r1"))
            var bytes = try Array(Data(contentsOf: URL(filePath: path)))
            #expect(Array(bytes[60...63]) == [0, 0, 0, 1])
            bytes[63] = 7
            try write(bytes, to: path)
            #expect(open(path)?.fault == .newerSchema(found: 7, known: 1))
            #expect(open(path, .read)?.fault == .newerSchema(found: 7, known: 1))
        }
    }

    // Bytes 68 to 71 hold the application id.
    @Test("another program's database is refused and not touched")
    func foreign() throws {
        try withDirectory { directory in
            let path = directory + "/index.sqlite"
            try RecordStore(path: path, purpose: .submit).submit(record("r1"))
            var bytes = try Array(Data(contentsOf: URL(filePath: path)))
            #expect(Array(bytes[68...71]) == Array("SUAN".utf8))
            bytes.replaceSubrange(68...71, with: Array("XYZW".utf8))
            try write(bytes, to: path)
            #expect(open(path)?.fault == .notOurs)
            #expect(try Array(Data(contentsOf: URL(filePath: path))) == bytes)
        }
    }

    @Test("reading makes no store, and an empty file is none")
    func noStore() throws {
        try withDirectory { directory in
            let path = directory + "/index.sqlite"
            #expect(open(path, .read)?.fault == .noStore)
            #expect(!FileManager.default.fileExists(atPath: path))
            try write([], to: path)
            #expect(open(path, .read)?.fault == .noStore)
            #expect(open(path, .submit) == nil)
        }
    }

    @Test("a directory is not a store")
    func directory() throws {
        try withDirectory { directory in
            #expect(open(directory)?.fault == .cannotOpen(detail: "it is a directory"))
        }
    }

    // /sys lets nobody make directories, root included.
    @Test("a place where nothing may be written gives the exit status for permissions")
    func noPermission() {
        let error = open("/sys/suanli/index.sqlite")
        guard case .noPermission = error?.fault else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.exitStatus == .permission)
    }

    @Test("a store in a read-only directory can be read")
    func readOnlyDirectory() throws {
        guard geteuid() != 0 else {
            print("not run: root may write to read-only directories")
            return
        }
        try withDirectory { directory in
            let path = directory + "/index.sqlite"
            try RecordStore(path: path, purpose: .submit).submit(record("r1"))
            try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: directory)
            defer { try? FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: directory) }
            guard case .noPermission = open(directory + "/other.sqlite")?.fault else {
                Issue.record("a store was made in a read-only directory")
                return
            }
        }
    }

    /// Names a directory on a file system of a few hundred kilobytes, which this test fills.
    static let smallFileSystem = ProcessInfo.processInfo.environment["SUANLI_TEST_SMALL_FILE_SYSTEM"]

    @Test("a full disk is named, and what was accepted before stays")
    func fullDisk() throws {
        guard let directory = Self.smallFileSystem else {
            print("not run: SUANLI_TEST_SMALL_FILE_SYSTEM names no directory")
            return
        }
        let path = directory + "/index.sqlite"
        let store = try RecordStore(path: path, purpose: .submit)
        var accepted = 0
        let found = fault {
            for index in 0..<10_000 {
                try store.submit(record("run-\(index)"))
                accepted += 1
            }
        }
        #expect(found == .diskFull)
        #expect(accepted > 0)
        #expect(try store.recordCount() == accepted)
    }

    @Test("the default place follows the XDG specification")
    func defaultPath() throws {
        #expect(
            try RecordStore.defaultPath(environment: ["XDG_DATA_HOME": "/d", "HOME": "/h"]) == "/d/suanli/index.sqlite")
        // A relative path is to be ignored.
        #expect(
            try RecordStore.defaultPath(environment: ["XDG_DATA_HOME": "d", "HOME": "/h"])
                == "/h/.local/share/suanli/index.sqlite")
        #expect(fault { _ = try RecordStore.defaultPath(environment: [:]) } == .noHome)
    }

    @Test("every error says what to do next")
    func texts() {
        let faults: [StoreError.Fault] = [
            .noStore, .locked(waitedSeconds: 5), .notADatabase, .notOurs, .corrupt(detail: "x"),
            .newerSchema(found: 2, known: 1), .noPermission(detail: "x"), .diskFull, .cannotOpen(detail: "x"),
            .inputOutput(detail: "x"), .runIDTaken(runID: "r", stored: "a", offered: "b"), .notSealed(runID: "r"),
            .unreadableRow(runID: "r", detail: "x"), .noHome, .unexpected(detail: "x"),
        ]
        for purpose in [StorePurpose.submit, .read] {
            for fault in faults {
                let error = StoreError(fault, path: "/p", purpose: purpose)
                #expect(!error.what.hasSuffix(".") && error.nextStep.hasSuffix("."))
            }
        }
        #expect(StoreError(.diskFull, path: "/p", purpose: .submit).exitStatus == .submitFailed)
        #expect(StoreError(.locked(waitedSeconds: 5), path: "/p", purpose: .submit).exitStatus == .submitFailed)
    }
}
