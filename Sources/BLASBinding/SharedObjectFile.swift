// SharedObjectFile.swift: the file of a library before and apart from loading it.
// The loader's messages for a wrong file are terse, so what can be told from the file's first bytes is told here.

import Glibc

/// A file that looks like a shared library of this process's architecture.
struct SharedObjectFile {
    /// As given, not resolved.
    let path: String

    /// - Throws: `fileMissing`, `notAFile`, `unreadable`, `notASharedLibrary` or `wrongArchitecture`.
    init(checking path: String) throws(BLASError) {
        var status = stat()
        if stat(path, &status) != 0 {
            switch errno {
            case ENOENT, ENOTDIR: throw .fileMissing(path: path)
            default: throw .unreadable(path: path, reason: Self.errorText(errno))
            }
        }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .notAFile(path: path) }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: Self.errorText(errno)) }
        defer { close(descriptor) }
        // The ELF identification and the two fields behind it: type at 16, machine at 18.
        let header = [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, 20))
        }
        guard header.count == 20, header.starts(with: [0x7F, 0x45, 0x4C, 0x46]) else {
            let isArchive = header.starts(with: Array("!<arch>".utf8))
            throw .notASharedLibrary(
                path: path, detail: isArchive ? "it is a static archive" : "it does not begin as an ELF file does")
        }
        let isLittleEndian = header[5] == 1
        func field(_ offset: Int) -> Int {
            let (low, high) = isLittleEndian ? (offset, offset + 1) : (offset + 1, offset)
            return Int(header[low]) | Int(header[high]) << 8
        }
        let architecture = ELFArchitecture(machine: field(18), bits: header[4] == 2 ? 64 : 32)
        guard architecture == .current else {
            throw .wrongArchitecture(
                path: path, found: architecture.description, needed: ELFArchitecture.current.description)
        }
        // 3 is ET_DYN; executables of today are ET_DYN as well, which the loader refuses in its own words.
        guard field(16) == 3 else {
            throw .notASharedLibrary(path: path, detail: "it is an ELF file of another kind (type \(field(16)))")
        }
        self.path = path
    }

    /// The path with symbolic links resolved; unchanged when it cannot be.
    static func realPath(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    static func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
}

/// What an ELF header says a file runs on.
struct ELFArchitecture: Equatable, CustomStringConvertible {
    /// e_machine, as the ELF registry numbers it.
    let machine: Int
    let bits: Int

    #if arch(x86_64)
        static let current = ELFArchitecture(machine: 62, bits: 64)
    #elseif arch(arm64)
        static let current = ELFArchitecture(machine: 183, bits: 64)
    #else
        #error("Suanli runs on x86_64 and arm64")
    #endif

    var description: String {
        switch (machine, bits) {
        case (62, 64): "x86_64"
        case (183, 64): "arm64"
        case (3, _): "32-bit x86"
        case (40, _): "32-bit arm"
        case (243, _): "RISC-V"
        case (21, _): "64-bit PowerPC"
        case (22, _): "s390x"
        case (258, _): "LoongArch"
        default: "another architecture (ELF machine \(machine), \(bits) bits)"
        }
    }
}
