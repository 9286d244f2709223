// IndexSnapshotTests.swift: contributions to totals, and what is kept out of them.

import CapacityIndex
import Testing

@Suite struct IndexSnapshotTests {
    // 1000 × 2 TFLOPS × 0.97 = 1.94 PFLOPS; 3 % / √1000 = .0949 %; √(.0949² + 2²) % = 2.002249 %.
    @Test("a thousand nodes average their random errors and keep the systematic one")
    func thousandNodes() throws {
        let nodes = try (0..<1000).map {
            try contribution("n\($0)", 2e12, random: 0.03, systematic: 0.02, availability: Availability(0.97))
        }
        let total = try snapshot(nodes).total.capacity
        #expect(near(total.value, 1.94e15))
        #expect(near(total.relativeRandom, 0.000949, within: 1e-3))
        #expect(near(total.relativeSystematic, 0.02))
        #expect(near(total.relativeUncertainty, 0.02002249, within: 1e-6))
    }

    // √(.03² + (.10 · 180/365)²) = .0577233
    @Test("half a year widens 3 % to 5.77233 % and leaves the value alone")
    func ageing() throws {
        let node = try contribution("a", 1e12, random: 0.03, measuredAt: "2026-05-27")
        let total = try snapshot([node]).total
        #expect(total.nodes.isEmpty)
        let line = try #require(total.groups.first?.groups.first?.nodes.first)
        #expect(line.ageDays == 180)
        #expect(line.isStale)
        #expect(near(line.capacity.relativeRandom, 0.0577233, within: 1e-6))
        #expect(total.capacity.value == 1e12)
        #expect(total.staleNodeCount == 1)
    }

    @Test("nodes add up to sites, sites to regions, regions to the total")
    func tree() throws {
        let index = try snapshot([
            contribution("a", 1, site: "s1", region: "north"), contribution("b", 2, site: "s1", region: "north"),
            contribution("c", 4, site: "s2", region: "north"), contribution("d", 8, site: "s1", region: "south"),
            contribution("e", 16, site: nil, region: nil),
        ])
        #expect(index.total.capacity.value == 31)
        #expect(index.total.nodeCount == 5)
        #expect(index.total.groups.map(\.name) == ["unassigned", "south", "north"])
        let north = index.total.groups[2]
        #expect(north.groups.map(\.name) == ["s2", "s1"])
        #expect(north.groups.map(\.capacity.value) == [4, 3])
        #expect(north.groups[1].nodes.map(\.nodeID) == ["b", "a"])
        // Site s1 of the south is another site than s1 of the north.
        #expect(index.total.groups[1].groups.map(\.capacity.value) == [8])
    }

    @Test("shares by class add up to 1, and a split node's errors are not averaged")
    func classes() throws {
        let index = try snapshot([
            contribution("a", 100, random: 0.1, computeClass: .general, fraction: 0.25),
            contribution("a", 100, random: 0.1, computeClass: .super, fraction: 0.75),
        ])
        #expect(index.total.classes.map(\.computeClass) == [.general, .super])
        #expect(index.total.classes.map(\.share) == [0.25, 0.75])
        #expect(index.total.nodeCount == 1)
        // One measurement with 10 %: halves of it are not two measurements.
        #expect(near(index.total.capacity.relativeRandom, 0.1))
    }

    @Test("measured, extrapolated and nameplate stand apart, with the coverage")
    func bases() throws {
        let index = try snapshot([
            contribution("a", 3, basis: .measured), contribution("b", 2, basis: .extrapolated),
            contribution("c", 5, basis: .nameplate, measuredAt: "2020-01-01"),
        ])
        #expect(index.total.byBasis == [.measured: 3, .extrapolated: 2, .nameplate: 5])
        #expect(index.total.coverage == 0.3)
        #expect(index.total.capacity.basis == .nameplate)
    }

    @Test(
        "a measurement is fresh for 90 days and counts for 365",
        arguments: [(90.0, 1, 0), (90.5, 1, 1), (365, 1, 1), (365.5, 0, 0)])
    func freshness(age: Double, counted: Int, stale: Int) throws {
        let date = Timestamp("2026-11-23")!.advanced(byDays: -age).description
        let index = try snapshot([contribution("a", 1, measuredAt: date)])
        #expect(index.total.nodeCount == counted)
        #expect(index.total.staleNodeCount == stale)
        #expect(index.refused.flatMap(\.findings).map(\.reason) == (counted == 0 ? [.expired] : []))
    }

    @Test("the newest of a node's runs counts, and the others are listed")
    func duplicates() throws {
        let runs = try [
            contribution("a", 1, measuredAt: "2026-11-01", run: "old"),
            contribution("a", 2, measuredAt: "2026-11-20", run: "new"),
            contribution("a", 3, measuredAt: "2026-11-10", run: "middle"),
        ]
        for order in [runs, runs.reversed()] {
            let index = try snapshot(order)
            #expect(index.total.capacity.value == 2)
            #expect(index.refused.map(\.origin.runID) == ["middle", "old"])
        }
    }

    @Test("what is from the future or was rejected does not count")
    func refusals() throws {
        let rejected = GateOutcome(.stability, [Finding(.stability, .reject, .unstableCV, found: 0.2, limit: 0.15)])
        let index = try snapshot([
            contribution("a", 1, measuredAt: "2026-11-24"), contribution("b", 2, gates: [rejected]),
            contribution("c", 4, measuredAt: "2026-11-23T00:04:00Z"),
        ])
        // Four minutes ahead are within what clocks may differ.
        #expect(index.total.capacity.value == 4)
        #expect(index.refused.map { $0.rejections.map(\.reason) } == [[.futureMeasurement], [.unstableCV]])
    }

    @Test("contributions under another policy stop the sum")
    func otherPolicy() throws {
        #expect(throws: CapacityError.self) {
            try snapshot([contribution("a", 1), contribution("b", 1, policy: PolicyID("bitwidth/1")!)])
        }
    }

    @Test("an empty index is 0, without shares, coverage or growth")
    func empty() throws {
        let index = try snapshot([])
        #expect(index.total.capacity.value == 0)
        #expect(index.total.coverage == nil)
        #expect(index.total.classes.isEmpty)
    }

    @Test("the order of contributions does not show in the result")
    func orderDoesNotMatter() throws {
        let nodes = try (0..<200).map {
            try contribution(
                "n\($0)", 1e12 / Double($0 + 1), random: 0.01 * Double($0 % 7), site: "s\($0 % 5)",
                region: "r\($0 % 3)")
        }
        #expect(try snapshot(nodes) == snapshot(nodes.reversed()))
    }

    @Test("fractions outside 0 … 1 are refused", arguments: [-0.1, 1.1, .nan])
    func fractions(fraction: Double) {
        #expect(throws: CapacityError.self) { try Availability(fraction) }
        #expect(throws: CapacityError.self) { try contribution("a", 1, fraction: fraction) }
    }

    @Test("every reason has words of its own")
    func reasonsHaveWords() {
        let texts = ReasonCode.allCases.map {
            Finding(.stability, .reject, $0, subject: "x", found: 0.2, limit: 0.15).description
        }
        #expect(texts.allSatisfy { !$0.isEmpty })
        // CV is worded alike whether it flags or rejects.
        #expect(Set(texts).count == texts.count - 1)
        let unstable = Finding(.stability, .reject, .unstableCV, subject: "gemm", found: 0.183, limit: 0.15)
        #expect(unstable.description == "CV 18.3 % of gemm is above 15.0 %")
    }
}
