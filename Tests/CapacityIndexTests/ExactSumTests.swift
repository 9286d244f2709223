// ExactSumTests.swift: sums of doubles against another method of exact summation, and what order must not change.

import CapacityIndex
import SampleStatistics
import Testing

@Suite struct ExactSumTests {
    /// Numbers of both signs over the whole range that enters exactly: magnitudes of 2^-92 to 2^160.
    static func numbers(_ count: Int, seed: UInt64) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let exponent = -92 + generator.index(below: 252)
            let number = Double(sign: .plus, exponent: exponent, significand: 1 + generator.uniform())
            return generator.next() & 1 == 0 ? number : -number
        }
    }

    @Test("it is the correctly rounded sum that Shewchuk's expansions give", arguments: 0..<50)
    func expansions(seed: Int) throws {
        let numbers = Self.numbers(200, seed: UInt64(seed))
        #expect(try ExactSum(numbers).value == Expansion(numbers).value)
    }

    // Cancels down to terms of any size, which is where sums go wrong.
    @Test("so it is where large terms cancel", arguments: 0..<50)
    func cancellation(seed: Int) throws {
        let numbers = Self.numbers(60, seed: UInt64(seed))
        let large = numbers.filter { abs($0) > 0x1p20 }
        let terms = numbers + large.map { -$0 }
        #expect(try ExactSum(terms).value == Expansion(terms).value)
        // Plain addition is wrong here; if it were not, the test would show nothing.
        #expect(terms.reduce(0, +) != Expansion(terms).value)
    }

    @Test("order does not show in the bits")
    func order() throws {
        var generator = SeededGenerator(seed: 5)
        let numbers = Self.numbers(500, seed: 5)
        let sum = try ExactSum(numbers)
        for _ in 0..<20 { #expect(try ExactSum(numbers.shuffled(using: &generator)) == sum) }
    }

    @Test("any tree of merges gives the same bits")
    func mergeTree() throws {
        var generator = SeededGenerator(seed: 6)
        let numbers = Self.numbers(400, seed: 6)
        for _ in 0..<20 {
            var parts = try numbers.map { try ExactSum([$0]) }
            while parts.count > 1 {
                let taken = parts.remove(at: generator.index(below: parts.count))
                let index = generator.index(below: parts.count)
                try parts[index].add(taken)
            }
            #expect(try parts[0] == ExactSum(numbers))
        }
    }

    @Test("terms put in and taken out leave no trace")
    func withdrawal() throws {
        let kept = Self.numbers(100, seed: 7)
        let passing = Self.numbers(100, seed: 8)
        var sum = ExactSum()
        for (one, other) in zip(kept, passing) {
            try sum.add(other)
            try sum.add(one)
        }
        for other in passing { try sum.subtract(other) }
        #expect(try sum == ExactSum(kept))
        try sum.subtract(ExactSum(kept))
        #expect(sum == ExactSum())
        #expect(sum.isZero)
    }

    // 10^18 + 10^7 · 0.1 in rational arithmetic: python3 -c "from fractions import Fraction as F;
    // print(float(F(10**18) + 10**7 * F(0.1)))". Plain addition leaves 10^18, whose last bit weighs 128.
    @Test("ten million small terms beside a large one lose nothing")
    func manySmallTerms() throws {
        var sum = try ExactSum([1e18])
        var plain = 1e18
        for _ in 0..<10_000_000 {
            try sum.add(0.1)
            plain += 0.1
        }
        #expect(sum.value == 1.0000000000010001e+18)
        // All bits of it: ten million times the number that 0.1 stands for.
        #expect(sum.description == "0xde0b6b3a7734240000000003d09p-48")
        #expect(plain == 1e18)
    }

    // 2^60 + 2^7 lies midway between two doubles and goes to the even one, 2^60; what is added far below decides.
    @Test("reading rounds once, ties to even")
    func ties() throws {
        #expect(try ExactSum([0x1p60, 0x1p7]).value == 0x1p60)
        #expect(try ExactSum([0x1p60, 0x1p7, 0x1p-140]).value == 0x1p60 + 0x1p8)
        #expect(try ExactSum([0x1p60, 0x1p7, -0x1p-140]).value == 0x1p60)
        #expect(try ExactSum([0x1p60, 0x1p8, 0x1p7]).value == 0x1p60 + 0x1p9)
        #expect(try ExactSum([-0x1p60, -0x1p7, -0x1p-140]).value == -0x1p60 - 0x1p8)
    }

    // 1e-40 · 2^144 = 2230.07…, so it enters as 2230 · 2^-144 = 0x45b · 2^-143. 2^-145 is half a quantum: to even, 0.
    @Test("below 2^-92 a term is rounded to a multiple of 2^-144, and comes out again all the same")
    func belowTheQuantum() throws {
        var sum = try ExactSum([1e-40])
        #expect(sum.description == "0x45bp-143")
        try sum.subtract(1e-40)
        #expect(sum.isZero)
        #expect(try ExactSum([0x1p-145]).isZero)
        #expect(try ExactSum([0x1.8p-144]).description == "0x1p-143")
        #expect(try ExactSum([0x1.8p-145]).description == "0x1p-144")
        #expect(try ExactSum([.leastNonzeroMagnitude, 0, -0.0, 1e-300]).isZero)
    }

    @Test("what is out of range is refused and leaves the sum as it was")
    func range() throws {
        let numbers = [0x1p175, .infinity, -.infinity, -0x1p175]
        for number in numbers {
            var sum = try ExactSum([3])
            #expect(
                throws: AggregationError.amountOutOfRange(field: "magnitude", number: abs(number), limit: 0x1p175)
            ) { try sum.add(number) }
            #expect(sum.value == 3)
        }
        #expect(throws: AggregationError.self) { try ExactSum([.nan]) }
        var sum = try ExactSum([0x1p174])
        #expect(throws: AggregationError.sumOutOfRange) { try sum.add(0x1p174) }
        #expect(sum.value == 0x1p174)
        try sum.add((0x1p174).nextDown)
        #expect(throws: AggregationError.sumOutOfRange) { try sum.add(sum) }
        // Downward the range is one step longer: −2^175 itself.
        var negative = try ExactSum([-0x1p174, -0x1p174])
        #expect(negative.value == -0x1p175)
        #expect(throws: AggregationError.sumOutOfRange) { try negative.subtract(0x1p-144) }
        #expect(throws: AggregationError.sumOutOfRange) {
            var zero = ExactSum()
            try zero.subtract(negative)
        }
    }

    // From Python's fractions: numerator without factors of 2, and the exponent that is left.
    @Test(
        "text is an odd number times a power of two",
        arguments: [
            ([910e18], "0x62a992e53a0afp19"), ([0.1], "0xccccccccccccdp-55"), ([-0.375], "-0x3p-3"),
            ([], "0x0p0"), ([0x1p-144], "0x1p-144"), ([0x1p174], "0x1p174"), ([12], "0x3p2"),
            ([1e-30], "0x14484bfeebc3p-144"),
        ])
    func text(numbers: [Double], text: String) throws {
        let sum = try ExactSum(numbers)
        #expect(sum.description == text)
        #expect(try ExactSum(text) == sum)
    }

    @Test("text reads back to the bit", arguments: 0..<20)
    func roundTrip(seed: Int) throws {
        let sum = try ExactSum(Self.numbers(30, seed: UInt64(seed)))
        #expect(try ExactSum(sum.description) == sum)
    }

    @Test(
        "other text is refused",
        arguments: [
            "", "0", "12", "0x", "0xp0", "0x2p0", "0x1p", "0x1p+1", "0x01p0", "0x3P2", "0X3p2", "-0x0p0", "0x0p1",
            "0x1p-145", "0x1p175", "0x1p99999999999999999999", "0x1p0p0", " 0x1p0", "0x1p0 ", "+0x1p0", "0xgp0",
            "0x1p-0", "--0x1p0", "0x" + String(repeating: "f", count: 81) + "p0", "nan", "0x１p0",
        ])
    func malformed(text: String) {
        #expect(throws: AggregationError.malformedSum(text)) { try ExactSum(text) }
    }
}

/// A sum kept as doubles that do not overlap, the smallest first; exact as long as nothing overflows.
///
/// - Source: J. R. Shewchuk, Adaptive precision floating-point arithmetic and fast robust geometric predicates,
///   Discrete & Computational Geometry 18 (1997), 305–363; read off as Python's `math.fsum` does.
struct Expansion {
    private var parts: [Double] = []

    init(_ terms: [Double]) {
        for term in terms { add(term) }
    }

    private mutating func add(_ term: Double) {
        var carried = term
        var kept: [Double] = []
        for part in parts {
            let (large, small) = abs(carried) < abs(part) ? (part, carried) : (carried, part)
            let sum = large + small
            let rest = small - (sum - large)
            if rest != 0 { kept.append(rest) }
            carried = sum
        }
        parts = kept + [carried]
    }

    /// Correctly rounded.
    var value: Double {
        var rest = parts
        guard var sum = rest.popLast() else { return 0 }
        while let part = rest.popLast() {
            let larger = sum
            sum = larger + part
            let error = part - (sum - larger)
            guard error != 0 else { continue }
            // A tie goes the other way when what lies below has the sign of the error.
            if let next = rest.last, (error < 0) == (next < 0), next != 0 {
                let twice = error * 2
                let moved = sum + twice
                if moved - sum == twice { sum = moved }
            }
            break
        }
        return sum
    }
}
