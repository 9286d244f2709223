// Correlation.swift: correlations between columns, and the direction in which they vary together most.

import RealModule
import SampleStatistics

/// Columns with their means taken away and their spread divided out.
struct Standardised {
    /// Sample standard deviations; 0 for a column of equal values.
    let deviations: [Double]
    /// (x − mean) / (s √(n − 1)), so that a correlation is a sum of products; empty for a column without spread.
    private let scores: [[Double]]

    init(_ columns: [DataColumn], rows: [Int]) {
        var deviations: [Double] = []
        var scores: [[Double]] = []
        let freedom = Double(max(1, rows.count - 1)).squareRoot()
        for column in columns {
            let values = rows.map { column.raw[$0] }
            // Equal values may leave a deviation of rounding errors.
            let isConstant = values.allSatisfy { $0 == values[0] }
            guard !isConstant, let moments = Moments(values), let spread = moments.standardDeviation, spread > 0 else {
                deviations.append(0)
                scores.append([])
                continue
            }
            deviations.append(spread)
            scores.append(values.map { ($0 - moments.mean) / spread / freedom })
        }
        self.deviations = deviations
        self.scores = scores
    }

    /// Pearson's r in [−1, 1]; 0 when a column has no spread, and 1 of a column with itself.
    func correlation(_ a: Int, _ b: Int) -> Double {
        if a == b { return 1 }
        let products = CompensatedSum(zip(scores[a], scores[b]).lazy.map { $0 * $1 })
        return min(1, max(-1, products.value))
    }
}

enum SymmetricMatrix {
    /// The eigenvector of unit length to the largest eigenvalue, by Jacobi's rotations; its sign means nothing.
    ///
    /// - Returns: nil when another eigenvalue is as large within 1e-10, so that no one direction stands out.
    /// - Source: G. H. Golub, C. F. Van Loan, Matrix Computations, 4th ed., section 8.5: the cyclic method.
    /// - Complexity: O(*n*³) per sweep; fewer than ten sweeps are usual.
    static func principalVector(_ matrix: [[Double]]) -> [Double]? {
        let n = matrix.count
        var a = matrix
        var vectors = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0.0 } }
        for _ in 0..<60 {
            var rotated = false
            for p in 0..<n {
                for q in (p + 1)..<max(n, p + 1) where abs(a[p][q]) > 1e-17 * (abs(a[p][p]) + abs(a[q][q])) {
                    rotated = true
                    let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
                    let t = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
                    let c = 1 / (t * t + 1).squareRoot()
                    rotate(&a, &vectors, p: p, q: q, cosine: c, sine: t * c)
                }
            }
            if !rotated { break }
        }
        let order = (0..<n).sorted { a[$0][$0] > a[$1][$1] }
        guard let largest = order.first else { return nil }
        if n > 1, a[order[1]][order[1]] >= a[largest][largest] * (1 - 1e-10) { return nil }
        return (0..<n).map { vectors[$0][largest] }
    }

    private static func rotate(
        _ a: inout [[Double]], _ vectors: inout [[Double]], p: Int, q: Int, cosine c: Double, sine s: Double
    ) {
        for k in a.indices {
            (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
        }
        for k in a.indices {
            (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
        }
        // What the rotation is there to remove; rounding would leave a trace that another sweep chases.
        a[p][q] = 0
        a[q][p] = 0
        for k in vectors.indices {
            (vectors[k][p], vectors[k][q]) = (
                c * vectors[k][p] - s * vectors[k][q], s * vectors[k][p] + c * vectors[k][q]
            )
        }
    }
}
