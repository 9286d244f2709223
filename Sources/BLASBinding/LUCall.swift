// LUCall.swift: LU factorisation and solution by the LAPACK routines of a loaded library, called under a guard.
// Fortran's interface rather than LAPACKE, which half of the libraries lack and which may copy the matrix.

import CLinux

/// What getrf and getrs left behind.
package struct LUOutcome: Sendable, Hashable {
    /// 0, or the signal by which the library crashed, now or in an earlier call.
    package let signal: Int32
    /// INFO of getrf: 0, i > 0 when pivot i is exactly zero, −i when argument i was refused.
    package let factorisationInfo: Int
    /// INFO of getrs, which is not called, and has 0 here, when getrf's is not 0.
    package let solutionInfo: Int

    /// Which routine did not do its part, and why it says so; nil when both did, or when the library crashed.
    package var refusal: String? {
        guard signal == 0 else { return nil }
        switch (factorisationInfo, solutionInfo) {
        case (0, 0): return nil
        case (0, let info): return "getrs gave INFO = \(info): " + Self.meaning(of: info)
        case (let info, _): return "getrf gave INFO = \(info): " + Self.meaning(of: info)
        }
    }

    private static func meaning(of info: Int) -> String {
        info > 0 ? "pivot \(info) is exactly zero" : "it refused its argument \(info.magnitude)"
    }
}

/// A = P·L·U and the solution of A·x = b by one library, in double or single precision.
// Unchecked: as GEMMCall.
package struct LUCall: @unchecked Sendable {
    private struct Routines {
        let getrf: UnsafeRawPointer
        let getrs: UnsafeRawPointer
    }

    private let double: Routines
    private let single: Routines
    private let crashGuard: OpaquePointer
    /// Bytes of an element of `pivots`, 4 or 8.
    package let pivotBytes: Int

    /// - Parameter routine: The address of a LAPACK routine by its name without prefix and suffix, `dgetrf`.
    /// - Throws: `LackingRoutines` with those that `routine` does not know.
    init(
        wideIntegers: Bool, crashGuard: OpaquePointer, routine: (String) -> UnsafeRawPointer?
    ) throws(LackingRoutines) {
        var lacking: [String] = []
        func routines(_ letter: String) -> Routines? {
            let names = ["getrf", "getrs"].map { letter + $0 }
            let found = names.map(routine)
            lacking += zip(names, found).filter { $1 == nil }.map { "\($0.0)_" }
            guard let getrf = found[0], let getrs = found[1] else { return nil }
            return Routines(getrf: getrf, getrs: getrs)
        }
        let found = (routines(Double.lapackLetter), routines(Float.lapackLetter))
        guard let double = found.0, let single = found.1 else { throw LackingRoutines(names: lacking) }
        self.double = double
        self.single = single
        self.crashGuard = crashGuard
        pivotBytes = wideIntegers ? 8 : 4
    }

    /// Factorises A in place and replaces b by the solution.
    ///
    /// - Parameters:
    ///   - order: n ≥ 1.
    ///   - a: n columns, each `lda` ≥ n elements behind the one before; L and U afterwards.
    ///   - pivots: Room for n integers of `pivotBytes`.
    ///   - b: n elements; x afterwards.
    /// - Precondition: Sizes that fit in the library's integers.
    package func guarded<Element: GEMMElement>(
        order: Int, a: UnsafeMutablePointer<Element>, lda: Int, pivots: UnsafeMutableRawPointer,
        b: UnsafeMutablePointer<Element>
    ) -> LUOutcome {
        precondition(order >= 1 && lda >= order, "columns do not overlap")
        let routines = MemoryLayout<Element>.size == MemoryLayout<Double>.size ? double : single
        var arguments = sl_lu_arguments(
            getrf: routines.getrf, getrs: routines.getrs, integer_bytes: Int32(pivotBytes), n: Int64(order),
            lda: Int64(lda), a: a, pivots: pivots, b: b, factorisation_info: 0, solution_info: 0)
        let signal = sl_guarded_lu(crashGuard, &arguments)
        return LUOutcome(
            signal: signal, factorisationInfo: Int(arguments.factorisation_info),
            solutionInfo: Int(arguments.solution_info))
    }
}

/// The LAPACK routines that a library does not have, as Fortran names them.
struct LackingRoutines: Error {
    let names: [String]
}
