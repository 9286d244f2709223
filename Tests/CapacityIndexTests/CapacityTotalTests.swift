// CapacityTotalTests.swift: totals over nodes: how uncertainties add, and that nothing depends on the way there.

import CapacityIndex
import SampleStatistics
import Testing

@Suite struct CapacityTotalTests {
    static func amount(
        _ value: Double, _ random: Double = 0, _ systematic: Double = 0
    ) throws -> CapacityAmount {
        try CapacityAmount(value: value, randomUncertainty: random, systematicUncertainty: systematic)
    }

    /// Nodes of 10^9 to 10^15 FLOPS with up to 10 % of random and 1 % of systematic uncertainty.
    static func amounts(_ count: Int, seed: UInt64) throws -> [CapacityAmount] {
        var generator = SeededGenerator(seed: seed)
        return try (0..<count).map { _ in
            let exponent = 30 + generator.index(below: 20)
            let value = Double(sign: .plus, exponent: exponent, significand: 1 + generator.uniform())
            return try amount(value, value * 0.1 * generator.uniform(), value * 0.01 * generator.uniform())
        }
    }

    // Random 3 and 4 give 5 in quadrature, systematic 1 and 2 give 3 linearly, together √(25 + 9).
    @Test("nodes add in quadrature where they are independent and linearly where they are not")
    func uncertainties() throws {
        var total = CapacityTotal()
        try total.add(Self.amount(100, 3, 1))
        try total.add(Self.amount(200, 4, 2))
        #expect(total.value == 300)
        #expect(total.randomUncertainty == 5)
        #expect(total.systematicUncertainty == 3)
        #expect(total.uncertainty == 34.0.squareRoot())
        #expect(total.count == 2)
    }

    // 3 + 4 = 7 linearly for the split node; with an independent 24, √(49 + 576) = 25.
    @Test("lines of one node share its measurement")
    func splitNode() throws {
        let lines = try [Self.amount(1, 3, 0.5), Self.amount(2, 4, 0.25)]
        var total = CapacityTotal()
        try total.add(linesOfOneNode: lines)
        #expect(total.randomUncertainty == 7)
        try total.add(Self.amount(4, 24, 0.25))
        #expect(total.randomUncertainty == 25)
        #expect(total.systematicUncertainty == 1)
        #expect(total.value == 7)
        #expect(total.count == 2)
        try total.subtract(linesOfOneNode: lines.reversed())
        #expect(total.randomUncertainty == 24)
        #expect(throws: AggregationError.noLines) { try total.add(linesOfOneNode: []) }
    }

    // 1000 × 2 TFLOPS × 0.97 = 1.94 PFLOPS; 3 % / √1000 = .0949 %; √(.0949² + 2²) % = 2.002249 %.
    @Test("a thousand nodes of 1.94 TFLOPS have 1.94 PFLOPS, known to 2.002249 %")
    func thousandNodes() throws {
        var total = CapacityTotal()
        for _ in 0..<1000 { try total.add(Self.amount(1.94e12, 0.03 * 1.94e12, 0.02 * 1.94e12)) }
        #expect(total.value == 1.94e15)
        #expect(near(total.uncertainty / total.value, 0.02002249, within: 1e-6))
    }

    @Test("it agrees with the sum of capacities to rounding")
    func agreesWithCapacity() throws {
        let parts = try (1...200).map { try capacity(1e12 / Double($0), random: 0.03, systematic: 0.001) }
        var total = CapacityTotal()
        for part in parts { try total.add(CapacityAmount(part)) }
        let sum = try Capacity.sum(of: parts)
        let back = try total.capacity(under: sum.terms, basis: .measured, asOf: sum.asOf)
        // Both are within 2 units in the last place of the true sums.
        #expect(near(back.value, sum.value, within: 4 * .ulpOfOne))
        #expect(near(back.randomUncertainty, sum.randomUncertainty, within: 4 * .ulpOfOne))
        #expect(near(back.systematicUncertainty, sum.systematicUncertainty, within: 4 * .ulpOfOne))
        #expect(back.terms == sum.terms)
    }

    @Test("parts merge in any order to the total of the whole, to the bit", arguments: 0..<10)
    func merging(seed: Int) throws {
        let amounts = try Self.amounts(300, seed: UInt64(seed))
        var whole = CapacityTotal()
        for amount in amounts { try whole.add(amount) }

        var generator = SeededGenerator(seed: UInt64(seed), stream: 1)
        var parts = [CapacityTotal](repeating: CapacityTotal(), count: 7)
        for amount in amounts.shuffled(using: &generator) { try parts[generator.index(below: 7)].add(amount) }
        var merged = CapacityTotal()
        for part in parts.shuffled(using: &generator) { try merged.merge(part) }
        #expect(merged == whole)

        for part in parts.dropFirst() { try merged.subtract(part) }
        #expect(merged == parts[0])
    }

    @Test("no more comes out of a total than went in")
    func notInTotal() throws {
        var total = CapacityTotal()
        #expect(throws: AggregationError.notInTotal(nodes: 0, asked: 1)) { try total.subtract(Self.amount(1)) }
        var two = CapacityTotal()
        try two.add(Self.amount(1))
        try two.add(Self.amount(1))
        try total.add(Self.amount(5))
        #expect(throws: AggregationError.notInTotal(nodes: 1, asked: 2)) { try total.subtract(two) }
        #expect(total.value == 5)
        // Another amount than was added leaves a total that is no capacity.
        try two.subtract(Self.amount(5))
        #expect(throws: CapacityError.notACapacity(field: "value", number: -3)) {
            try two.capacity(
                under: capacity(1).terms, basis: .measured, asOf: #require(Timestamp("2026-11-23")))
        }
    }

    @Test("amounts that no sum can hold are refused by name", arguments: [-1, .nan, .infinity, 0x1p175])
    func range(number: Double) throws {
        #expect(throws: AggregationError.self) { try Self.amount(number) }
        #expect(throws: AggregationError.self) { try Self.amount(1, number) }
        #expect(throws: AggregationError.self) { try Self.amount(1, 1, number) }
        #expect(throws: AggregationError.amountOutOfRange(field: "random uncertainty", number: 0x1p87, limit: 0x1p87)) {
            try Self.amount(1, 0x1p87)
        }
    }

    // 2^172 fit seven times below 2^175, not eight times.
    @Test("a total that overflows is refused and stays as it was")
    func overflow() throws {
        var total = CapacityTotal()
        for _ in 0..<7 { try total.add(Self.amount(0x1p172)) }
        let before = total
        #expect(throws: AggregationError.sumOutOfRange) { try total.add(Self.amount(0x1p172)) }
        #expect(throws: AggregationError.sumOutOfRange) { try total.merge(before) }
        #expect(total == before)
    }
}
