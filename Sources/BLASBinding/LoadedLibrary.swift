// LoadedLibrary.swift: a shared library in this process, and its symbols by name.
// Opened with dlopen rather than linked, so that any CBLAS library can take OpenBLAS's place; never closed, since
// its worker threads would go on running in unmapped code.

import Glibc

/// A handle of dlopen, valid as long as the process lives.
struct LoadedLibrary {
    private let handle: UnsafeMutableRawPointer

    /// - Parameter name: A path, or a bare file name for the loader to look up.
    /// - Returns: nil and the loader's words when it refuses.
    static func load(_ name: String) -> (library: LoadedLibrary?, detail: String) {
        if let handle = dlopen(name, RTLD_NOW | RTLD_LOCAL) { return (LoadedLibrary(handle: handle), "") }
        return (nil, dlerror().map { String(cString: $0) } ?? "the loader gave no reason")
    }

    /// The address of `name` in the library or in one that it depends on.
    func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(handle, name) }

    /// The first of `name` with each suffix that exists.
    func symbol(_ name: String, suffixes: [String]) -> UnsafeMutableRawPointer? {
        suffixes.lazy.compactMap { symbol(name + $0) }.first
    }

    /// The file that the code or data at `address` was loaded from, with links resolved.
    static func file(holding address: UnsafeRawPointer) -> String? {
        // dladdr is a GNU extension that Swift's Glibc module leaves out; its Dl_info is four pointers, of which the
        // first is the file's name, owned by the loader.
        typealias Answer = (UnsafePointer<CChar>?, UnsafeRawPointer?, UnsafePointer<CChar>?, UnsafeRawPointer?)
        typealias Function = @convention(c) (UnsafeRawPointer, UnsafeMutableRawPointer) -> Int32
        guard let dladdr = dlsym(nil, "dladdr").map({ unsafeBitCast($0, to: Function.self) }) else { return nil }
        var answer: Answer = (nil, nil, nil, nil)
        guard dladdr(address, &answer) != 0, let name = answer.0 else { return nil }
        return SharedObjectFile.realPath(String(cString: name))
    }
}

/// The functions a library must have, under one of the three spellings in use.
struct CBLASSymbols {
    /// Appended to every name: none, `64_` (OpenBLAS with INTERFACE64 and SYMBOLSUFFIX) or `_64` (MKL's ILP64 names).
    let suffix: String
    let dgemm: UnsafeMutableRawPointer
    let sgemm: UnsafeMutableRawPointer
    let ddot: UnsafeMutableRawPointer

    static let suffixes = ["", "64_", "_64"]
    /// cblas_ddot is not timed; it tells the integer width.
    static let names = [Double.gemmName, Float.gemmName, "cblas_ddot"]

    /// Takes the spelling under which most of the functions exist.
    ///
    /// - Throws: `missingFunctions` with those that the best spelling lacks.
    init(in library: LoadedLibrary, path: String) throws(BLASError) {
        var fewestMissing = Self.names
        for suffix in Self.suffixes {
            let missing = Self.names.map { $0 + suffix }.filter { library.symbol($0) == nil }
            if missing.isEmpty {
                self.suffix = suffix
                dgemm = library.symbol(Self.names[0] + suffix)!
                sgemm = library.symbol(Self.names[1] + suffix)!
                ddot = library.symbol(Self.names[2] + suffix)!
                return
            }
            if missing.count < fewestMissing.count { fewestMissing = missing }
        }
        throw .missingFunctions(path: path, names: fewestMissing)
    }

    /// The width of the library's integers, 32 or 64, found by its behaviour: names and file names mislead.
    ///
    /// The dot product of (1, 2) and (3, 4) is asked for with a count of 0xFFFFFFFF_00000002. A library with 32-bit
    /// integers sees the low half, 2, and answers 3 + 8; one with 64-bit integers sees a negative count, for which
    /// BLAS defines the answer 0. Both calling conventions we run under pass the count in a 64-bit register and leave
    /// its upper half to the caller.
    func integerBits(path: String) throws(BLASError) -> Int {
        typealias DotProduct =
            @convention(c) (UInt64, UnsafePointer<Double>, Int64, UnsafePointer<Double>, Int64) -> Double
        let answer = unsafeBitCast(ddot, to: DotProduct.self)(0xFFFF_FFFF_0000_0002, [1, 2], 1, [3, 4], 1)
        switch answer {
        case 11: return 32
        case 0: return 64
        default: throw .integerWidthUnclear(path: path, answer: answer)
        }
    }
}
