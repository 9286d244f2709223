// LibrarySymbols.swift: the functions of a library by the names they have in the builds in use.

import CLinux

/// How a build changes the names of its functions.
struct Spelling: Sendable, Hashable {
    /// `scipy_` in the OpenBLAS that Python packages bring.
    let prefix: String
    /// `64_` (OpenBLAS with INTERFACE64 and SYMBOLSUFFIX) or `_64` (MKL's ILP64 names).
    let suffix: String

    /// The plain one first, then those in use.
    static let known = ["", "scipy_"].flatMap { prefix in
        ["", "64_", "_64"].map { Spelling(prefix: prefix, suffix: $0) }
    }

    func spell(_ name: String) -> String { prefix + name + suffix }

    /// The spellings of a Fortran routine. Its compiler appends an underscore, which joins a suffix that has none of its
    /// own and may stand in front of, behind or in place of one that has: `dgetrf_64_`, `dgetrf_64`.
    func spellFortran(_ name: String) -> [String] {
        suffix.hasPrefix("_") ? [name + suffix, name + suffix + "_"].map { prefix + $0 } : [spell(name + "_")]
    }
}

extension LoadedLibrary {
    /// The function `name` in the given spelling, or else in the first of those known in which it is there.
    func symbol(_ name: String, spelling: Spelling) -> UnsafeMutableRawPointer? {
        ([spelling] + Spelling.known).lazy.compactMap { symbol($0.spell(name)) }.first
    }
}

/// The functions a library must have, under one of the spellings in use.
struct CBLASSymbols {
    let spelling: Spelling
    let dgemm: UnsafeMutableRawPointer
    let sgemm: UnsafeMutableRawPointer
    let ddot: UnsafeMutableRawPointer

    /// cblas_ddot is not timed; it tells the integer width.
    static let names = [Double.gemmName, Float.gemmName, "cblas_ddot"]

    /// Takes the spelling under which most of the functions exist.
    ///
    /// - Throws: `missingFunctions` with those that the best spelling lacks.
    init(in library: LoadedLibrary, path: String) throws(BLASError) {
        var fewestMissing = Self.names
        for spelling in Spelling.known {
            let names = Self.names.map(spelling.spell)
            let found = names.map(library.symbol)
            if let dgemm = found[0], let sgemm = found[1], let ddot = found[2] {
                self.spelling = spelling
                self.dgemm = dgemm
                self.sgemm = sgemm
                self.ddot = ddot
                return
            }
            let missing = zip(names, found).filter { $1 == nil }.map(\.0)
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
    func integerBits(path: String, crashGuard: OpaquePointer) throws(BLASError) -> Int {
        var answer = 0.0
        let signal = sl_guarded_ddot(crashGuard, ddot, 0xFFFF_FFFF_0000_0002, [1, 2], [3, 4], &answer)
        guard signal == 0 else { throw .crashed(library: path, signal: signal, onWorker: false, during: "cblas_ddot") }
        switch answer {
        case 11: return 32
        case 0: return 64
        default: throw .integerWidthUnclear(path: path, answer: answer)
        }
    }
}
