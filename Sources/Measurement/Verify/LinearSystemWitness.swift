// LinearSystemWitness.swift: judges a solution of A·x = b by its residual, scaled as HPL does.
// The residual is a difference of nearly equal numbers, so it is computed in compensated arithmetic.

package import BLASBinding

/// A linear system in memory, and what a solution of it must satisfy.
///
/// A solution x is judged by ‖A·x − b‖∞ / (ε (‖A‖∞ ‖x‖∞ + ‖b‖∞) n), with ε = 2⁻⁵³ (f64) or 2⁻²⁴ (f32), half a unit in the
/// last place of 1. LU with partial pivoting stays below 1 for matrices of random elements (docs/lu.md).
///
/// - Source: A. Petitet, R. C. Whaley, J. Dongarra, A. Cleary, HPL 2.3, testing/ptest/HPL_pdtest.c, for scale and limit.
// Unchecked: A and b are read only, and outlive the witness, which the one who makes it sees to.
package struct LinearSystemWitness<Element: GEMMElement>: @unchecked Sendable {
    /// Solutions pass up to this scaled residual, as in HPL.
    package static var limit: Double { 16 }
    /// Rows that are worked on together; their sums, two numbers each, stay in the first cache.
    private static var blockRows: Int { 512 }

    package let n: Int
    private let lda: Int
    private let a: UnsafePointer<Element>
    private let b: UnsafePointer<Element>

    /// - Parameters:
    ///   - a: n columns of `lda` elements each, the first n of which count; readable as far as `lda`.
    ///   - lda: ≥ n, a multiple of 8.
    ///   - b: n elements.
    package init(a: UnsafePointer<Element>, lda: Int, b: UnsafePointer<Element>, n: Int) {
        precondition(n >= 1 && lda >= n && lda % 8 == 0, "columns begin at whole vectors")
        self.n = n
        self.lda = lda
        self.a = a
        self.b = b
    }

    /// The worst of some rows, for threads that share the work.
    package struct Part: Sendable, Hashable {
        /// max |A·x − b|; NaN when one is not a finite number.
        package var difference: Double
        /// max Σ|a_ij|.
        package var rowSum: Double

        package static var none: Part { Part(difference: 0, rowSum: 0) }

        package func joined(with other: Part) -> Part {
            // `max` would lose a NaN.
            let isFinite = difference.isFinite && other.difference.isFinite
            return Part(
                difference: isFinite ? max(difference, other.difference) : .nan, rowSum: max(rowSum, other.rowSum))
        }
    }

    /// Rows of blocks `index`, `index + count`, … for the thread of that index among `count`.
    ///
    /// - Parameter x: n elements.
    /// - Complexity: O(n²/count), one pass over its part of A.
    package func part(of index: Int, among count: Int, x: UnsafePointer<Element>) -> Part {
        var worst = Part.none
        var first = index * Self.blockRows
        while first < n {
            worst = worst.joined(with: block(first..<min(first + Self.blockRows, n), x))
            first += count * Self.blockRows
        }
        return worst
    }

    /// The scaled residual of a solution; NaN when it or its residual is not finite.
    ///
    /// - Parameters:
    ///   - x: n elements.
    ///   - whole: All parts joined.
    package func residual(of x: UnsafePointer<Element>, _ whole: Part) -> Double {
        var largest = (x: 0.0, b: 0.0)
        for i in 0..<n {
            guard x[i].isFinite else { return .nan }
            largest.x = max(largest.x, abs(Double(x[i])))
            largest.b = max(largest.b, abs(Double(b[i])))
        }
        let epsilon = Double(Element.ulpOfOne) / 2
        let scale = epsilon * (whole.rowSum * largest.x + largest.b) * Double(n)
        // Only where A and b, or x and b, are zero, and anything but zero is wrong then.
        guard scale > 0 else { return whole.difference == 0 ? 0 : .nan }
        return whole.difference / scale
    }

    /// On one thread.
    package func residual(of x: UnsafePointer<Element>) -> Double { residual(of: x, part(of: 0, among: 1, x: x)) }

    private func block(_ rows: Range<Int>, _ x: UnsafePointer<Element>) -> Part {
        let vectors = (rows.count + 7) / 8
        return withUnsafeTemporaryAllocation(of: SIMD8<Double>.self, capacity: 3 * vectors) { sums in
            sums.initialize(repeating: .zero)
            guard let high = sums.baseAddress else { return .none }
            let low = high + vectors
            let magnitudes = low + vectors
            for column in 0..<n {
                let factor = Double(x[column])
                let halves = split(factor)
                let elements = a + column * lda + rows.lowerBound
                for vector in 0..<vectors {
                    let element = Self.load(elements + 8 * vector)
                    // The product and what rounding took from it, as `twoProduct` has it.
                    let product = element * factor
                    let parts = split(element)
                    let cross = parts.high * halves.low + parts.low * halves.high
                    let error = ((parts.high * halves.high - product) + cross) + parts.low * halves.low
                    let step = twoSum(high[vector], product)
                    high[vector] = step.sum
                    low[vector] += step.error + error
                    magnitudes[vector] += Self.magnitude(element)
                }
            }
            var worst = Part.none
            for row in 0..<rows.count {
                let (vector, lane) = (row / 8, row % 8)
                var sum = CompensatedDot()
                sum.add(high[vector][lane])
                sum.add(low[vector][lane])
                sum.add(-Double(b[rows.lowerBound + row]))
                let part = Part(difference: abs(sum.parts.high), rowSum: magnitudes[vector][lane])
                worst = worst.joined(with: part)
            }
            return worst
        }
    }

    @inline(__always)
    private static func load(_ a: UnsafePointer<Element>) -> SIMD8<Double> {
        SIMD8(
            Double(a[0]), Double(a[1]), Double(a[2]), Double(a[3]), Double(a[4]), Double(a[5]), Double(a[6]),
            Double(a[7]))
    }

    @inline(__always)
    private static func magnitude(_ a: SIMD8<Double>) -> SIMD8<Double> { a.replacing(with: -a, where: a .< 0) }
}
