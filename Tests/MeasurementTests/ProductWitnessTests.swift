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
    // A plain sum errs like a random walk: about n/√2 steps' worth of ε/2 · σ_a σ_b · 1/√3, that is 0.2 of the scale
    // ε ‖a‖‖b‖ = ε n σ_a σ_b; the worst of a hundred rows or entries is three to four times that.
    @Test("a right product passes with a residual below 1", arguments: [1, 2, 7, 8, 9, 64, 129, 500])
    func right(n: Int) {
        let double = Product<Double>(n: n)
        let first = ProductWitness.residual(of: double.c, a: double.a, b: double.b, n: n, seed: 9)
        #expect(first.freivalds < 1 && first.entries < 1)
        let float = Product<Float>(n: n)
        let second = ProductWitness.residual(of: float.c, a: float.a, b: float.b, n: n, seed: 9)
        #expect(second.freivalds < 1 && second.entries < 1)
    }

    @Test("the residual is not zero by construction: rounding is seen", arguments: [64, 129])
    func rounding(n: Int) {
        let product = Product<Double>(n: n)
        #expect(ProductWitness.residual(of: product.c, a: product.a, b: product.b, n: n, seed: 9).freivalds > 0)
    }

    // ‖a_i‖ ≈ ‖b_j‖ ≈ √(128/12) = 3.27, √Σ(‖b_j‖ x_j)² ≈ 3.27 · √(128 · 0.58) = 28, so the scale is
    // 2^-52 · 3.27 · 28 = 2.0e-14; times the limit 16, over |x_j| ≥ 1/2: 6.5e-13.
    @Test("one element off by 1e-12 fails, wherever it is", arguments: [0, 1, 127, 8191, 16383])
    func oneElement(position: Int) {
        var product = Product<Double>(n: 128)
        product.c[position] += 1e-12
        #expect(ProductWitness.residual(of: product.c, a: product.a, b: product.b, n: 128, seed: 9).freivalds > 16)
    }

    // Single precision, as above with ε = 2^-23 and n = 512: 2^-23 · 6.5 · (6.5 · 17.2) · 16 / 0.5 = 2.8e-3, while an
    // element is √512 / 12 = 1.9 large. A scale for the worst case, ε n |A||B||x|, would be a thousand times wider.
    @Test("in single precision too, an element off by 0.2 % fails, and a tile of zeros")
    func singlePrecision() {
        var product = Product<Float>(n: 512)
        product.c[512 * 100 + 7] += 4e-3
        #expect(ProductWitness.residual(of: product.c, a: product.a, b: product.b, n: 512, seed: 9).freivalds > 16)
        product = Product<Float>(n: 512)
        for row in 0..<8 { for column in 0..<8 { product.c[row * 512 + column] = 0 } }
        #expect(ProductWitness.residual(of: product.c, a: product.a, b: product.b, n: 512, seed: 9).freivalds > 16)
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
        let transposed = (0..<48 * 48).map { (index: Int) -> Double in
            let (row, column) = index.quotientAndRemainder(dividingBy: 48)
            return product.c[column * 48 + row]
        }
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

    @Test("a second product by another order of summation agrees, one with a wrong element does not")
    func reference() {
        var product = Product<Double>(n: 65)
        // Summed backwards.
        var again = product.c
        for i in 0..<65 {
            for j in 0..<65 {
                again[i * 65 + j] = (0..<65).reversed().reduce(0) {
                    $0 + product.a[i * 65 + $1] * product.b[$1 * 65 + j]
                }
            }
        }
        let witness = ProductWitness(a: product.a, b: product.b, n: 65, seed: 9)
        #expect(witness.difference(of: product.c, from: again) < 1)
        product.c[70] += 1e-12
        #expect(witness.difference(of: product.c, from: again) > 16)
        product.c[70] = .nan
        #expect(witness.difference(of: product.c, from: again).isNaN)
    }

    // Changing signs is exact, so the residuals stay what they were, to the last bit.
    @Test("the witness follows changed signs of rows of A and columns of B exactly", arguments: [1, 2, 65, 130])
    func changedSigns(n: Int) {
        var product = Product<Float>(n: n)
        var witness = ProductWitness(a: product.a, b: product.b, n: n, seed: 9)
        let before = witness.residual(of: product.c)
        for (rows, column) in [([0], n - 1), ([n / 2, n - 1], 0), ([n / 3], n - 1)] {
            for row in Set(rows) { for j in 0..<n { product.c[row * n + j].negate() } }
            for row in 0..<n { product.c[row * n + column].negate() }
            witness.negate(rows: Array(Set(rows)), column: column)
            #expect(witness.residual(of: product.c) == before)
        }
        // A row that did not change its sign with A's is wrong.
        guard n > 2 else { return }
        for j in 0..<n { product.c[n / 3 * n + j].negate() }
        #expect(witness.residual(of: product.c).freivalds > 16)
    }
}
