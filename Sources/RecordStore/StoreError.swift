// StoreError.swift: why the local store does not open, take a record or answer.

package import ResultRecord

/// What the store was opened for; it decides the exit status, since a record that was not taken is kept by the caller.
package enum StorePurpose: String, Sendable, Hashable {
    case submit, read
}

package struct StoreError: UserFacingError, Hashable {
    package enum Fault: Sendable, Hashable {
        /// There is no file and reading does not make one.
        case noStore
        /// Another process holds the lock for longer than the time waited.
        case locked(waitedSeconds: Double)
        /// The file is not an SQLite database.
        case notADatabase
        /// An SQLite database that another program made.
        case notOurs
        /// SQLite found the file damaged.
        case corrupt(detail: String)
        case newerSchema(found: Int, known: Int)
        case noPermission(detail: String)
        case diskFull
        case cannotOpen(detail: String)
        /// Reading or writing the file failed below SQLite.
        case inputOutput(detail: String)
        /// The store has another record of that run id.
        case runIDTaken(runID: String, stored: String, offered: String)
        /// A record without digest.
        case notSealed(runID: String)
        /// A stored row that this code cannot read: a bug, or an edit by hand.
        case unreadableRow(runID: String, detail: String)
        /// Neither XDG_DATA_HOME nor HOME is set.
        case noHome
        case unexpected(detail: String)
    }

    package let fault: Fault
    package let path: String
    package let purpose: StorePurpose

    package init(_ fault: Fault, path: String, purpose: StorePurpose) {
        self.fault = fault
        self.path = path
        self.purpose = purpose
    }

    package var what: String {
        switch fault {
        case .noStore: "there is no store at \(path)"
        case .locked(let seconds): "the store \(path) has been locked by another process for \(seconds) s"
        case .notADatabase: "\(path) is not a database file"
        case .notOurs: "\(path) is a database of another program, not a store of suanli"
        case .corrupt(let detail): "the store \(path) is damaged: \(detail)"
        case .newerSchema(let found, let known):
            "the store \(path) has schema \(found); this suanli knows up to \(known)"
        case .noPermission(let detail): "cannot \(verb) the store \(path): \(detail)"
        case .diskFull: "the disk that holds the store \(path) is full"
        case .cannotOpen(let detail): "cannot open the store \(path): \(detail)"
        case .inputOutput(let detail): "cannot \(verb) the store \(path): \(detail)"
        case .runIDTaken(let runID, let stored, let offered):
            "the store \(path) has another record of run \(runID): its digest is \(stored.prefix(12))…, "
                + "this one's \(offered.prefix(12))…"
        case .notSealed(let runID): "the record of run \(runID) has no digest, so the store \(path) does not take it"
        case .unreadableRow(let runID, let detail): "the store \(path) holds run \(runID) unreadably: \(detail)"
        case .noHome: "neither XDG_DATA_HOME nor HOME is set, so there is no default place for the store"
        case .unexpected(let detail): "the store \(path) failed: \(detail)"
        }
    }

    private var verb: String { purpose == .submit ? "write to" : "read" }

    package var nextStep: String {
        let kept = purpose == .submit ? " The record itself is kept as a file." : ""
        switch fault {
        case .noStore: return "Submit a record first with suanli submit, or pass --store with the path of a store."
        case .locked: return "Wait for the other process to end (fuser shows which), and run the command again." + kept
        case .notADatabase, .notOurs: return "Pass --store with another path; the file was left as it is." + kept
        case .corrupt:
            return "Move the store and its -wal and -shm files aside, and submit the record files again."
        case .newerSchema: return "Update suanli here, or pass --store with another path; nothing was changed." + kept
        case .noPermission: return "Pass --store with a path that you may write to, or change its permissions." + kept
        case .diskFull: return "Free some space, or pass --store with a path on another disk." + kept
        case .cannotOpen, .inputOutput: return "Check the path and the file system, or pass --store with another path."
        case .runIDTaken: return "One of the two files was altered; submit the file that suanli run wrote."
        case .notSealed: return "Submit the file as suanli run wrote it."
        case .unreadableRow: return "Delete that run from the store, and submit its record file again."
        case .noHome: return "Pass --store with a path, or set HOME."
        case .unexpected: return "Report this with the text above." + kept
        }
    }

    package var exitStatus: ExitStatus {
        switch fault {
        case .noPermission: .permission
        case .noHome: .usage
        default: purpose == .submit ? .submitFailed : .internalError
        }
    }
}
