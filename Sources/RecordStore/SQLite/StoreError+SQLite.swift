// StoreError+SQLite.swift: SQLite's result codes in the store's terms.

import FoundationEssentials
import GRDB
import Glibc

extension StoreError {
    /// Names an error that GRDB or a decoder threw.
    init(_ error: any Error, path: String, purpose: StorePurpose, waitedSeconds: Double) {
        if let error = error as? StoreError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.unexpected(detail: "\(error)"), path: path, purpose: purpose)
            return
        }
        let detail = error.message ?? "\(error.resultCode)"
        let fault: Fault
        switch error.resultCode {
        case .SQLITE_BUSY, .SQLITE_LOCKED: fault = .locked(waitedSeconds: waitedSeconds)
        case .SQLITE_NOTADB: fault = .notADatabase
        case .SQLITE_CORRUPT: fault = .corrupt(detail: detail)
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH: fault = .noPermission(detail: detail)
        case .SQLITE_FULL: fault = .diskFull
        // SQLite says no more than "unable to open"; asking the file system tells the common reason apart.
        case .SQLITE_CANTOPEN: fault = Self.whyNotOpen(path) ?? .cannotOpen(detail: detail)
        case .SQLITE_IOERR: fault = Self.isFull(path) ? .diskFull : .inputOutput(detail: detail)
        default: fault = .unexpected(detail: detail)
        }
        self.init(fault, path: path, purpose: purpose)
    }

    /// Why the file at `path` or its directory cannot be used; nil when nothing speaks against it.
    static func whyNotOpen(_ path: String) -> Fault? {
        var status = stat()
        if stat(path, &status) == 0 {
            if status.st_mode & S_IFMT == S_IFDIR { return .cannotOpen(detail: "it is a directory") }
            if access(path, R_OK | W_OK) != 0 { return refusal(errno) }
        }
        // A store needs its -wal and -shm files beside it, so its directory must be writable too.
        return access(parent(of: path), W_OK | X_OK) != 0 ? refusal(errno) : nil
    }

    static func refusal(_ code: Int32) -> Fault {
        let reason = String(cString: strerror(code))
        switch code {
        case EACCES, EPERM, EROFS: return .noPermission(detail: reason)
        case ENOSPC, EDQUOT: return .diskFull
        default: return .cannotOpen(detail: reason)
        }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private static func isFull(_ path: String) -> Bool {
        var status = statvfs()
        return statvfs(parent(of: path), &status) == 0 && status.f_bavail == 0
    }
}
