// GrowthAttributionTests.swift: what a change is made of, and what a trend says of a later date.

import CapacityIndex
import RealModule
import SampleStatistics
import Testing

@Suite("Attribution of growth")
struct GrowthAttributionTests {
    // C₀ = 10 · 2 · .9 = 18, C₁ = 20 · 3 · .8 = 48; L = 30 / ln(48/18) = 30 / .98082925 = 30.5863634.
    // ln 2 = .69314718, ln 1.5 = .40546511, ln(.8/.9) = −.11778304: 21.200852, 12.401703, −3.602555. (Python's math.log)
    @Test("twice the nodes, half again as fast, a ninth less available: 21.20 + 12.40 − 3.60 of 30")
    func known() throws {
        let found = try GrowthAttribution(
            from: CapacityFactors(count: 10, speed: 2, availability: 0.9),
            to: CapacityFactors(count: 20, speed: 3, availability: 0.8))
        #expect(near(found.count, 21.200852, within: 1e-6) && near(found.speed, 12.401703, within: 1e-6))
        #expect(near(found.availability, -3.602555, within: 1e-6) && near(found.total, 30))
    }

    @Test("the parts add up to the change, and the way back has the opposite signs")
    func additive() throws {
        var generator = SeededGenerator(seed: 8)
        func factors() throws -> CapacityFactors {
            try CapacityFactors(
                count: 1 + 1000 * generator.uniform(), speed: 1e9 + 1e12 * generator.uniform(),
                availability: 0.1 + 0.9 * generator.uniform())
        }
        for _ in 0..<300 {
            let (start, end) = (try factors(), try factors())
            let there = try GrowthAttribution(from: start, to: end)
            let back = try GrowthAttribution(from: end, to: start)
            let scale = max(start.product, end.product)
            #expect(abs(there.total - (end.product - start.product)) < 1e-12 * scale)
            for (a, b) in [
                (there.count, back.count), (there.speed, back.speed), (there.availability, back.availability),
            ] {
                #expect(abs(a + b) < 1e-12 * scale)
            }
        }
    }

    @Test("a factor that did not change has no part; without any change there is none")
    func unchanged() throws {
        let start = try CapacityFactors(count: 10, speed: 2, availability: 1)
        let faster = try CapacityFactors(count: 10, speed: 3, availability: 1)
        let found = try GrowthAttribution(from: start, to: faster)
        #expect(found.count == 0 && near(found.speed, 10) && found.availability == 0)
        let same = try GrowthAttribution(from: start, to: start)
        #expect(same.total == 0)
    }

    @Test("what comes from nothing is due to what was nothing")
    func zeros() throws {
        let none = try CapacityFactors(count: 0, speed: 0, availability: 0)
        let some = try CapacityFactors(count: 5, speed: 2, availability: 1)
        let off = try CapacityFactors(count: 5, speed: 2, availability: 0)
        #expect(try GrowthAttribution(from: none, to: some).count == 10)
        #expect(try GrowthAttribution(from: some, to: off).availability == -10)
        let dead = try CapacityFactors(count: 5, speed: 0, availability: 0)
        #expect(throws: AttributionError.severalZero) { try GrowthAttribution(from: some, to: dead) }
        #expect(throws: AttributionError.notAFactor(name: "speed", number: -1)) {
            try CapacityFactors(count: 1, speed: -1, availability: 1)
        }
    }
}

@Suite("Projection")
struct ProjectionTests {
    @Test("an amount that grew by 40 % each year goes on, and without scatter the interval is a point")
    func steady() throws {
        // Years of 365 days: 2024 was a leap year, so dates are counted in days.
        let start = Timestamp("2023-01-01")!
        let totals = try (0..<4).map { year in
            try capacity(
                100 * Double.pow(1.4, Double(year)),
                asOf: start.advanced(byDays: 365 * Double(year)).date)
        }
        let projection = try Projection(totals)
        #expect(near(projection.annualGrowth, 0.4, within: 1e-9) && projection.scatter < 1e-9)
        let later = projection.total(at: start.advanced(byDays: 365 * 5))
        #expect(near(later.value, 100 * Double.pow(1.4, 5), within: 1e-9))
        #expect(near(later.interval.lowerBound, later.value, within: 1e-7))
    }

    // numpy and scipy: x = arange(4.); y = log([100, 150, 180, 300]); r = stats.linregress(x, y); s = sqrt(sum((y −
    // r.intercept − r.slope*x)**2)/2); r.slope, s, exp(r.intercept + 4*r.slope), t.ppf(.975, 2)*s*sqrt(1.25 + 2.5**2/5)
    @Test("scatter around the line makes the interval, as scipy has it")
    func scatter() throws {
        let start = Timestamp("2023-01-01")!
        let totals = try [100.0, 150, 180, 300].enumerated().map { year, value in
            try capacity(value, asOf: start.advanced(byDays: 365 * Double(year)).date)
        }
        let projection = try Projection(totals)
        #expect(near(projection.annualGrowth, Double.expMinusOne(0.3478158422798282), within: 1e-12))
        #expect(near(projection.scatter, 0.09484451566370378, within: 1e-12))
        let (value, interval) = projection.total(at: start.advanced(byDays: 4 * 365))
        #expect(near(value, 402.492235949962, within: 1e-12))
        #expect(near(Double.log(interval.upperBound / value), 0.6452358996845201, within: 1e-9))
        #expect(near(Double.log(value / interval.lowerBound), 0.6452358996845201, within: 1e-9))
    }

    @Test("two dates, a total of 0 and other terms are refused by name")
    func refused() throws {
        let two = [try capacity(1, asOf: "2024-01-01"), try capacity(2, asOf: "2025-01-01")]
        #expect(throws: ProjectionError.tooFewDates(needed: 3, got: 2)) { try Projection(two) }
        let zero = two + [try capacity(0, asOf: "2026-01-01")]
        #expect(throws: ProjectionError.nothingAt(Timestamp("2026-01-01")!)) { try Projection(zero) }
        let other = two + [try capacity(3, precision: .fp64, asOf: "2026-01-01")]
        #expect(throws: CapacityError.self) { try Projection(other) }
    }
}
