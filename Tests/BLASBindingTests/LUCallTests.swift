// LUCallTests.swift: LAPACK's LU by name, integer width and calling convention; what lacks it says so.

import BLASBinding
import ResultRecord
import TestSupport
import Testing

/// A random system of known solution.
private struct LinearSystem<Element: GEMMElement> {
    static var order: Int { 50 }
    static var lda: Int { 53 }
    var a: [Element]
    var b: [Element]
    let solution: [Double]

    init() {
        a = (0..<Self.order * Self.lda).map { _ in Element(Double.random(in: -0.5..<0.5)) }
        let solution = (0..<Self.order).map { _ in Double.random(in: 1...2) }
        self.solution = solution
        b = (0..<Self.order).map { [a] row in
            Element((0..<Self.order).reduce(0) { $0 + Double(a[row + $1 * Self.lda]) * solution[$1] })
        }
    }

    mutating func solve(by lu: LUCall) -> LUOutcome {
        var pivots = [Int](repeating: 0, count: Self.order)
        return lu.guarded(order: Self.order, a: &a, lda: Self.lda, pivots: &pivots, b: &b)
    }

    /// Of x, relative to ε. A condition number of ten thousand, which few random matrices of this order exceed, and a
    /// growth of the order multiply it.
    var worstError: Double {
        zip(b, solution).map { abs(Double($0) - $1) }.reduce(0) { $1.isNaN ? .infinity : max($0, $1) }
            / Double(Element.ulpOfOne)
    }
}

@Suite("LU of a loaded library", .enabled(if: ShimLibrary.compiler != nil, "no C compiler on PATH"))
struct LUCallTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ definitions: [String]) throws -> BLASLibrary {
        let path = directory.file("libshim.so")
        try ShimLibrary.build(definitions, at: path)
        return try BLASLibrary.open(path: path)
    }

    private func checkSolution(of library: BLASLibrary) throws {
        let lu = try #require(library.lu)
        #expect(library.luUnavailability == nil)
        var double = LinearSystem<Double>()
        #expect(double.solve(by: lu).refusal == nil)
        #expect(double.worstError < 1e6)
        var single = LinearSystem<Float>()
        #expect(single.solve(by: lu).refusal == nil)
        #expect(single.worstError < 1e6)
    }

    @Test("solves a system of known solution")
    func openBLAS() throws { try checkSolution(of: BLASLibrary.openDefault()) }

    @Test(
        "is found under each spelling and called with the integers it takes",
        arguments: [
            ["INTEGER=int"], ["INTEGER=long"],
            ["INTEGER=long", "SUFFIX=64_", "LAPACK(name)=name##_64_"],
            ["INTEGER=long", "SUFFIX=_64", "LAPACK(name)=name##_64"],
            ["INTEGER=long", "SUFFIX=_64", "LAPACK(name)=name##_64_"],
            ["INTEGER=long", "PREFIX=scipy_", "SUFFIX=64_", "LAPACK(name)=scipy_##name##_64_"],
            ["INTEGER=int", "PREFIX=scipy_", "LAPACK(name)=scipy_##name##_"],
        ])
    func spellings(definitions: [String]) throws {
        let library = try open(definitions + ["WITH_LAPACK"])
        try checkSolution(of: library)
        #expect(library.symbolPrefix == (definitions.contains("PREFIX=scipy_") ? "scipy_" : ""))
    }

    @Test("a matrix without an inverse is refused at its pivot, and not solved with")
    func singular() throws {
        for library in [try BLASLibrary.openDefault(), try open(["WITH_LAPACK"])] {
            // The third column is zero, so the third pivot is.
            var a: [Double] = [1, 2, 3, 2, 1, 3, 0, 0, 0]
            var b: [Double] = [4, 5, 6]
            var pivots = [0, 0, 0]
            let outcome = try #require(library.lu).guarded(order: 3, a: &a, lda: 3, pivots: &pivots, b: &b)
            #expect(outcome.factorisationInfo == 3 && outcome.solutionInfo == 0 && outcome.signal == 0)
            #expect(outcome.refusal == "getrf gave INFO = 3: pivot 3 is exactly zero")
            #expect(b == [4, 5, 6])
        }
    }

    @Test("a library without LAPACK has none, and says what it lacks")
    func lacking() throws {
        let library = try open([])
        #expect(library.lu == nil)
        #expect(library.luUnavailability == "lacks dgetrf_, dgetrs_, sgetrf_, sgetrs_")
    }

    // The system's OpenBLAS has dgetrf_; a library that merely depends on it must not be measured with it.
    @Test("a dependency's LAPACK is not taken for the library's own")
    func dependency() throws {
        let openBLAS = try BLASLibrary.openDefault().description.path
        let path = directory.file("libdepends.so")
        try ShimLibrary.build([], at: path, linking: openBLAS)
        let library = try BLASLibrary.open(path: path)
        #expect(library.description.path == path)
        #expect(library.lu == nil)
    }
}
