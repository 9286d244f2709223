// GEMMCall.swift: the matrix multiplication of a loaded library as a bare function pointer.
// A value without references, so that a timed region that calls it neither counts references nor allocates.

/// Sizes and row lengths of C = αAB + βC with row-major, untransposed matrices, in elements.
package struct GEMMShape: Sendable, Hashable {
    /// Rows of A and C, ≥ 0.
    package let m: Int
    /// Columns of B and C, ≥ 0.
    package let n: Int
    /// Columns of A and rows of B, ≥ 0.
    package let k: Int
    /// Distances between the starts of neighbouring rows: `lda ≥ k`, `ldb ≥ n`, `ldc ≥ n`, each ≥ 1.
    package let lda: Int
    package let ldb: Int
    package let ldc: Int

    /// - Precondition: Row lengths as stated above. A library would print to the terminal and multiply nothing.
    package init(m: Int, n: Int, k: Int, lda: Int, ldb: Int, ldc: Int) {
        precondition(m >= 0 && n >= 0 && k >= 0, "sizes are not negative")
        precondition(lda >= max(1, k) && ldb >= max(1, n) && ldc >= max(1, n), "rows do not overlap")
        self.m = m
        self.n = n
        self.k = k
        self.lda = lda
        self.ldb = ldb
        self.ldc = ldc
    }

    /// Rows follow each other without gaps.
    package init(m: Int, n: Int, k: Int) {
        self.init(m: m, n: n, k: k, lda: max(1, k), ldb: max(1, n), ldc: max(1, n))
    }

    /// Square matrices of order `n` without gaps.
    package init(order n: Int) { self.init(m: n, n: n, k: n) }
}

/// An element type for which CBLAS has a general matrix multiplication.
package protocol GEMMElement: BinaryFloatingPoint, Sendable {
    /// The function's name without suffix: `cblas_dgemm`.
    static var gemmName: String { get }

    /// Calls `entry`, a function of that name whose integers are 64 bits wide or else 32.
    ///
    /// - Precondition: Matrices as large as `shape` says, C disjoint from A and B; sizes that fit in the integers.
    static func multiply(
        entry: UnsafeRawPointer, wideIntegers: Bool, shape: GEMMShape, alpha: Self, a: UnsafePointer<Self>,
        b: UnsafePointer<Self>, beta: Self, c: UnsafeMutablePointer<Self>)
}

/// The matrix multiplication of one library for one element type; calling it does nothing besides.
// Unchecked: `entry` points to code of a library that is never unloaded, and is only called.
package struct GEMMCall<Element: GEMMElement>: @unchecked Sendable {
    @usableFromInline package let entry: UnsafeRawPointer
    @usableFromInline package let wideIntegers: Bool

    /// - Parameters:
    ///   - entry: A function with the signature of `Element.gemmName`.
    ///   - wideIntegers: Whether its integers are 64 bits wide (ILP64) instead of 32 (LP64).
    init(entry: UnsafeRawPointer, wideIntegers: Bool) {
        self.entry = entry
        self.wideIntegers = wideIntegers
    }

    /// C = `alpha` · A · B + `beta` · C. With `beta` = 0, C need not hold numbers before.
    ///
    /// - Precondition: Matrices as large as `shape` says, C disjoint from A and B; sizes that fit in the integers.
    @inlinable @inline(__always)
    package func callAsFunction(
        _ shape: GEMMShape, alpha: Element, a: UnsafePointer<Element>, b: UnsafePointer<Element>, beta: Element,
        c: UnsafeMutablePointer<Element>
    ) {
        Element.multiply(
            entry: entry, wideIntegers: wideIntegers, shape: shape, alpha: alpha, a: a, b: b, beta: beta, c: c)
    }
}

/// CBLAS_ORDER and CBLAS_TRANSPOSE of the reference CBLAS; enumerations, hence C ints at either integer width.
private enum CBLAS {
    static let rowMajor: Int32 = 101
    static let noTranspose: Int32 = 111
}

extension Double: GEMMElement {
    package static let gemmName = "cblas_dgemm"

    private typealias LP64 =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Double, UnsafePointer<Double>, Int32, UnsafePointer<Double>,
            Int32, Double, UnsafeMutablePointer<Double>, Int32
        ) -> Void
    private typealias ILP64 =
        @convention(c) (
            Int32, Int32, Int32, Int64, Int64, Int64, Double, UnsafePointer<Double>, Int64, UnsafePointer<Double>,
            Int64, Double, UnsafeMutablePointer<Double>, Int64
        ) -> Void

    package static func multiply(
        entry: UnsafeRawPointer, wideIntegers: Bool, shape s: GEMMShape, alpha: Double, a: UnsafePointer<Double>,
        b: UnsafePointer<Double>, beta: Double, c: UnsafeMutablePointer<Double>
    ) {
        if wideIntegers {
            unsafeBitCast(entry, to: ILP64.self)(
                CBLAS.rowMajor, CBLAS.noTranspose, CBLAS.noTranspose, Int64(s.m), Int64(s.n), Int64(s.k), alpha, a,
                Int64(s.lda), b, Int64(s.ldb), beta, c, Int64(s.ldc))
        } else {
            unsafeBitCast(entry, to: LP64.self)(
                CBLAS.rowMajor, CBLAS.noTranspose, CBLAS.noTranspose, Int32(s.m), Int32(s.n), Int32(s.k), alpha, a,
                Int32(s.lda), b, Int32(s.ldb), beta, c, Int32(s.ldc))
        }
    }
}

extension Float: GEMMElement {
    package static let gemmName = "cblas_sgemm"

    private typealias LP64 =
        @convention(c) (
            Int32, Int32, Int32, Int32, Int32, Int32, Float, UnsafePointer<Float>, Int32, UnsafePointer<Float>,
            Int32, Float, UnsafeMutablePointer<Float>, Int32
        ) -> Void
    private typealias ILP64 =
        @convention(c) (
            Int32, Int32, Int32, Int64, Int64, Int64, Float, UnsafePointer<Float>, Int64, UnsafePointer<Float>,
            Int64, Float, UnsafeMutablePointer<Float>, Int64
        ) -> Void

    package static func multiply(
        entry: UnsafeRawPointer, wideIntegers: Bool, shape s: GEMMShape, alpha: Float, a: UnsafePointer<Float>,
        b: UnsafePointer<Float>, beta: Float, c: UnsafeMutablePointer<Float>
    ) {
        if wideIntegers {
            unsafeBitCast(entry, to: ILP64.self)(
                CBLAS.rowMajor, CBLAS.noTranspose, CBLAS.noTranspose, Int64(s.m), Int64(s.n), Int64(s.k), alpha, a,
                Int64(s.lda), b, Int64(s.ldb), beta, c, Int64(s.ldc))
        } else {
            unsafeBitCast(entry, to: LP64.self)(
                CBLAS.rowMajor, CBLAS.noTranspose, CBLAS.noTranspose, Int32(s.m), Int32(s.n), Int32(s.k), alpha, a,
                Int32(s.lda), b, Int32(s.ldb), beta, c, Int32(s.ldc))
        }
    }
}
