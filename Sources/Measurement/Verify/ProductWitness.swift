// ProductWitness.swift: tells whether C is the product of A and B without multiplying them again.
// Freivalds' test looks at every element of C through one random vector; sampled entries look at a few directly.

package import BLASBinding
import SampleStatistics

/// What C = A·B must satisfy, worked out beforehand in compensated arithmetic, so that judging a product costs one
/// pass over C.
///
/// The vector x has random elements of 26 bits, so that an element of C, split in two, is multiplied by them exactly.
///
/// Row i of C·x − A·(B·x) is scaled by ε ‖a_i‖ √Σ(‖b_j‖ x_j)², 2-norms of the rows of A and the columns of B: for
/// elements of either sign, drawn independently, rounding errors add up like a random walk, and this is what a
/// correct product reaches (docs/verification.md). HPL's scale, ε n times infinity norms, bounds the worst case instead;
/// for a single-precision product of order 2048 it would let an element be wrong by more than its own size.
///
/// - Source: R. Freivalds, Probabilistic machines can use less running time, IFIP Congress 1977.
/// - Source: N. J. Higham, T. Mary, A new approach to probabilistic rounding error analysis, SIAM J. Sci. Comput. 41
///   (2019), for errors that grow with the square root of n.
package struct ProductWitness<Element: GEMMElement> {
    /// Products pass up to this scaled residual, as in HPL.
    package static var limit: Double { 16 }
    /// Entries of C that are compared one by one.
    static var entryCount: Int { 16 }

    let n: Int
    /// Random, in ±[1/2, 1), multiples of 2^-26.
    private var x: [Double]
    /// A·(B·x), each as an unevaluated sum.
    private var high: [Double]
    private var low: [Double]
    /// ε ‖a_i‖ √Σ(‖b_j‖ x_j)²
    private let scale: [Double]
    private var entries: [Entry]
    /// ‖a_i‖ and ‖b_j‖
    private let rowNorms: [Double]
    private let columnNorms: [Double]

    private struct Entry {
        var row: Int
        var column: Int
        var value: (high: Double, low: Double)
        /// ε ‖a_i‖ ‖b_j‖
        var scale: Double
    }

    /// - Parameters:
    ///   - a: Row-major matrix of order `n`; likewise `b`. Elements of either sign, drawn independently.
    ///   - seed: Of x and of the choice of entries.
    /// - Complexity: O(n²) time and O(n) memory.
    package init(a: UnsafePointer<Element>, b: UnsafePointer<Element>, n: Int, seed: UInt64) {
        self.n = n
        var generator = SeededGenerator(seed: seed, stream: 3)
        x = (0..<n).map { _ in
            let magnitude = Double((generator.next() >> 38) | 1 << 25) * 0x1p-26
            return generator.next() & 1 == 0 ? magnitude : -magnitude
        }
        let epsilon = Double(Element.ulpOfOne)
        let bx = Self.product(of: b, n: n, with: (x, [Double](repeating: 0, count: n)))
        (high, low) = Self.product(of: a, n: n, with: bx)
        let (rows, columns) = Self.norms(rowsOf: a, columnsOf: b, n: n)
        let spread = CompensatedSum(zip(columns, x).map { $0 * $1 * $0 * $1 }).value.squareRoot()
        scale = rows.map { epsilon * $0 * spread }
        (rowNorms, columnNorms) = (rows, columns)
        entries = (0..<Self.entryCount).map { _ in
            let row = generator.index(below: n)
            let column = generator.index(below: n)
            var dot = CompensatedDot()
            for k in 0..<n { dot.add(Double(a[row * n + k]), times: Double(b[k * n + column])) }
            return Entry(
                row: row, column: column, value: dot.parts, scale: epsilon * rows[row] * columns[column])
        }
    }

    /// M·v for v = high + low.
    private static func product(
        of matrix: UnsafePointer<Element>, n: Int, with v: (high: [Double], low: [Double])
    ) -> (high: [Double], low: [Double]) {
        var high = [Double](repeating: 0, count: n)
        var low = high
        for row in 0..<n {
            var dot = CompensatedDot()
            let elements = matrix + row * n
            for k in 0..<n {
                let element = Double(elements[k])
                dot.add(element, times: v.high[k])
                dot.add(element * v.low[k])
            }
            (high[row], low[row]) = dot.parts
        }
        return (high, low)
    }

    /// 2-norms of the rows of `a` and the columns of `b`.
    private static func norms(
        rowsOf a: UnsafePointer<Element>, columnsOf b: UnsafePointer<Element>, n: Int
    ) -> (rows: [Double], columns: [Double]) {
        var rows = [Double](repeating: 0, count: n)
        var columns = rows
        for i in 0..<n {
            for j in 0..<n {
                let (left, right) = (Double(a[i * n + j]), Double(b[i * n + j]))
                rows[i] += left * left
                columns[j] += right * right
            }
        }
        return (rows.map { $0.squareRoot() }, columns.map { $0.squareRoot() })
    }

    /// Follows a change of sign of rows of A and of a column of B, exactly: x changes with the column, so that B·x stays
    /// as it is, and so do all norms.
    ///
    /// - Parameter rows: Without repetition.
    package mutating func negate(rows: [Int], column: Int) {
        x[column].negate()
        let negated = Set(rows)
        for row in negated {
            high[row].negate()
            low[row].negate()
        }
        for index in entries.indices where negated.contains(entries[index].row) != (entries[index].column == column) {
            entries[index].value.high.negate()
            entries[index].value.low.negate()
        }
    }

    /// The least error of a single element in `row` that always fails, whatever x and the rounding of the others:
    /// 2 (16 + 1) s_i, as |x_j| ≥ 1/2 and a correct row is off by s_i at most.
    package func leastErrorCaught(inRow row: Int) -> Double { 2 * (Self.limit + 1) * scale[row] }

    /// Places of the entries that are compared one by one.
    package var sampledPlaces: [(row: Int, column: Int)] { entries.map { ($0.row, $0.column) } }

    /// Judges one product.
    ///
    /// - Returns: Scaled residuals; a row or entry that is not finite makes its residual NaN.
    package func residual(of c: UnsafePointer<Element>) -> ProductResidual {
        var worstRow = 0.0
        for row in 0..<n {
            let computed = rowSum(c + row * n)
            let difference = abs((computed.high - high[row]) + (computed.low - low[row]))
            worstRow = Self.worse(worstRow, difference / scale[row])
        }
        var worstEntry = 0.0
        for entry in entries {
            let found = Double(c[entry.row * n + entry.column])
            let difference = abs((found - entry.value.high) - entry.value.low)
            worstEntry = Self.worse(worstEntry, difference / entry.scale)
        }
        return ProductResidual(freivalds: worstRow, entries: worstEntry)
    }

    /// How far `c` is from the same product computed another way, element by element: worst |c − r| over
    /// 2 ε ‖a_i‖ ‖b_j‖, since both have rounded; NaN when an element of either is not finite.
    package func difference(of c: UnsafePointer<Element>, from reference: UnsafePointer<Element>) -> Double {
        let inverse = columnNorms.map { Element(1 / $0) }
        var worst = 0.0
        for row in 0..<n {
            let (mine, theirs) = (c + row * n, reference + row * n)
            // Of the row's elements only the largest scaled difference counts; a NaN makes the sum one.
            var largest = Element.zero
            var sum = Element.zero
            inverse.withUnsafeBufferPointer { inverse in
                for column in 0..<n {
                    let difference = (mine[column] - theirs[column]).magnitude * inverse[column]
                    largest = difference > largest ? difference : largest
                    sum += difference
                }
            }
            guard sum.isFinite else { return .nan }
            worst = max(worst, Double(largest) / (2 * Double(Element.ulpOfOne) * rowNorms[row]))
        }
        return worst
    }

    /// The larger one; NaN and infinity stay NaN, which `max` would lose.
    private static func worse(_ a: Double, _ b: Double) -> Double {
        a.isFinite && b.isFinite ? max(a, b) : .nan
    }

    /// Σ c_j x_j in compensated arithmetic: each product is exact, as c is split into halves and x has 26 bits.
    @inline(__always)
    private func rowSum(_ c: UnsafePointer<Element>) -> (high: Double, low: Double) {
        var sum = SIMD8<Double>.zero
        var error = SIMD8<Double>.zero
        var j = 0
        x.withUnsafeBufferPointer { x in
            while j + 8 <= n {
                let (cHigh, cLow) = split(Self.load(c + j))
                let xs = SIMD8<Double>(
                    x[j], x[j + 1], x[j + 2], x[j + 3], x[j + 4], x[j + 5], x[j + 6], x[j + 7])
                let step = twoSum(sum, cHigh * xs)
                sum = step.sum
                error += step.error + cLow * xs
                j += 8
            }
        }
        var total = CompensatedDot()
        for lane in 0..<8 {
            total.add(sum[lane])
            total.add(error[lane])
        }
        while j < n {
            total.add(Double(c[j]), times: x[j])
            j += 1
        }
        return total.parts
    }

    @inline(__always)
    private static func load(_ c: UnsafePointer<Element>) -> SIMD8<Double> {
        SIMD8(
            Double(c[0]), Double(c[1]), Double(c[2]), Double(c[3]), Double(c[4]), Double(c[5]), Double(c[6]),
            Double(c[7]))
    }
}

extension ProductWitness {
    /// Judges one product of matrices in arrays.
    ///
    /// - Parameters: As for `init` and `residual(of:)`, row-major and of order `n`.
    package static func residual(of c: [Element], a: [Element], b: [Element], n: Int, seed: UInt64) -> ProductResidual {
        precondition([a.count, b.count, c.count].allSatisfy { $0 == n * n }, "matrices of order n have n² elements")
        return a.withUnsafeBufferPointer { a in
            b.withUnsafeBufferPointer { b in
                c.withUnsafeBufferPointer { c in
                    guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
                        return ProductResidual(freivalds: 0, entries: 0)
                    }
                    return ProductWitness(a: a, b: b, n: n, seed: seed).residual(of: c)
                }
            }
        }
    }
}
