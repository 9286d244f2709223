// GrowthTests.swift: growth rates against figures published or computed elsewhere.

import CapacityIndex
import Testing

@Suite struct GrowthTests {
    @Test(
        "growth year on year",
        arguments: [(180.0, 230.0, 0.27778), (302, 435, 0.44040), (202, 302, 0.49505), (2, 1, -0.5), (2, 0, -1)])
    func simple(start: Double, end: Double, expected: Double) {
        #expect(near(GrowthRate.simple(from: start, to: end), expected, within: 2e-5))
    }

    @Test("more than 10^10-fold in 20 years: 216.2278 % a year, 33.2193 doublings, one in 7.22472 months")
    func tenBillionFold() {
        #expect(near(GrowthRate.compoundAnnual(from: 1, to: 1e10, years: 20), 2.162278, within: 1e-6))
        #expect(near(GrowthRate.doublings(from: 1, to: 1e10), 33.2193, within: 1e-6))
        let doubling = GrowthRate.doublingTime(from: 1, to: 1e10, years: 20)
        #expect(near(doubling, 0.602060, within: 1e-6))
        #expect(near(doubling.map { $0 * 12 }, 7.22472, within: 1e-6))
    }

    @Test("at 40 % a year an amount doubles in 2.060043 years")
    func steadyGrowth() {
        #expect(near(GrowthRate.doublingTime(annualGrowth: 0.40), 2.060043, within: 1e-6))
        // 910 after a year of 40 % was 650.
        #expect(near(GrowthRate.simple(from: 910 / 1.40, to: 910), 0.40))
    }

    @Test("questions without an answer have none")
    func noAnswer() {
        #expect(GrowthRate.simple(from: 0, to: 1) == nil)
        #expect(GrowthRate.simple(from: 1, to: .nan) == nil)
        #expect(GrowthRate.compoundAnnual(from: 1, to: 0, years: 1) == nil)
        #expect(GrowthRate.compoundAnnual(from: 1, to: 2, years: 0) == nil)
        #expect(GrowthRate.doublingTime(from: 2, to: 1, years: 1) == nil)
        #expect(GrowthRate.doublingTime(from: 1, to: 1, years: 1) == nil)
        #expect(GrowthRate.doublingTime(annualGrowth: 0) == nil)
    }

    @Test("a snapshot grows against an earlier one, with the uncertainty of the ratio")
    func snapshots() throws {
        let before = try snapshot(
            [contribution("a", 180e18, random: 0.03, systematic: 0.02, measuredAt: "2025-11-23")],
            asOf: "2025-11-23")
        let now = try snapshot([contribution("a", 230e18, random: 0.04, systematic: 0.02)])
        let growth = try now.growth(since: before)
        #expect(near(growth.fraction, 0.27778, within: 1e-5))
        // Both measured on the day, so no ageing: 5 % of the ratio 1.27778; the systematic 2 % cancel.
        #expect(near(growth.uncertainty, 0.05 * 230 / 180))
        #expect((growth.nodesBefore, growth.nodesNow) == (1, 1))
    }

    // 1 node of 100 at .9 becomes 2 nodes of 150 at .8: 90 to 240; L = 150/ln(240/90) = 152.931817;
    // ln 2 = .693147, ln 1.5 = .405465, ln(.8/.9) = −.117783: 106.0043, 62.0085, −18.0128 (Python's math.log).
    @Test("growth is taken apart into nodes, speed and availability, and stated a year")
    func attribution() throws {
        let before = try snapshot(
            [contribution("a", 100, availability: Availability(0.9), measuredAt: "2024-11-23")], asOf: "2024-11-23")
        let now = try snapshot([
            contribution("a", 150, availability: Availability(0.8)),
            contribution("b", 150, availability: Availability(0.8)),
        ])
        let growth = try now.growth(since: before)
        let parts = try #require(growth.attribution)
        #expect(near(parts.count, 106.0043, within: 1e-6) && near(parts.speed, 62.0085, within: 1e-6))
        #expect(near(parts.availability, -18.0128, within: 1e-5) && near(parts.total, 150))
        // 730 days: √(240/90) − 1 a year; doubling in 2 ln 2 / ln(8/3) years.
        #expect(near(growth.annual, 0.632993, within: 1e-6) && near(growth.doublingYears, 1.413389, within: 1e-6))
    }

    @Test("and not against another policy, perimeter or mix, nor against nothing")
    func refusals() throws {
        let now = try snapshot([contribution("a", 230)])
        let earlier = [try contribution("a", 180, measuredAt: "2025-11-23")]
        let empty = try snapshot([], asOf: "2025-11-23")
        #expect(throws: NoGrowth.noHistory(before: empty.asOf)) { try now.growth(since: empty) }
        let otherMix = try snapshot(earlier, asOf: "2025-11-23", mix: "gemm-node/2")
        #expect(throws: NoGrowth.mixDiffers(now: now.mix, before: otherMix.mix)) { try now.growth(since: otherMix) }
        let bitwidth = try snapshot([], asOf: "2025-11-23", policy: .bitwidth)
        #expect(throws: NoGrowth.policyDiffers(now: now.terms.policy, before: bitwidth.terms.policy)) {
            try now.growth(since: bitwidth)
        }
        let shipments = Perimeter("shipments/1")!
        let elsewhere = try snapshot([], asOf: "2025-11-23", perimeter: shipments)
        #expect(throws: NoGrowth.perimeterDiffers(now: .local, before: shipments)) { try now.growth(since: elsewhere) }
        #expect(throws: NoGrowth.nothingToCompareWith(before: now.asOf)) { try now.growth(since: now) }
        #expect(throws: NoGrowth.noHistory(before: Timestamp("2025-11-23")!)) { try now.growth.get() }
    }
}
