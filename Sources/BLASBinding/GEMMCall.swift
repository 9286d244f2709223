// GEMMCall.swift: the matrix multiplication of a loaded library, called under a guard.
// A value without references, so that a timed region that calls it neither counts references nor allocates.

import CLinux

/// Sizes and row lengths of C = α op(A) op(B) + βC with row-major matrices, in elements. op is the matrix itself or its
/// transpose.
package struct GEMMShape: Sendable, Hashable {
    /// Rows of op(A) and C, ≥ 0.
    package let m: Int
    /// Columns of op(B) and C, ≥ 0.
    package let n: Int
    /// Columns of op(A) and rows of op(B), ≥ 0.
    package let k: Int
    /// Whether op(A) is the transpose of what is stored, a matrix of k rows and m columns.
    package let transposesA: Bool
    /// Whether op(B) is the transpose of what is stored, a matrix of n rows and k columns.
    package let transposesB: Bool
    /// Distances between the starts of neighbouring rows as stored, each ≥ the row's length and ≥ 1.
    package let lda: Int
    package let ldb: Int
    package let ldc: Int

    /// - Precondition: Row lengths as stated above. A library would print to the terminal and multiply nothing.
    package init(
        m: Int, n: Int, k: Int, transposesA: Bool = false, transposesB: Bool = false, lda: Int, ldb: Int, ldc: Int
    ) {
        precondition(m >= 0 && n >= 0 && k >= 0, "sizes are not negative")
        precondition(
            lda >= max(1, transposesA ? m : k) && ldb >= max(1, transposesB ? k : n) && ldc >= max(1, n),
            "rows do not overlap")
        self.m = m
        self.n = n
        self.k = k
        self.transposesA = transposesA
        self.transposesB = transposesB
        self.lda = lda
        self.ldb = ldb
        self.ldc = ldc
    }

    /// Rows follow each other without gaps.
    package init(m: Int, n: Int, k: Int, transposesA: Bool = false, transposesB: Bool = false) {
        self.init(
            m: m, n: n, k: k, transposesA: transposesA, transposesB: transposesB, lda: max(1, transposesA ? m : k),
            ldb: max(1, transposesB ? k : n), ldc: max(1, n))
    }

    /// Square matrices of order `n` without gaps.
    package init(order n: Int) { self.init(m: n, n: n, k: n) }
}

/// An element type for which BLAS and LAPACK have routines.
package protocol GEMMElement: BinaryFloatingPoint, Sendable {
    /// The multiplication's name without prefix and suffix: `cblas_dgemm`.
    static var gemmName: String { get }
    /// The letter that LAPACK's names begin with: `d`.
    static var lapackLetter: String { get }
}

extension Double: GEMMElement {
    package static let gemmName = "cblas_dgemm"
    package static let lapackLetter = "d"
}

extension Float: GEMMElement {
    package static let gemmName = "cblas_sgemm"
    package static let lapackLetter = "s"
}

/// The matrix multiplication of one library for one element type.
// Unchecked: `entry` points to code of a library that is never unloaded, and is only called; `crashGuard` is never
// freed, and made for several threads.
package struct GEMMCall<Element: GEMMElement>: @unchecked Sendable {
    let entry: UnsafeRawPointer
    /// Whether the function's integers are 64 bits wide (ILP64) instead of 32 (LP64).
    let wideIntegers: Bool
    let crashGuard: OpaquePointer

    /// C = `alpha` · op(A) · op(B) + `beta` · C. With `beta` = 0, C need not hold numbers before.
    ///
    /// Some ten nanoseconds above the library's own call.
    ///
    /// - Parameters:
    ///   - alpha: A number of the element type; likewise `beta`.
    /// - Returns: 0, or the signal by which the library crashed, now or in an earlier call; ask the library for its
    ///   `crash(during:)` then.
    /// - Precondition: Matrices as large as `shape` says, C disjoint from A and B; sizes that fit in the integers.
    package func guarded(
        _ shape: GEMMShape, alpha: Double = 1, a: UnsafePointer<Element>, b: UnsafePointer<Element>, beta: Double = 0,
        c: UnsafeMutablePointer<Element>
    ) -> Int32 {
        var arguments = sl_gemm_arguments(
            entry: entry, integer_bytes: wideIntegers ? 8 : 4, element_bytes: Int32(MemoryLayout<Element>.size),
            transpose_a: CBLASTranspose.of(shape.transposesA), transpose_b: CBLASTranspose.of(shape.transposesB),
            m: Int64(shape.m), n: Int64(shape.n), k: Int64(shape.k), lda: Int64(shape.lda), ldb: Int64(shape.ldb),
            ldc: Int64(shape.ldc), alpha: alpha, beta: beta, a: a, b: b, c: c)
        return sl_guarded_gemm(crashGuard, &arguments)
    }
}

/// CBLAS_TRANSPOSE of the reference CBLAS.
private enum CBLASTranspose {
    static func of(_ transposes: Bool) -> Int32 { transposes ? 112 : 111 }
}
