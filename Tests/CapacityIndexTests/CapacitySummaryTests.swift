// CapacitySummaryTests.swift: what sites send upward, and what is not taken from them.

import CapacityIndex
import Foundation
import SampleStatistics
import Testing

@Suite struct CapacitySummaryTests {
    private typealias Node = CapacityTableTests.MadeUpNode
    private static let date = Timestamp("2026-11-23")!

    /// Nodes below places of depth 1, so that they can be parted by them.
    private static func nodes(_ count: Int, seed: UInt64) throws -> [Node] {
        try CapacityTableTests.madeUpNodes(count, seed: seed).filter { !$0.path.isEmpty }
    }

    private static func summary(
        _ nodes: [Node], scope: [String], asOf: Timestamp = date
    ) throws -> CapacitySummary {
        try CapacitySummary(CapacityTableTests.table(nodes).totals(), scope: scope, asOf: asOf)
    }

    private static func json(_ summary: CapacitySummary) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return try encoder.encode(summary)
    }

    @Test("sites' summaries merge in any order to the totals of all nodes, to the bit", arguments: 0..<5)
    func merging(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed), stream: 3)
        let nodes = try Self.nodes(600, seed: UInt64(seed) + 300)
        let parts = try Dictionary(grouping: nodes) { Array($0.path.prefix(1)) }.map {
            try Self.summary($0.value, scope: $0.key)
        }
        #expect(parts.count == 3)
        var merged: [CapacitySummary] = []
        for _ in 0..<4 {
            let order = parts.shuffled(using: &generator)
            merged.append(try order.dropFirst().reduce(order[0]) { try $0.merged(with: $1) })
        }
        #expect(Set(merged).count == 1)
        #expect(try Set(merged.map(Self.json)).count == 1)

        let whole = try CapacityTableTests.table(nodes).totals()
        let together = try merged[0].totals()
        for byClass in [true, false] {
            #expect(
                try CapacityTableTests.keyed(together.groups(.subtree, byClass: byClass), together.places)
                    == CapacityTableTests.keyed(whole.groups(.subtree, byClass: byClass), whole.places))
        }
        // The root as one place has the same sums as its parts.
        let condensed = try merged[0].condensed(to: [])
        for basis in Basis.allCases {
            #expect(try condensed.total(nil, basis: basis) == merged[0].total(nil, basis: basis))
            #expect(try condensed.total(.super, basis: basis) == merged[0].total(.super, basis: basis))
        }
        #expect(condensed.entries.map(\.place) == [[], [], []])
    }

    @Test("the JSON form reads back to the bit")
    func roundTrip() throws {
        let summary = try Self.summary(Self.nodes(300, seed: 310), scope: [])
        let data = try Self.json(summary)
        let back = try JSONDecoder().decode(CapacitySummary.self, from: data)
        #expect(back == summary)
        #expect(try Self.json(back) == data)
        // A summary that has passed through is one that can be merged.
        #expect(try back.totals().groups() == summary.totals().groups())
    }

    // 3 + 4 = 7 linearly, 49 = 0x31; 9 and 16 by class. 1.5 + 2.5 = 4 = 0x1p2.
    @Test("a summary is readable: sums as hexadecimal literals of C")
    func form() throws {
        func line(_ value: Double, _ random: Double, _ computeClass: ComputeClass) throws -> CapacityLine {
            CapacityLine(
                try CapacityAmount(value: value, randomUncertainty: random, systematicUncertainty: 0.25),
                in: computeClass, basis: .measured)
        }
        var table = CapacityTable(terms: CapacityTableTests.terms)
        try table.append(
            node: [line(1.5, 3, .general), line(2.5, 4, .super)], at: table.place(["north", "s1"]))
        let summary = try CapacitySummary(table.totals(), scope: ["north", "s1"], asOf: Self.date)
        #expect(
            String(decoding: try Self.json(summary), as: UTF8.self).replacing("\\/", with: "/") == """
                {"as_of":"2026-11-23T00:00:00Z","format":"suanli-summary/1","perimeter":"local/1",\
                "policy":"fp32-native/1","precision":"FP32","scopes":[["north","s1"]],"totals":[{"all":\
                {"nodes":1,"random_squared":"0x31p0","systematic":"0x1p-1","value":"0x1p2"},"basis":"measured",\
                "classes":{"general":{"nodes":1,"random_squared":"0x9p0","systematic":"0x1p-2","value":"0x3p-1"},\
                "super":{"nodes":1,"random_squared":"0x1p4","systematic":"0x1p-2","value":"0x5p-1"}},\
                "place":["north","s1"]}]}
                """)
    }

    @Test("the same site twice, or a site and its region, is refused")
    func overlap() throws {
        let nodes = try Self.nodes(200, seed: 320)
        let path = try #require(nodes.first { $0.path.count == 2 }).path
        let site = try Self.summary(nodes.filter { $0.path.starts(with: path) }, scope: path)
        let region = try Self.summary(nodes.filter { $0.path.first == path[0] }, scope: [path[0]])
        #expect(throws: AggregationError.overlappingScopes(path, path)) { try site.merged(with: site) }
        #expect(throws: AggregationError.overlappingScopes([path[0]], path)) { try site.merged(with: region) }
        #expect(throws: AggregationError.overlappingScopes([path[0]], path)) { try region.merged(with: site) }
        // A name that begins alike is another place.
        let other = try Self.summary([], scope: [path[0] + "0"])
        #expect(try region.merged(with: other).scopes.count == 2)
        #expect(throws: AggregationError.outsideScope(place: [path[0]], scopes: [path])) {
            try region.condensed(to: path)
        }
    }

    @Test("nodes outside of what a summary speaks for are refused")
    func outside() throws {
        let nodes = try Self.nodes(50, seed: 330)
        #expect(throws: AggregationError.self) { try Self.summary(nodes, scope: ["elsewhere"]) }
    }

    @Test("other precisions, policies and perimeters are refused by name")
    func mixedTerms() throws {
        func empty(_ terms: CapacityTerms, _ scope: String) throws -> CapacitySummary {
            try CapacitySummary(CapacityTable(terms: terms).totals(), scope: [scope], asOf: Self.date)
        }
        let terms = CapacityTableTests.terms
        let ours = try empty(terms, "a")
        let precision = CapacityTerms(precision: .fp16, policy: terms.policy, perimeter: terms.perimeter)
        let policy = CapacityTerms(
            precision: terms.precision, policy: ConversionPolicy.bitwidth.id, perimeter: terms.perimeter)
        let perimeter = CapacityTerms(
            precision: terms.precision, policy: terms.policy, perimeter: try #require(Perimeter("shipments/1")))
        do {
            _ = try ours.merged(with: empty(precision, "b"))
            Issue.record("another precision was taken")
        } catch CapacityError.mixedPrecision(let left, let right) {
            #expect([left.precision, right.precision] == [.fp32, .fp16])
        }
        do {
            _ = try ours.merged(with: empty(policy, "b"))
            Issue.record("another policy was taken")
        } catch CapacityError.mixedPolicy {
        }
        do {
            _ = try ours.merged(with: empty(perimeter, "b"))
            Issue.record("another perimeter was taken")
        } catch CapacityError.mixedPerimeter {
        }
    }

    @Test("a merged summary is as old as its oldest part")
    func age() throws {
        let earlier = try #require(Timestamp("2026-01-01"))
        let merged = try Self.summary([], scope: ["a"]).merged(
            with: Self.summary([], scope: ["b"], asOf: earlier))
        #expect(merged.asOf == earlier)
        #expect(merged.scopes == [["a"], ["b"]])
    }

    // A summary of one place with a split node (two lines) and a single one, of which each fact in turn is changed.
    @Test(
        "a summary that contradicts itself is refused",
        arguments: [
            ("suanli-summary/1", "suanli-summary/2"), ("\"0x1p2\"", "\"0x3p1\""), ("\"0x1p2\"", "\"-0x1p2\""),
            ("\"0x1p2\"", "4"), ("\"0x1p2\"", "\"4\""), ("\"0x1p-1\"", "\"0x1p-2\""),
            ("\"nodes\":1", "\"nodes\":3"), ("\"nodes\":1", "\"nodes\":0"), ("\"nodes\":1", "\"nodes\":-1"),
            ("\"nodes\":1", "\"nodes\":2"), ("\"nodes\":1", "\"nodes\":9223372036854775807"),
            ("\"general\"", "\"special\""), ("\"measured\"", "\"guessed\""), ("fp32-native/1", "fp32-native"),
            ("\"FP32\"", "\"FP31\""), ("2026-11-23", "2026-11-31"), ("[[\"a\"]]", "[[\"b\"]]"),
            ("[[\"a\"]]", "[[\"a\"],[\"a\",\"b\"]]"), ("[[\"a\"]]", "[[\"a\"],[\"a\"]]"), ("[[\"a\"]]", "[]"),
            ("\"place\":[\"a\"]", "\"place\":[\"a\",\"\"]"), ("\"place\":[\"a\"]", "\"place\":[]"),
        ])
    func contradictions(old: String, new: String) throws {
        let text = """
            {"as_of":"2026-11-23T00:00:00Z","format":"suanli-summary/1","perimeter":"local/1",\
            "policy":"fp32-native/1","precision":"FP32","scopes":[["a"]],"totals":[{"all":{"nodes":1,\
            "random_squared":"0x31p0","systematic":"0x1p-1","value":"0x1p2"},"basis":"measured","classes":{\
            "general":{"nodes":1,"random_squared":"0x9p0","systematic":"0x1p-2","value":"0x3p-1"},"super":{"nodes":1,\
            "random_squared":"0x1p4","systematic":"0x1p-2","value":"0x5p-1"}},"place":["a"]}]}
            """
        _ = try JSONDecoder().decode(CapacitySummary.self, from: Data(text.utf8))
        let position = try #require(text.range(of: old))
        let changed = text.replacingCharacters(in: position, with: new)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(CapacitySummary.self, from: Data(changed.utf8)) }
    }

    @Test("a place that occurs twice is refused")
    func twice() throws {
        let summary = try Self.summary(Self.nodes(50, seed: 340), scope: [])
        let text = String(decoding: try Self.json(summary), as: UTF8.self)
        let start = try #require(text.range(of: "\"totals\":[")).upperBound
        let entry = try #require(text.range(of: "]},", range: start..<text.endIndex)).upperBound
        let doubled = text[..<entry] + text[start..<entry] + text[entry...]
        #expect(throws: AggregationError.self) {
            try JSONDecoder().decode(CapacitySummary.self, from: Data(doubled.utf8))
        }
    }
}
