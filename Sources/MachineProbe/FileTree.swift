// FileTree.swift: the text files under /proc, /sys and /etc, read below a root that tests can replace.
// Plain system calls: these files are small, many of them are absent, and `suanli info` reads hundreds.

import Glibc

/// The files of a machine: this one, or a directory that looks like one.
///
/// Paths are absolute within the machine (`/proc/stat`); the root is put before them.
package struct FileTree: Sendable {
    /// Empty for this machine.
    package let root: String

    package init(root: String) { self.root = root }

    /// This machine's own files.
    package static let live = FileTree(root: "")

    package var isLive: Bool { root.isEmpty }

    /// The file's contents; nil when it is absent or cannot be read.
    package func bytes(at path: String) -> [UInt8]? {
        let descriptor = open(root + path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                return nil
            }
            if count == 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// The file's contents as UTF-8, repaired where malformed; nil as `bytes(at:)`.
    package func text(at path: String) -> String? { bytes(at: path).map { String(decoding: $0, as: UTF8.self) } }

    /// The file's contents without white space and NUL at either end; empty for an empty file, nil as `text(at:)`.
    package func trimmed(at path: String) -> String? { text(at: path).map { $0.trimmed } }

    /// As `trimmed(at:)`, nil also when nothing is left.
    package func word(at path: String) -> String? {
        guard let text = trimmed(at: path), !text.isEmpty else { return nil }
        return text
    }

    /// The file's contents as one decimal number; nil when absent or anything else.
    package func integer(at path: String) -> Int? { trimmed(at: path).flatMap { Int($0) } }

    /// The names in a directory, sorted, without `.` and `..`; nil when it is absent or cannot be read.
    package func list(_ directory: String) -> [String]? {
        guard let stream = opendir(root + directory) else { return nil }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            // d_name ends within the record that readdir returned, valid until the next call on this stream.
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package func exists(_ path: String) -> Bool { access(root + path, F_OK) == 0 }

    /// A clause that says why `path` gave no value: it is absent, may not be read, or holds something unexpected.
    package func whyUnread(_ path: String) -> String {
        if access(root + path, F_OK) != 0 { return "\(path) is absent" }
        let descriptor = open(root + path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return "\(path) cannot be read (\(String(cString: strerror(errno))))" }
        defer { close(descriptor) }
        var byte: UInt8 = 0
        let count = read(descriptor, &byte, 1)
        if count < 0 { return "\(path) cannot be read (\(String(cString: strerror(errno))))" }
        return count == 0 ? "\(path) is empty" : "\(path) holds no value that is understood"
    }

    /// Creates a file that must not exist yet, with its directories; another process's file of that name stays.
    ///
    /// - Returns: nil on success or when the file was there already, otherwise what failed.
    package func create(_ text: String, at path: String) -> String? {
        let target = root + path
        var parent = ""
        for part in target.split(separator: "/").dropLast() {
            parent += "/" + part
            if mkdir(parent, 0o700) != 0, errno != EEXIST {
                return "\(parent) cannot be created (\(String(cString: strerror(errno))))"
            }
        }
        // Written beside, then linked: a process that starts at the same moment sees all of the text or no file.
        let draft = "\(target).\(getpid())"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return "\(path) cannot be written (\(String(cString: strerror(errno))))" }
        defer { unlink(draft) }
        let bytes = Array(text.utf8)
        let written = write(descriptor, bytes, bytes.count)
        let failure = errno
        close(descriptor)
        guard written == bytes.count else {
            return "\(path) cannot be written (\(written < 0 ? String(cString: strerror(failure)) : "disk full"))"
        }
        guard link(draft, target) == 0 || errno == EEXIST else {
            return "\(path) cannot be written (\(String(cString: strerror(errno))))"
        }
        return nil
    }
}

extension StringProtocol {
    /// Without white space, line ends and NUL (device-tree properties end in one) at either end.
    var trimmed: String {
        func isPadding(_ character: Character) -> Bool { character.isWhitespace || character == "\0" }
        guard let first = firstIndex(where: { !isPadding($0) }), let last = lastIndex(where: { !isPadding($0) }) else {
            return ""
        }
        return String(self[first...last])
    }

    /// The parts of `key<separator>value`, trimmed; nil without the separator.
    func keyAndValue(separator: Character) -> (key: String, value: String)? {
        guard let index = firstIndex(of: separator) else { return nil }
        return (self[..<index].trimmed, self[self.index(after: index)...].trimmed)
    }
}
