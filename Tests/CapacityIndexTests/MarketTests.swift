// MarketTests.swift: supply against demand, what-if and concentration, with values worked out by hand.

import CapacityIndex
import SampleStatistics
import Testing

@Suite("Supply and demand")
struct MarketTests {
    // min: 60 + 20 + 0 = 80 of a demand of 60 + 50 + 0 = 110 and a supply of 100 + 20 + 5 = 125.
    @Test("surplus of one class does not serve another")
    func classes() throws {
        let market = try SupplyAndDemand(
            supply: [.general: 100, .intelligent: 20, .super: 5], demand: [.general: 60, .intelligent: 50])
        #expect(near(market.unmet, 30.0 / 110))
        #expect(near(market.idle, 45.0 / 125))
        // |100/125 − 60/110| + |20/125 − 50/110| + |5/125| = .254545… + .294545… + .04, halved.
        #expect(near(market.distance, (28.0 / 110 + 0.4 * 81 / 110 + 0.04) / 2, within: 1e-9))
    }

    @Test("where all is matched nothing is unmet or idle, and the distance is 0")
    func matched() throws {
        let market = try SupplyAndDemand(supply: [.general: 3, .super: 1], demand: [.general: 3, .super: 1])
        #expect(market.unmet == 0 && market.idle == 0 && market.distance == 0)
        // Proportions match although there is twice as much.
        let ample = try SupplyAndDemand(supply: [.general: 6, .super: 2], demand: [.general: 3, .super: 1])
        #expect(ample.unmet == 0 && ample.idle == 0.5 && ample.distance == 0)
    }

    @Test("without supply or demand there is no share of it")
    func nothing() throws {
        let market = try SupplyAndDemand(supply: [:], demand: [.general: 2])
        #expect(market.unmet == 1 && market.idle == nil && market.distance == nil && market.lines.count == 1)
    }

    @Test("amounts that are none are named", arguments: [-1, Double.nan, .infinity])
    func wrong(number: Double) {
        let error = #expect(throws: MarketError.self) { try SupplyAndDemand(supply: [:], demand: [.super: number]) }
        guard case .notAnAmount("demand of super", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test("what-if: 29.095385 more of a class with 50.038 of 197 give it 35 %")
    func whatIf() throws {
        let answer = try WhatIf(present: 50.038, total: 197, share: 0.35)
        #expect(near(answer.added, 29.095385, within: 1e-7) && near(answer.total, 226.095385, within: 1e-7))
    }

    @Test("adding what it says gives the share that was asked for")
    func inverse() throws {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<500 {
            let total = 1 + 100 * generator.uniform()
            let present = total * generator.uniform()
            let share = present / total + (1 - present / total) * (0.001 + 0.99 * generator.uniform())
            let answer = try WhatIf(present: present, total: total, share: share)
            #expect(near((present + answer.added) / answer.total, share, within: 1e-9))
        }
    }

    @Test("a share at or below the present one, or the whole, is not reached", arguments: [0.1, 0.25, 1, 1.5, .nan])
    func outOfReach(share: Double) {
        #expect(throws: MarketError.self) { try WhatIf(present: 1, total: 4, share: share) }
        #expect(throws: MarketError.nothingThere) { try WhatIf(present: 0, total: 0, share: 0.5) }
        #expect(throws: MarketError.notAnAmount(field: "the class's part of 4.0", number: 5)) {
            try WhatIf(present: 5, total: 4, share: 0.5)
        }
    }
}

@Suite("Concentration")
struct ConcentrationTests {
    // Shares .5, .3, .2: .25 + .09 + .04 = .38. Gini: (−2·.2 + 0·.3 + 2·.5)/3 = .2.
    @Test("of 50, 30 and 20 the HHI is 0.38 and the Gini coefficient 0.2")
    func known() throws {
        let found = try #require(Concentration([50, 20, 30]))
        #expect(near(found.herfindahl, 0.38) && near(found.gini, 0.2) && near(found.effectiveCount, 1 / 0.38))
    }

    @Test("equal parts are as concentrated as their number says, a single holder wholly")
    func ends() throws {
        let equal = try #require(Concentration([7, 7, 7, 7]))
        #expect(near(equal.herfindahl, 0.25) && equal.gini == 0 && near(equal.effectiveCount, 4))
        let one = try #require(Concentration([0, 0, 5, 0]))
        #expect(one.herfindahl == 1 && near(one.gini, 0.75))
    }

    @Test("the HHI lies in 1/n … 1 and the Gini coefficient in 0 … 1 − 1/n, whatever the unit")
    func bounds() throws {
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<200 {
            let parts = (0...generator.index(below: 40)).map { _ in generator.uniform() + 1e-9 }
            let n = Double(parts.count)
            let found = try #require(Concentration(parts))
            #expect(found.herfindahl >= 1 / n - 1e-12 && found.herfindahl <= 1 + 1e-12)
            #expect(found.gini >= -1e-12 && found.gini <= 1 - 1 / n + 1e-12)
            let scaled = try #require(Concentration(parts.map { $0 * 1e18 }))
            #expect(near(scaled.herfindahl, found.herfindahl) && abs(scaled.gini - found.gini) < 1e-12)
        }
    }

    @Test("of nothing, or of what is no amount, there is none")
    func none() {
        #expect(Concentration([]) == nil && Concentration([0, 0]) == nil)
        #expect(Concentration([1, -1]) == nil && Concentration([1, .nan]) == nil)
    }
}
