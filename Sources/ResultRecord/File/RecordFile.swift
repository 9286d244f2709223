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

    private static func bytes(_ path: String) throws -> [UInt8] {
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
    /// - Throws: `RecordWriteError`; whatever stood at `path` before is still there then.
    public static func write(_ text: String, to path: String) throws(RecordWriteError) {
        let directory = parent(of: path)
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            // mkdir's errno is lost in Foundation's error; making the temporary file reports it again.
        }
        let temporary = "\(path).\(getpid()).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RecordWriteError(path: path, code: errno) }
        var failure = writeAll(Array((text + "\n").utf8), to: descriptor)
        if failure == 0, fsync(descriptor) != 0 { failure = errno }
        if close(descriptor) != 0, failure == 0 { failure = errno }
        if failure == 0, rename(temporary, path) != 0 { failure = errno }
        guard failure == 0 else {
            unlink(temporary)
            throw RecordWriteError(path: path, code: failure)
        }
        // The new name is durable once its directory is.
        let folder = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    /// Finds out before a measurement whether its record could be written to `path`.
    public static func checkWritable(_ path: String) throws(RecordWriteError) {
        var status = stat()
        if stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR {
            throw RecordWriteError(path: path, code: EISDIR)
        }
        try? FileManager.default.createDirectory(atPath: parent(of: path), withIntermediateDirectories: true)
        let probe = "\(path).\(getpid()).tmp"
        let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw RecordWriteError(path: path, code: errno) }
        close(descriptor)
        unlink(probe)
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
