// RecordFile.swift: records on disk. A file is there whole or not at all.

import FoundationEssentials
import Glibc

public enum RecordFile {
    /// Reads a file whole.
    ///
    /// - Throws: `RecordError.cannotRead` with the system's reason.
    public static func read(_ path: String) throws -> SealedRecord {
        try SealedRecord(reading: bytes(path), origin: path)
    }

    /// A whole text file; bytes that are not UTF-8 become replacement characters.
    public static func text(_ path: String) throws -> String { String(decoding: try bytes(path), as: UTF8.self) }

    /// A whole file as it is.
    package static func bytes(_ path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw cannotRead(path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0 {
                if errno == EINTR { continue }
                throw cannotRead(path)
            }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
        }
    }

    private static func cannotRead(_ path: String) -> RecordError {
        .cannotRead(path, reason: String(cString: strerror(errno)), permission: [EACCES, EPERM].contains(errno))
    }

    /// Writes `text` and a newline to a temporary file beside `path`, flushes it to disk, and renames it into place.
    ///
    /// A link is followed. What is not a regular file, such as /dev/stdout or a pipe, is written to directly.
    ///
    /// - Throws: `RecordWriteError`; whatever stood at `path` before is still there then.
    public static func write(_ text: String, to path: String) throws(RecordWriteError) {
        let bytes = Array((text + "\n").utf8)
        if isSpecial(path) {
            let descriptor = open(path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw RecordWriteError(path: path, code: errno) }
            let failure = writeAll(bytes, to: descriptor)
            close(descriptor)
            guard failure == 0 else { throw RecordWriteError(path: path, code: failure) }
            return
        }
        let (temporary, descriptor) = try makeTemporary(beside: resolved(path), for: path)
        var failure = writeAll(bytes, to: descriptor)
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == 0 { failure = errno }
        if failure == 0, rename(temporary, resolved(path)) != 0 { failure = errno }
        guard failure == 0 else {
            unlink(temporary)
            throw RecordWriteError(path: path, code: failure)
        }
        // The new name is durable once its directory is.
        let folder = open(parent(of: resolved(path)), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// Finds out before a measurement whether its record could be written to `path`.
    public static func checkWritable(_ path: String) throws(RecordWriteError) {
        if isSpecial(path) {
            guard access(path, W_OK) == 0 else { throw RecordWriteError(path: path, code: errno) }
            return
        }
        let (temporary, descriptor) = try makeTemporary(beside: resolved(path), for: path)
        close(descriptor)
        unlink(temporary)
    }

    /// A new file in the directory of `target`, which is made when it is missing.
    private static func makeTemporary(
        beside target: String, for path: String
    ) throws(RecordWriteError) -> (path: String, descriptor: Int32) {
        var status = stat()
        if stat(target, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw RecordWriteError(path: path, code: EISDIR)
        }
        // When the directory cannot be made, neither can the file, and its errno says why.
        try? FileManager.default.createDirectory(atPath: parent(of: target), withIntermediateDirectories: true)
        // A random name: one that a killed run left behind must not stand in the way.
        let temporary = "\(target).\(UInt32.random(in: 0...UInt32.max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RecordWriteError(path: path, code: errno) }
        return (temporary, descriptor)
    }

    /// Where a link leads; the path itself when it is none.
    private static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// Whether something is there that is neither a regular file nor a directory.
    private static func isSpecial(_ path: String) -> Bool {
        var status = stat()
        guard stat(path, &status) == 0 else { return false }
        return ![S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32 {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            written += count
        }
        return 0
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// The system's reason for not writing a file.
public struct RecordWriteError: UserFacingError, Hashable {
    public let path: String
    /// errno.
    public let code: Int32

    public var what: String { "cannot write \(path): \(String(cString: strerror(code)))" }

    public var nextStep: String {
        switch code {
        case ENOSPC, EDQUOT: "Free some space, or pass --output with a path on another disk."
        case EISDIR: "Pass --output with the name of a file."
        default: "Pass --output with a path that you may write to."
        }
    }

    public var exitStatus: ExitStatus {
        [EACCES, EPERM, EROFS].contains(code) ? .permission : code == EISDIR ? .usage : .submitFailed
    }
}
