// LAPACKMissing.swift: a factorisation asked of a library that has none.

package import ResultRecord

/// A was to be factorised by a library without LAPACK; the planner leaves such libraries out.
package struct LAPACKMissing: UserFacingError, Hashable {
    package let library: String
    package let path: String
    /// `lacks dgetrf_`
    package let reason: String

    package var what: String { "\(library) at \(path) cannot factorise a matrix: it \(reason)" }
    package var nextStep: String { "Pass a library with LAPACK, such as OpenBLAS or MKL, with --blas." }
    package var exitStatus: ExitStatus { .measurementFailed }
}
