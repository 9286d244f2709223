// ProductInputs.swift: the matrices that products are made of, and how they change from slice to slice.
// Equal inputs each time would let a library that keeps its products pass off copies of them as work.

import BLASBinding
import SampleStatistics

/// A, B and, where there is one, the product that C is compared with; in memory of the session's.
struct ProductInputs<Element: GEMMElement> {
    let a: UnsafeMutablePointer<Element>
    let b: UnsafeMutablePointer<Element>
    private let reference: UnsafeMutablePointer<Element>?
    private let n: Int
    private var generator: SeededGenerator

    /// Of this many neighbouring rows of A, one changes.
    private static var rowsPerChange: Int { 64 }

    /// Fills A and B with elements uniform in [-1/2, 1/2), as HPL fills its matrix; reproducible from the seed.
    init(
        a: UnsafeMutablePointer<Element>, b: UnsafeMutablePointer<Element>, reference: UnsafeMutablePointer<Element>?,
        n: Int, seed: UInt64
    ) {
        (self.a, self.b, self.reference, self.n) = (a, b, reference, n)
        // Stream 3 is the witness's, 4 and those from 2^32 on the linear systems'.
        generator = SeededGenerator(seed: seed, stream: 5)
        for (matrix, stream) in [(a, UInt64(1)), (b, 2)] {
            var uniform = SeededGenerator(seed: seed, stream: stream)
            for index in 0..<n * n { matrix[index] = Element(uniform.uniform() - 0.5) }
        }
    }

    /// Changes the signs of a random row of A in each block of 64, the last one maybe cut off, and of a random column
    /// of B. Rounding does not depend on signs, so witness and reference follow exactly.
    ///
    /// - Complexity: n²/64 elements of A and n of B.
    mutating func change(_ witness: inout ProductWitness<Element>) {
        let rows = stride(from: 0, to: n, by: Self.rowsPerChange).map {
            $0 + generator.index(below: min(Self.rowsPerChange, n - $0))
        }
        let column = generator.index(below: n)
        for row in rows { Self.negateRow(row, of: a, n: n) }
        Self.negateColumn(column, of: b, n: n)
        if let reference {
            for row in rows { Self.negateRow(row, of: reference, n: n) }
            Self.negateColumn(column, of: reference, n: n)
        }
        witness.negate(rows: rows, column: column)
    }

    private static func negateRow(_ row: Int, of matrix: UnsafeMutablePointer<Element>, n: Int) {
        for index in row * n..<(row + 1) * n { matrix[index].negate() }
    }

    private static func negateColumn(_ column: Int, of matrix: UnsafeMutablePointer<Element>, n: Int) {
        for index in stride(from: column, to: n * n, by: n) { matrix[index].negate() }
    }
}
