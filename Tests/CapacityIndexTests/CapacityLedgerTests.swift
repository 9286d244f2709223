// CapacityLedgerTests.swift: an index under random changes against one that is computed afresh.

import CapacityIndex
import SampleStatistics
import Testing

@Suite struct CapacityLedgerTests {
    private typealias Node = CapacityTableTests.MadeUpNode

    static func line(
        _ value: Double, random: Double = 0, in computeClass: ComputeClass = .general, basis: Basis = .measured
    ) throws -> CapacityLine {
        CapacityLine(
            try CapacityAmount(value: value, randomUncertainty: random, systematicUncertainty: value / 1024),
            in: computeClass, basis: basis)
    }

    private static func expectEqual(
        _ ledger: CapacityLedger, _ nodes: [String: Node], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let upward = CapacityTableTests.upward
        var expected = try CapacityTableTests.expected(Array(nodes.values), byClass: true, paths: upward)
        expected.merge(try CapacityTableTests.expected(Array(nodes.values), byClass: false, paths: upward)) { $1 }
        var found: [CapacityTableTests.Key: CapacityTotal] = [:]
        for (group, reading) in zip(ledger.groups, ledger.readings) {
            let total = ledger.total(of: group.place, in: group.computeClass, basis: group.basis)
            #expect(reading == CapacityReading(total), sourceLocation: sourceLocation)
            guard total.count > 0 else {
                #expect(total == CapacityTotal(), sourceLocation: sourceLocation)
                continue
            }
            let key = CapacityTableTests.Key(
                path: ledger.places.path(of: group.place), computeClass: group.computeClass, basis: group.basis)
            found[key] = total
        }
        #expect(found == expected, sourceLocation: sourceLocation)
        #expect(ledger.count == nodes.values.map(\.lines.count).reduce(0, +), sourceLocation: sourceLocation)
    }

    /// Names of every kind that is kept in its own way: short, a digest, long.
    private static func name(_ number: Int) -> String {
        switch number % 3 {
        case 0: return "node-\(number)"
        case 1:
            let digits = String(number, radix: 16)
            return String(repeating: "0", count: 40 - digits.count) + digits + String(repeating: "a", count: 24)
        default: return "a name of more than twenty-three bytes, number \(number)"
        }
    }

    @Test("after any inserts, replacements and withdrawals the totals are those of a recomputation", arguments: 0..<8)
    func randomOperations(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed), stream: 2)
        var pool = try CapacityTableTests.madeUpNodes(2000, seed: UInt64(seed) + 100)[...]
        var ledger = CapacityLedger(terms: CapacityTableTests.terms)
        var nodes: [String: Node] = [:]
        for step in 0..<1200 {
            let name = Self.name(generator.index(below: 120))
            let fresh = pool.removeFirst()
            if var node = nodes[name] {
                switch generator.index(below: 4) {
                case 0:
                    #expect(try ledger.withdraw(name).count == node.lines.count)
                    nodes[name] = nil
                case 1:
                    let line = node.lines.remove(at: generator.index(below: node.lines.count))
                    #expect(try ledger.withdraw(name, from: line.computeClass) == line)
                    nodes[name] = node.lines.isEmpty ? nil : node
                default:
                    // A replacement, or a further class.
                    let line = fresh.lines[0]
                    let place = try ledger.place(node.path)
                    if let index = node.lines.firstIndex(where: { $0.computeClass == line.computeClass }) {
                        #expect(try ledger.replace(with: line, of: name, at: place) == node.lines[index])
                        node.lines[index] = line
                    } else {
                        try ledger.insert(line, of: name, at: place)
                        node.lines.append(line)
                    }
                    nodes[name] = node
                }
            } else {
                for line in fresh.lines { try ledger.insert(line, of: name, at: ledger.place(fresh.path)) }
                nodes[name] = fresh
            }
            if step % 100 == 99 { try Self.expectEqual(ledger, nodes) }
        }
        for (name, node) in nodes {
            #expect(ledger.lines(of: name).count == node.lines.count)
            #expect(ledger.place(of: name).map(ledger.places.path) == node.path)
            try ledger.withdraw(name)
        }
        try Self.expectEqual(ledger, [:])
    }

    @Test("what lies at each place can be parted from the subtrees again", arguments: 0..<4)
    func ownTotals(seed: Int) throws {
        let nodes = try CapacityTableTests.madeUpNodes(500, seed: UInt64(seed) + 200)
        var ledger = CapacityLedger(terms: CapacityTableTests.terms)
        for (number, node) in nodes.enumerated() {
            for line in node.lines { try ledger.insert(line, of: Self.name(number), at: ledger.place(node.path)) }
        }
        let own = try ledger.ownTotals()
        let table = try CapacityTableTests.table(nodes).totals()
        for byClass in [true, false] {
            #expect(
                try CapacityTableTests.keyed(own.groups(byClass: byClass), own.places)
                    == CapacityTableTests.keyed(table.groups(byClass: byClass), table.places))
        }
    }

    @Test("a node counts once in a class, at one place, and what is not there cannot leave")
    func refusals() throws {
        var ledger = CapacityLedger(terms: CapacityTableTests.terms)
        let here = try ledger.place(["north", "s1"])
        let there = try ledger.place(["south"])
        try ledger.insert(Self.line(1), of: "a", at: here)
        let before = Array(ledger.readings)
        #expect(throws: AggregationError.alreadyCounted(node: "a", .general)) {
            try ledger.insert(Self.line(2), of: "a", at: here)
        }
        #expect(throws: AggregationError.nodeElsewhere(node: "a", at: ["north", "s1"], asked: ["south"])) {
            try ledger.insert(Self.line(2, in: .super), of: "a", at: there)
        }
        #expect(throws: AggregationError.notCounted(node: "a", .super)) { try ledger.withdraw("a", from: .super) }
        #expect(throws: AggregationError.notCounted(node: "b", nil)) { try ledger.withdraw("b") }
        #expect(throws: AggregationError.notCounted(node: "b", .general)) {
            try ledger.replace(with: Self.line(2), of: "b", at: here)
        }
        #expect(Array(ledger.readings) == before)
        // A node's only line may move; one of two may not, and stays what it was.
        try ledger.replace(with: Self.line(3), of: "a", at: there)
        #expect(ledger.place(of: "a") == there)
        #expect(ledger.total(of: here, in: nil, basis: .measured).count == 0)
        try ledger.insert(Self.line(4, in: .super), of: "a", at: there)
        #expect(throws: AggregationError.nodeElsewhere(node: "a", at: ["south"], asked: ["north", "s1"])) {
            try ledger.replace(with: Self.line(5), of: "a", at: here)
        }
        #expect(ledger.total(of: .all, in: nil, basis: .measured).value == 7)
        #expect(ledger.total(of: .all, in: nil, basis: .measured).count == 1)
        #expect(ledger.total(of: .all, in: .general, basis: .measured).value == 3)
    }

    @Test("names that look alike are different nodes")
    func names() throws {
        let digest = String(repeating: "ab", count: 32)
        let names = [
            "", "\0", "a", "a\0", digest, digest.uppercased(), String(digest.dropLast()), "ab" + digest,
            String(repeating: "x", count: 23), String(repeating: "x", count: 24),
        ]
        var ledger = CapacityLedger(terms: CapacityTableTests.terms)
        for (number, name) in names.enumerated() {
            try ledger.insert(Self.line(Double(1 << number)), of: name, at: .all)
        }
        for (number, name) in names.enumerated() {
            #expect(ledger.lines(of: name).map(\.amount.value) == [Double(1 << number)])
        }
        #expect(ledger.total(of: .all, in: nil, basis: .measured).value == Double(1 << names.count) - 1)
    }

    // The root overflows first, since its sums are the largest: nothing below it has changed.
    @Test("an overflow leaves every total as it was")
    func overflow() throws {
        var ledger = CapacityLedger(terms: CapacityTableTests.terms)
        for site in 0..<7 { try ledger.insert(Self.line(0x1p172), of: "\(site)", at: ledger.place(["\(site)"])) }
        let place = try ledger.place(["7"])
        #expect(throws: AggregationError.sumOutOfRange) { try ledger.insert(Self.line(0x1p172), of: "7", at: place) }
        #expect(ledger.total(of: place, in: nil, basis: .measured) == CapacityTotal())
        #expect(ledger.total(of: .all, in: nil, basis: .measured).value == 7 * 0x1p172)
        #expect(ledger.lines(of: "7").isEmpty)
        // A replacement that overflows puts the old line back.
        #expect(throws: AggregationError.sumOutOfRange) {
            try ledger.replace(with: Self.line(0x1p174), of: "0", at: ledger.place(["0"]))
        }
        #expect(ledger.lines(of: "0").map(\.amount.value) == [0x1p172])
        #expect(ledger.total(of: .all, in: .general, basis: .measured).value == 7 * 0x1p172)
    }

    // 24 bytes of numbers, 4 of place and kind, 24 of identity and 4 · 2^14 / 10^4 = 6.6 of index.
    @Test("a contribution takes less than 64 bytes")
    func memory() throws {
        var ledger = CapacityLedger(terms: CapacityTableTests.terms)
        ledger.reserveCapacity(10_000)
        for number in 0..<10_000 { try ledger.insert(Self.line(1), of: "\(number)", at: .all) }
        #expect(ledger.byteCount <= 64 * ledger.count)
        #expect(ledger.byteCount >= 56 * ledger.count)
    }
}
