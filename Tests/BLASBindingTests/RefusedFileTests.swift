// RefusedFileTests.swift: files that are no usable library are refused with the reason, before the loader sees them.

import BLASBinding
import Foundation
import ResultRecord
import TestSupport
import Testing

@Suite("A file that is no BLAS library")
struct RefusedFileTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func refusal(of path: String) -> BLASError? {
        #expect(throws: BLASError.self) { try BLASLibrary.open(path: path) }
    }

    private func write(_ bytes: [UInt8], as name: String) throws -> String {
        let path = directory.file(name)
        try Data(bytes).write(to: URL(filePath: path))
        return path
    }

    @Test("that does not exist is named")
    func missing() {
        let path = directory.file("libnone.so")
        #expect(refusal(of: path) == .fileMissing(path: path))
        #expect(refusal(of: path)?.what == "the BLAS library \(path) does not exist")
        #expect(refusal(of: path + "/below.so") == .fileMissing(path: path + "/below.so"))
    }

    @Test("that the loader cannot find by name is named with the packages that have one")
    func unknownName() throws {
        let error = try #require(refusal(of: "libsuanli-no-such-blas.so.7"))
        #expect(error.what.hasPrefix("no BLAS library named libsuanli-no-such-blas.so.7 was found ("))
        #expect(error.nextStep.contains("libopenblas0-pthread") && error.nextStep.contains("libopenblas-dev"))
        #expect(error.exitStatus == .usage)
    }

    @Test("but a directory is refused")
    func isDirectory() {
        #expect(refusal(of: directory.path) == .notAFile(path: directory.path))
    }

    @Test("but text is refused", arguments: ["", "x", "GROUP ( /usr/lib/libopenblas.so.0 AS_NEEDED ( libm.so.6 ) )\n"])
    func isText(text: String) throws {
        let path = try write(Array(text.utf8), as: "liblinker-script.so")
        #expect(refusal(of: path) == .notASharedLibrary(path: path, detail: "it does not begin as an ELF file does"))
    }

    @Test("but a static archive is refused")
    func isArchive() throws {
        let path = try write(Array("!<arch>\n/               0           0 ".utf8), as: "libopenblas.a")
        #expect(refusal(of: path) == .notASharedLibrary(path: path, detail: "it is a static archive"))
    }

    /// The first 20 bytes of an ELF file of the given class, byte order, type and machine.
    private func header(wide: Bool = true, bigEndian: Bool = false, type: UInt8 = 3, machine: UInt8) -> [UInt8] {
        let ending: [UInt8] = bigEndian ? [0, type, 0, machine] : [type, 0, machine, 0]
        return [0x7F, 0x45, 0x4C, 0x46, wide ? 2 : 1, bigEndian ? 2 : 1, 1] + [UInt8](repeating: 0, count: 9) + ending
    }

    @Test("but is built for another machine is refused with both machines' names")
    func otherArchitecture() throws {
        #if arch(x86_64)
            let (own, foreign, name): (String, UInt8, String) = ("x86_64", 183, "arm64")
        #else
            let (own, foreign, name): (String, UInt8, String) = ("arm64", 62, "x86_64")
        #endif
        let path = try write(header(machine: foreign), as: "libforeign.so")
        #expect(refusal(of: path) == .wrongArchitecture(path: path, found: name, needed: own))
        let narrow = try write(header(wide: false, machine: 3), as: "libnarrow.so")
        #expect(refusal(of: narrow) == .wrongArchitecture(path: narrow, found: "32-bit x86", needed: own))
        let big = try write(header(bigEndian: true, machine: 21), as: "libbig.so")
        #expect(refusal(of: big) == .wrongArchitecture(path: big, found: "64-bit PowerPC", needed: own))
    }

    @Test("but an object file or a broken library is refused")
    func otherKind() throws {
        #if arch(x86_64)
            let own: UInt8 = 62
        #else
            let own: UInt8 = 183
        #endif
        let object = try write(header(type: 1, machine: own), as: "blas.o")
        #expect(
            refusal(of: object)
                == .notASharedLibrary(path: object, detail: "it is an ELF file of another kind (type 1)"))
        // Cut off behind the header, the loader's own words are passed on.
        let broken = try write(header(machine: own), as: "libcut.so")
        #expect(refusal(of: broken)?.what.hasPrefix("\(broken) cannot be loaded as a shared library: ") == true)
    }

    // As root, the file-system user of this one thread is changed for the call; it then may do no more than nobody.
    @Test("that this user may not read is refused for lack of permission")
    func unreadable() throws {
        let path = try write(header(machine: 62), as: "libsecret.so")
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        // A Linux extension that Foundation does not pass on.
        typealias SetUser = @convention(c) (UInt32) -> Int32
        let setfsuid = unsafeBitCast(try #require(dlsym(nil, "setfsuid")), to: SetUser.self)
        let isRoot = geteuid() == 0
        if isRoot { _ = setfsuid(65_534) }
        defer { if isRoot { _ = setfsuid(0) } }
        let error = refusal(of: path)
        #expect(error == .unreadable(path: path, reason: "Permission denied"))
        #expect(error?.exitStatus == .permission)
    }
}
