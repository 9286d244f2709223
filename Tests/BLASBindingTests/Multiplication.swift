// Multiplication.swift: a library's product beside the plain triple loop, and how far apart the two may be.

import BLASBinding

/// Random matrices, the product of a library on them, and the largest deviation in units of what rounding explains.
struct Multiplication<Element: GEMMElement> {
    let shape: GEMMShape
    let alpha: Element = 1.25
    let beta: Element
    let a: [Element]
    let b: [Element]
    let before: [Element]
    var c: [Element]

    /// - Parameter beta: 0 fills C with NaN first, which BLAS promises not to read.
    init(_ shape: GEMMShape, beta: Element) {
        var generator = SystemRandomNumberGenerator()
        func random(_ count: Int) -> [Element] {
            (0..<count).map { _ in Element(Double.random(in: -1...1, using: &generator)) }
        }
        self.shape = shape
        self.beta = beta
        a = random((shape.transposesA ? shape.k : shape.m) * shape.lda)
        b = random((shape.transposesB ? shape.n : shape.k) * shape.ldb)
        before = beta == 0 ? [Element](repeating: .nan, count: shape.m * shape.ldc) : random(shape.m * shape.ldc)
        c = before
    }

    /// - Returns: 0, or the signal by which the library crashed.
    @discardableResult
    mutating func run(_ gemm: GEMMCall<Element>) -> Int32 {
        gemm.guarded(shape, alpha: Double(alpha), a: a, b: b, beta: Double(beta), c: &c)
    }

    /// ≤ 1 when every entry is as close to the exact value as k products, their sum and the two scalings allow.
    ///
    /// In any order of summation, with or without fused operations, the computed entry differs from the exact one by
    /// at most γ(k + 3) · (Σ|α a b| + |β c|), where γ(j) = j u / (1 − j u) and u is half the element's ε: Higham,
    /// Accuracy and Stability of Numerical Algorithms, 2nd ed., (3.13). The loop below computes in double and errs by
    /// no more than the same with u = 2⁻⁵³, so twice the bound covers both: (k + 3) ε, to first order.
    var worstDeviation: Double {
        let epsilon = Double(Element.ulpOfOne)
        var worst = 0.0
        for row in 0..<shape.m {
            for column in 0..<shape.n {
                var sum = 0.0
                var magnitude = 0.0
                for l in 0..<shape.k {
                    let left = shape.transposesA ? a[l * shape.lda + row] : a[row * shape.lda + l]
                    let right = shape.transposesB ? b[column * shape.ldb + l] : b[l * shape.ldb + column]
                    let product = Double(alpha) * Double(left) * Double(right)
                    sum += product
                    magnitude += abs(product)
                }
                let index = row * shape.ldc + column
                if beta != 0 {
                    sum += Double(beta) * Double(before[index])
                    magnitude += abs(Double(beta) * Double(before[index]))
                }
                let deviation = abs(Double(c[index]) - sum) / (Double(shape.k + 3) * epsilon * magnitude)
                guard deviation.isFinite else { return .infinity }
                worst = max(worst, deviation)
            }
        }
        return worst
    }

    /// Whether the gaps between rows of C hold what they held before.
    var gapsUntouched: Bool {
        (0..<shape.m).allSatisfy { row in
            (shape.n..<shape.ldc).allSatisfy { column in
                let index = row * shape.ldc + column
                return c[index] == before[index] || (c[index].isNaN && before[index].isNaN)
            }
        }
    }
}

/// Sizes around the vector widths and kernel blocks, none square, with and without gaps between rows and transposes.
let multiplicationShapes = [
    GEMMShape(m: 1, n: 1, k: 1), GEMMShape(m: 3, n: 17, k: 5), GEMMShape(m: 33, n: 31, k: 64),
    GEMMShape(m: 65, n: 40, k: 129, lda: 131, ldb: 47, ldc: 43),
    GEMMShape(m: 33, n: 17, k: 40, transposesA: true), GEMMShape(m: 33, n: 17, k: 40, transposesB: true),
    GEMMShape(m: 31, n: 40, k: 65, transposesA: true, transposesB: true, lda: 37, ldb: 67, ldc: 43),
]
