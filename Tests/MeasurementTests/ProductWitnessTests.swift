// ProductWitnessTests.swift: a right product passes, and each kind of wrong one is caught.
// The expected products come from a plain triple loop with long accumulators, not from a BLAS.

import Measurement
import SampleStatistics
import Testing

/// A, B and C = A·B, the latter by a plain loop in the element's own precision: a product as a naive library makes it.
private struct Product<Element: BinaryFloatingPoint> {
    let n: Int
    var a: [Element]
    var b: [Element]
    var c: [Element]

    init(n: Int, seed: UInt64 = 1) {
        self.n = n
        var generator = SeededGenerator(seed: seed)
        a = (0..<n * n).map { _ in Element(generator.uniform() - 0.5) }
        b = (0..<n * n).map { _ in Element(generator.uniform() - 0.5) }
        c = Array(repeating: 0, count: n * n)
        for i in 0..<n {
            for k in 0..<n {
                let left = a[i * n + k]
                for j in 0..<n { c[i * n + j] += left * b[k * n + j] }
            }
        }
    }
}

@Suite("Product witness")
struct ProductWitnessTests {
    // A plain sum of n products errs by at most n ε/2 (|A||B|), half of the scale, so the residual is at most 1/2.
    @Test("a right product passes with a residual below 1/2", arguments: [1, 2, 7, 8, 9, 64, 129])
    func right(n: Int) {
        let double = Product<Double>(n: n)
        let first = ProductWitness.residual(of: double.c, a: double.a, b: double.b, n: n, seed: 9)
        #expect(first.freivalds <= 0.5 && first.entries <= 0.5)
        let float = Product<Float>(n: n)
        let second = ProductWitness.residual(of: float.c, a: float.a, b: float.b, n: n, seed: 9)
        #expect(second.freivalds <= 0.5 && second.entries <= 0.5)
    }

    @Test("the residual is not zero by construction: rounding is seen", arguments: [64, 129])
    func rounding(n: Int) {
        let product = Product<Double>(n: n)
        #expect(ProductWitness.residual(of: product.c, a: product.a, b: product.b, n: n, seed: 9).freivalds > 0)
    }

    // The scale of row i is ε n (|A||B||x|)_i ≈ 2^-52 · 128 · (128 · 128 · 0.047) ≈ 2.2e-11, times the limit 16, over
    // |x_j| ≥ 1/2: an element that is off by 1e-9 must fail.
    @Test("one element off by 1e-9 fails, wherever it is", arguments: [0, 1, 127, 8191, 16383])
    func oneElement(position: Int) {
        var product = Product<Double>(n: 128)
        product.c[position] += 1e-9
        #expect(ProductWitness.residual(of: product.c, a: product.a, b: product.b, n: 128, seed: 9).freivalds > 16)
    }

    @Test("NaN and infinity fail", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(value: Double) {
        var product = Product<Double>(n: 33)
        product.c[500] = value
        #expect(ProductWitness.residual(of: product.c, a: product.a, b: product.b, n: 33, seed: 9).freivalds.isNaN)
    }

    @Test("two errors of opposite sign in one row do not cancel")
    func cancelling() {
        var product = Product<Double>(n: 64)
        product.c[130] += 1e-3
        product.c[131] -= 1e-3
        #expect(ProductWitness.residual(of: product.c, a: product.a, b: product.b, n: 64, seed: 9).freivalds > 16)
    }

    @Test("the transposed product, a stale one and zeros fail")
    func wholesale() {
        let product = Product<Double>(n: 48)
        let transposed = (0..<48 * 48).map { product.c[$0 % 48 * 48 + $0 / 48] }
        let stale = Product<Double>(n: 48, seed: 2).c
        let zeros = [Double](repeating: 0, count: 48 * 48)
        for wrong in [transposed, stale, zeros] {
            #expect(ProductWitness.residual(of: wrong, a: product.a, b: product.b, n: 48, seed: 9).freivalds > 16)
        }
    }

    @Test("a single-precision product passed off as double fails")
    func lessPrecision() {
        let product = Product<Double>(n: 96)
        let rounded = product.c.map { Double(Float($0)) }
        #expect(ProductWitness.residual(of: rounded, a: product.a, b: product.b, n: 96, seed: 9).freivalds > 16)
    }
}
