// LinearSystemWitnessTests.swift: the scaled residual of a solution, against values worked out by hand.

import BLASBinding
import Measurement
import SampleStatistics
import Testing

/// A system in arrays, column-major with columns padded to `stride`, by elements of NaN that must not count.
private struct System<Element: GEMMElement> {
    let n: Int
    let stride: Int
    var a: [Element]
    var b: [Element]

    init(rows: [[Double]], b: [Double]) {
        n = b.count
        stride = (n + 7) / 8 * 8
        a = [Element](repeating: .nan, count: n * stride)
        for (i, row) in rows.enumerated() {
            for (j, element) in row.enumerated() { a[j * stride + i] = Element(element) }
        }
        self.b = b.map { Element($0) }
    }

    /// Uniform in [-1/2, 1/2).
    init(random n: Int, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        self.init(
            rows: (0..<n).map { _ in (0..<n).map { _ in generator.uniform() - 0.5 } },
            b: (0..<n).map { _ in generator.uniform() - 0.5 })
    }

    /// - Parameter threads: Among which the rows are divided.
    func residual(_ x: [Double], threads: Int = 1) -> Double { residual(elements: x.map { Element($0) }, threads) }

    func residual(elements x: [Element], _ threads: Int = 1) -> Double {
        let witness = LinearSystemWitness(a: a, lda: stride, b: b, n: n)
        let parts = (0..<threads).map { witness.part(of: $0, among: threads, x: x) }
        return witness.residual(of: x, parts.reduce(.none) { $0.joined(with: $1) })
    }

    func solution(by library: BLASLibrary) throws -> [Element] {
        var (factors, x) = (a, b)
        var pivots = [Int](repeating: 0, count: n)
        let outcome = try #require(library.lu).guarded(
            order: n, a: &factors, lda: stride, pivots: &pivots, b: &x)
        #expect(outcome.signal == 0 && outcome.refusal == nil)
        return x
    }
}

@Suite("The judgement of a linear system's solution", .librariesInTurn)
struct LinearSystemWitnessTests {
    @Test("is zero for an exact solution")
    func exact() {
        let system = System<Double>(rows: [[2, 1, 0], [1, -3, 4], [0, 5, 6]], b: [4, 7, 28])
        #expect(system.residual([1, 2, 3]) == 0)
        #expect(System<Float>(rows: [[2, 1, 0], [1, -3, 4], [0, 5, 6]], b: [4, 7, 28]).residual([1, 2, 3]) == 0)
    }

    // A = 2·I of order 10 and b = 2: x = 1 but for one element of 1 + d. The difference is 2 d, the row sum 2, the largest
    // x 1 + d and b 2, so it is 2 d / (ε (2 (1 + d) + 2) · 10).
    @Test("is HPL's quotient", arguments: [0x1p-40, -0x1p-40, 0.5])
    func formula(d: Double) {
        let rows = (0..<10).map { i in (0..<10).map { $0 == i ? 2.0 : 0 } }
        var x = [Double](repeating: 1, count: 10)
        x[7] += d
        let largest = max(1, 1 + d)
        let system = System<Double>(rows: rows, b: [Double](repeating: 2, count: 10))
        let expected = 2 * abs(d) / (0x1p-53 * (2 * largest + 2) * 10)
        #expect(abs(system.residual(x) / expected - 1) < 1e-12)
        let single = System<Float>(rows: rows, b: [Double](repeating: 2, count: 10))
        if abs(d) > 0x1p-20 { #expect(abs(single.residual(x) / expected * 0x1p29 - 1) < 1e-6) }
    }

    // The largest terms cancel exactly; ordinary additions from the left would lose the 1, and see a residual of 1.
    @Test("does not lose what large terms that cancel leave behind")
    func cancellation() {
        #expect(
            System<Double>(rows: [[1, 0x1p60, -0x1p60], [0, 1, 0], [0, 0, 1]], b: [1, 1, 1]).residual([1, 1, 1]) == 0)
        // (1 + 2⁻³⁰)² = 1 + 2⁻²⁹ + 2⁻⁶⁰, the last of which a rounded product does not have.
        let one = System<Double>(rows: [[1 + 0x1p-30, 1], [0, 1]], b: [0, -(1 + 0x1p-29)])
        let difference = 0x1p-60
        let expected = difference / (0x1p-53 * ((2 + 0x1p-30) * (1 + 0x1p-29) + (1 + 0x1p-29)) * 2)
        #expect(abs(one.residual([1 + 0x1p-30, -(1 + 0x1p-29)]) / expected - 1) < 1e-6)
    }

    @Test("is not a number for a solution that holds none", arguments: [Double.nan, .infinity, -.infinity])
    func notFinite(value: Double) {
        let system = System<Double>(random: 20, seed: 3)
        var x = [Double](repeating: 1, count: 20)
        x[13] = value
        #expect(system.residual(x).isNaN)
    }

    @Test("is the same on any number of threads")
    func threads() {
        // Three blocks of 512 rows, the last one cut off within a vector.
        let system = System<Double>(random: 1101, seed: 5)
        let x = (0..<1101).map { Double($0 % 7) - 3 }
        let one = system.residual(x)
        #expect(one > LinearSystemWitness<Double>.limit)
        for threads in [2, 3, 5] { #expect(system.residual(x, threads: threads) == one) }
        // A single wrong row is seen wherever it is.
        for row in [0, 511, 512, 1100] {
            var zero = System<Double>(rows: [], b: [Double](repeating: 0, count: 1101))
            for index in zero.a.indices { zero.a[index] = index / zero.stride == index % zero.stride ? 1 : 0 }
            var solution = [Double](repeating: 0, count: 1101)
            solution[row] = 0x1p-10
            #expect(zero.residual(solution, threads: 3) > LinearSystemWitness<Double>.limit)
        }
    }

    @Test("passes what OpenBLAS solves, by far", arguments: [1, 7, 100, 600])
    func openBLAS(n: Int) throws {
        let library = try BLASLibrary.openDefault()
        let double = System<Double>(random: n, seed: UInt64(n))
        #expect(double.residual(elements: try double.solution(by: library)) < 1)
        let single = System<Float>(random: n, seed: UInt64(n))
        #expect(single.residual(elements: try single.solution(by: library)) < 1)
    }

    @Test("fails what was solved in single precision, two elements exchanged, and one slightly off")
    func wrong() throws {
        let limit = LinearSystemWitness<Double>.limit
        let system = System<Double>(random: 300, seed: 9)
        var narrow = System<Float>(rows: [], b: [Double](repeating: 0, count: 300))
        narrow.a = system.a.map { Float($0) }
        narrow.b = system.b.map { Float($0) }
        let library = try BLASLibrary.openDefault()
        #expect(system.residual(try narrow.solution(by: library).map { Double($0) }) > limit)
        let right = try system.solution(by: library)
        #expect(system.residual(right) < 1)
        var exchanged = right
        exchanged.swapAt(17, 18)
        #expect(system.residual(exchanged) > limit)
        var off = right
        let largest = try #require(off.indices.max { abs(off[$0]) < abs(off[$1]) })
        off[largest] *= 1 + 1e-9
        #expect(system.residual(off) > limit)
    }
}
