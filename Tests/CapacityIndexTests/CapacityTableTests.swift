// CapacityTableTests.swift: the pass over all lines against totals that are added to one by one.

import CapacityIndex
import SampleStatistics
import Testing

@Suite struct CapacityTableTests {
    static let terms = CapacityTerms(precision: .fp32, policy: ConversionPolicy.fp32Native.id, perimeter: .local)

    /// What a group is over, for looking up expected totals.
    struct Key: Hashable {
        var path: [String]
        var computeClass: ComputeClass?
        var basis: Basis
    }

    static func keyed(_ groups: [CapacityGroup], _ places: PlaceTree) -> [Key: CapacityTotal] {
        Dictionary(
            uniqueKeysWithValues: groups.map {
                (Key(path: places.path(of: $0.place), computeClass: $0.computeClass, basis: $0.basis), $0.total)
            })
    }

    /// Nodes with one to three lines at places of depth 0 to 3, all kinds of lines, some amounts 0.
    struct MadeUpNode {
        var path: [String]
        var lines: [CapacityLine]
    }

    static func madeUpNodes(_ count: Int, seed: UInt64, spread: Int = 20) throws -> [MadeUpNode] {
        var generator = SeededGenerator(seed: seed)
        return try (0..<count).map { _ in
            var path: [String] = []
            for level in 0..<generator.index(below: 4) { path.append("\(level)-\(generator.index(below: 3))") }
            let classes = ComputeClass.allCases.shuffled(using: &generator).prefix(1 + generator.index(below: 3))
            let lines = try classes.map { computeClass in
                let exponent = 50 - spread + generator.index(below: spread)
                let value = Double(sign: .plus, exponent: exponent, significand: 1 + generator.uniform())
                let isZero = generator.index(below: 10) == 0
                let amount = try CapacityAmount(
                    value: isZero ? 0 : value, randomUncertainty: value * generator.uniform() * 0.1,
                    systematicUncertainty: isZero ? 0 : value * 5e-4)
                return CapacityLine(
                    amount, in: computeClass, basis: Basis.allCases[generator.index(below: 3)])
            }
            return MadeUpNode(path: path, lines: lines)
        }
    }

    static func table(_ nodes: [MadeUpNode]) throws -> CapacityTable {
        var table = CapacityTable(terms: terms)
        for node in nodes { try table.append(node: node.lines, at: table.place(node.path)) }
        return table
    }

    /// Node by node; `paths` are the places that a node at a path counts for.
    static func expected(
        _ nodes: [MadeUpNode], byClass: Bool, paths: ([String]) -> [[String]]
    ) throws -> [Key: CapacityTotal] {
        var totals: [Key: CapacityTotal] = [:]
        for node in nodes {
            for path in paths(node.path) {
                for basis in Basis.allCases {
                    let lines = node.lines.filter { $0.basis == basis }
                    if byClass {
                        for line in lines {
                            let key = Key(path: path, computeClass: line.computeClass, basis: basis)
                            try totals[key, default: CapacityTotal()].add(line.amount)
                        }
                    } else if !lines.isEmpty {
                        let key = Key(path: path, computeClass: nil, basis: basis)
                        try totals[key, default: CapacityTotal()].add(linesOfOneNode: lines.map(\.amount))
                    }
                }
            }
        }
        return totals
    }

    static func upward(_ path: [String]) -> [[String]] { (0...path.count).map { Array(path.prefix($0)) } }

    // A spread of 20 binary orders fits the fast fixed point, one of 100 does not.
    @Test("one pass gives the totals that adding node by node gives, to the bit", arguments: [20, 100], [true, false])
    func onePass(spread: Int, byClass: Bool) throws {
        let nodes = try Self.madeUpNodes(3000, seed: 11, spread: spread)
        let totals = try Self.table(nodes).totals()
        #expect(
            try Self.keyed(totals.groups(byClass: byClass), totals.places)
                == Self.expected(nodes, byClass: byClass) { [$0] })
        #expect(
            try Self.keyed(totals.groups(.subtree, byClass: byClass), totals.places)
                == Self.expected(nodes, byClass: byClass, paths: Self.upward))
        #expect(
            try Self.keyed(totals.groups(.subtree, depth: 1, byClass: byClass), totals.places)
                == Self.expected(nodes, byClass: byClass) { $0.isEmpty ? [] : [Array($0.prefix(1))] })
    }

    // Exponents at the edges of what the fast fixed point takes. Of B bits, values may span 2 B − 52 and squares
    // 3 B − 51, random uncertainties thus (3 B − 52) / 2. With 8191 rows at a place B is 50: 48 and 49. With 2^14 rows
    // it is 48: 44 and 46.
    @Test(
        "the edges of the fast pass lose no bit",
        arguments: [
            (8191, 47, 48), (8191, 48, 49), (8191, 49, 49), (8191, 48, 50), (16384, 43, 45), (16384, 44, 46),
            (16384, 45, 46), (16384, 44, 47), (16384, 48, 49),
        ])
    func edges(rows: Int, valueSpan: Int, randomSpan: Int) throws {
        var generator = SeededGenerator(seed: UInt64(rows))
        func number(_ lowest: Int, _ span: Int) -> Double {
            // Mostly the two ends, with all bits set in half of them.
            let exponent = [lowest, lowest + span, lowest + generator.index(below: span + 1)].randomElement(
                using: &generator)!
            let significand = generator.next() & 1 == 0 ? (2.0).nextDown : 1 + generator.uniform()
            return Double(sign: .plus, exponent: exponent, significand: significand)
        }
        let nodes = try (0..<rows).map { _ in
            MadeUpNode(
                path: ["a"],
                lines: [
                    CapacityLine(
                        try CapacityAmount(
                            value: number(-20, valueSpan), randomUncertainty: number(-30, randomSpan),
                            systematicUncertainty: number(-92, 10)), in: .general, basis: .measured)
                ])
        }
        let totals = try Self.table(nodes).totals()
        #expect(
            try Self.keyed(totals.groups(), totals.places) == Self.expected(nodes, byClass: true) { [$0] })
    }

    // All rows of a group but one have the number, the one has 1: the words get as full as they can. With B = 50 the
    // cuts are at 2^-1 and 2^-52, so that 2^40 + 1/4 − 2^-12 leaves nearly 1/4 for the last word in each of 8190 rows.
    @Test(
        "so do groups whose words are as full as they get",
        arguments: [8191, 16383],
        (44...50).map { Double(sign: .plus, exponent: $0, significand: (2.0).nextDown) }
            + [0x1p40 + 0.25 - 0x1p-12, 0x1p40 + 0.5 - 0x1p-12, 0x1p40 + 0.75 + 0x1p-12])
    func fullWords(rows: Int, number: Double) throws {
        // One column at a time, as any of them alone decides that the fast pass will not do.
        for column in 0..<3 {
            let nodes = try (0..<rows).map { row in
                var numbers = [1.0, 1, 1]
                if row != rows / 2 { numbers[column] = number }
                let amount = try CapacityAmount(
                    value: numbers[0], randomUncertainty: numbers[1], systematicUncertainty: numbers[2])
                return MadeUpNode(path: ["a"], lines: [CapacityLine(amount, in: .super, basis: .measured)])
            }
            let totals = try Self.table(nodes).totals()
            #expect(
                try Self.keyed(totals.groups(), totals.places) == Self.expected(nodes, byClass: true) { [$0] })
        }
    }

    // Squares of numbers below 2^-46 have bits below 2^-144, which an exact sum rounds and the fast pass must not keep.
    @Test("numbers so small that exact sums round them are rounded alike", arguments: [-45, -46, -47, -60, -200, -600])
    func tiny(exponent: Int) throws {
        var generator = SeededGenerator(seed: 13)
        let nodes = try (0..<100).map { _ in
            let number = Double(sign: .plus, exponent: exponent, significand: 1 + generator.uniform())
            let amount = try CapacityAmount(
                value: number, randomUncertainty: number, systematicUncertainty: number)
            return MadeUpNode(path: [], lines: [CapacityLine(amount, in: .super, basis: .nameplate)])
        }
        let totals = try Self.table(nodes).totals()
        #expect(
            try Self.keyed(totals.groups(), totals.places) == Self.expected(nodes, byClass: true) { [$0] })
    }

    @Test("any number of threads gives the same bits", arguments: [2, 3, 7, 64])
    func threads(count: Int) throws {
        let table = try Self.table(Self.madeUpNodes(1001, seed: 14))
        let one = try table.totals()
        let several = try table.totals(threads: count)
        #expect(try several.groups() == one.groups())
        #expect(try several.groups(byClass: false) == one.groups(byClass: false))
        // More threads than lines.
        let single = try Self.table(Self.madeUpNodes(1, seed: 15))
        #expect(try single.totals(threads: count).groups() == single.totals().groups())
    }

    // 3 general and 4 super of one measurement are 7 over all classes; nameplate 24 stands apart from measured.
    @Test("a node's classes share its measurement, and bases stand apart")
    func sharedMeasurement() throws {
        func line(_ random: Double, _ computeClass: ComputeClass, _ basis: Basis) throws -> CapacityLine {
            CapacityLine(
                try CapacityAmount(value: 10, randomUncertainty: random, systematicUncertainty: 0), in: computeClass,
                basis: basis)
        }
        var table = CapacityTable(terms: Self.terms)
        let site = try table.place(["north", "s1"])
        try table.append(
            node: [line(3, .general, .measured), line(24, .intelligent, .nameplate), line(4, .super, .measured)],
            at: site)
        let totals = try table.totals()
        let groups = try totals.groups(byClass: false)
        #expect(groups.map(\.basis) == [.measured, .nameplate])
        #expect(groups.map(\.total.randomUncertainty) == [7, 24])
        #expect(groups.map(\.total.count) == [1, 1])
        #expect(try totals.groups().map(\.total.randomUncertainty) == [3, 24, 4])
        #expect(groups.map(\.place) == [site, site])
    }

    @Test("an empty table has no groups")
    func empty() throws {
        let totals = try CapacityTable(terms: Self.terms).totals(threads: 2)
        #expect(try totals.groups().isEmpty)
        #expect(try totals.groups(.subtree, byClass: false).isEmpty)
    }

    @Test("capacities under other terms, places of other trees and double classes are refused")
    func refusals() throws {
        var table = CapacityTable(terms: Self.terms)
        #expect(throws: CapacityError.self) { try table.append(capacity(1, precision: .fp16), in: .general, at: .all) }
        let perimeter = try #require(Perimeter("shipments/1"))
        do {
            try table.append(capacity(1, perimeter: perimeter), in: .general, at: .all)
            Issue.record("another perimeter was taken")
        } catch CapacityError.mixedPerimeter {
        }
        var other = PlaceTree()
        let place = try other.place(["a"])
        let line = CapacityLine(try CapacityAmount(value: 1), in: .general, basis: .measured)
        #expect(throws: AggregationError.unknownPlace(number: 1, places: 1)) { try table.append(line, at: place) }
        #expect(throws: AggregationError.classTwice(.general)) { try table.append(node: [line, line], at: .all) }
        #expect(throws: AggregationError.noLines) { try table.append(node: [], at: .all) }
        #expect(throws: AggregationError.emptyPlaceName(path: ["a", ""])) { try table.place(["a", ""]) }
        #expect(table.count == 0)
        try table.append(capacity(2), in: .general, at: .all)
        #expect(try table.totals().groups().map(\.total.value) == [2])
    }

    @Test("a place is one place however often it is named, and under another parent another")
    func places() throws {
        var tree = PlaceTree()
        let first = try tree.place(["north", "s1"])
        #expect(try tree.place(["north", "s1"]) == first)
        let second = try tree.place(["south", "s1"])
        #expect(second != first)
        #expect(tree.count == 5)
        #expect(tree.path(of: second) == ["south", "s1"])
        #expect(tree.depth(of: second) == 2)
        #expect(tree.parent(of: second).map(tree.name) == "south")
        #expect(tree.parent(of: .all) == nil)
        #expect(tree.existingPlace(["south", "s2"]) == nil)
        #expect(tree.existingPlace([]) == .all)
    }
}
