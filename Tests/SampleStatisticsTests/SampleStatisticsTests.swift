// SampleStatisticsTests.swift: known answers from published tables and from scipy, and properties that must hold.

import SampleStatistics
import Testing

@Suite("Order statistics and moments")
struct OrderStatisticsTests {
    // Type 7 of two values interpolates linearly: 1 + p.
    @Test("quartiles of (1, 2)", arguments: [(0.25, 1.25), (0.5, 1.5), (0.75, 1.75), (0, 1), (1, 2)])
    func quartiles(probability: Double, expected: Double) throws {
        #expect(try #require(OrderStatistics([2, 1])).quantile(probability) == expected)
    }

    @Test("the deviation of an outlier does not move the median absolute deviation")
    func robustSpread() throws {
        // Median 3, deviations 2 1 0 1 997, their median 1.
        #expect(try #require(OrderStatistics([1, 2, 3, 4, 1000])).medianAbsoluteDeviation == 1)
    }

    @Test("an empty sample, NaN and infinity are refused", arguments: [[], [1, Double.nan], [Double.infinity]])
    func refused(samples: [Double]) {
        #expect(OrderStatistics(samples) == nil)
    }

    @Test("a mean keeps what plain addition loses")
    func compensated() throws {
        // 1e16 + 1 + … + 1 (a thousand ones) − 1e16: plain addition returns 0.
        let samples = [1e16] + Array(repeating: 1.0, count: 1000) + [-1e16]
        #expect(CompensatedSum(samples).value == 1000)
    }

    @Test("one value has no spread")
    func oneValue() throws {
        let moments = try #require(Moments([3]))
        #expect(moments.mean == 3)
        #expect(moments.standardDeviation == nil)
        #expect(moments.coefficientOfVariation == nil)
    }
}

@Suite("Student's t")
struct StudentTTests {
    // python3 -c "from scipy.stats import t; print([t.ppf(p, n) for p, n in …])"
    @Test(
        "quantiles agree with scipy",
        arguments: [
            (0.975, 1.0, 12.706204736174694), (0.975, 4.0, 2.7764451051977934), (0.975, 19.0, 2.0930240544083087),
            (0.995, 9.0, 3.249835541592126), (0.6, 3.0, 0.2766706623326898), (0.025, 19.0, -2.0930240544083087),
        ])
    func quantiles(probability: Double, degrees: Double, expected: Double) {
        #expect(abs(StudentT(degreesOfFreedom: degrees).quantile(probability) - expected) < 1e-9 * abs(expected))
    }

    @Test("the quantile inverts the distribution function", arguments: [1.0, 2, 7.5, 40, 1000])
    func inverse(degrees: Double) {
        let distribution = StudentT(degreesOfFreedom: degrees)
        for probability in [0.001, 0.2, 0.5, 0.9, 0.9999] {
            #expect(abs(distribution.cumulative(distribution.quantile(probability)) - probability) < 1e-9)
        }
    }
}

@Suite("Seeded generator")
struct SeededGeneratorTests {
    @Test("equal seeds and streams give equal numbers, others differ")
    func streams() {
        func first(_ seed: UInt64, _ stream: UInt64) -> [UInt64] {
            var generator = SeededGenerator(seed: seed, stream: stream)
            return (0..<4).map { _ in generator.next() }
        }
        #expect(first(1, 0) == first(1, 0))
        #expect(Set([first(1, 0), first(2, 0), first(1, 1), first(2, 1)]).count == 4)
    }

    @Test("uniform numbers fill [0, 1) evenly")
    func uniform() throws {
        var generator = SeededGenerator(seed: 5)
        let values = (0..<100_000).map { _ in generator.uniform() }
        #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
        // Mean of 1e5 uniforms: 0.5 with a standard deviation of 0.00091; five of them are 0.0046.
        let moments = try #require(Moments(values))
        #expect(abs(moments.mean - 0.5) < 0.0046)
        // Standard deviation of a uniform: 1/√12 = 0.288675.
        #expect(abs(try #require(moments.standardDeviation) - 0.288675) < 0.002)
    }
}

@Suite("Interval of a median")
struct MedianIntervalTests {
    // From the binomial distribution: with 10 values the second smallest and second largest cover with 97.9 %, the
    // third with 89 %; with 6 the extremes with 96.9 %; with 5 not even they reach 95 %.
    @Test(
        "the ranks are those of the sign test",
        arguments: [(5, 0), (6, 1), (8, 1), (9, 2), (10, 2), (20, 6), (100, 40)])
    func ranks(count: Int, rank: Int) throws {
        let interval = try #require(MedianInterval((1...count).map(Double.init).shuffled()))
        #expect(interval.median == Double(count + 1) / 2)
        #expect(interval.low == (rank == 0 ? nil : Double(rank)))
        #expect(interval.high == (rank == 0 ? nil : Double(count + 1 - rank)))
    }

    @Test("it covers the true median in at least 95 % of skewed samples, and not in all")
    func coverage() throws {
        var generator = SeededGenerator(seed: 11)
        var covered = 0
        for _ in 0..<2000 {
            // Squares of uniform numbers: median 1/4.
            let sample = (0..<15).map { _ in
                let value = generator.uniform()
                return value * value
            }
            let interval = try #require(MedianInterval(sample))
            if try #require(interval.low) <= 0.25 && 0.25 <= (try #require(interval.high)) { covered += 1 }
        }
        // 15 values, rank 4: 96.5 % in theory, standard error 0.4 %.
        #expect((1890...1970).contains(covered))
    }

    @Test("thousands of values do not underflow")
    func large() throws {
        let interval = try #require(MedianInterval((0..<4001).map(Double.init)))
        #expect(try #require(interval.low) > 1900 && (try #require(interval.high)) < 2100)
    }
}
