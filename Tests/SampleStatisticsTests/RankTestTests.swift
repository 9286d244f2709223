// RankTestTests.swift: Mann–Whitney, Hodges–Lehmann and sign flips against published data and scipy.

import SampleStatistics
import Testing

/// Annual flow of the Nile at Aswan, 1871 to 1970, 10⁸ m³ (G. W. Cobb, Biometrika 65 (1978) 243).
let nile: [Double] = [
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180, 799, 958, 1140,
    1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833, 701, 916, 692, 1020, 1050, 969,
    831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759,
    781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890,
    744, 749, 838, 1050, 918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
]

@Suite("Mann–Whitney")
struct MannWhitneyTests {
    @Test("small samples: the distribution of U itself")
    func exact() throws {
        // scipy.stats.mannwhitneyu(x, y): U 25, p 0.00793651; wilcox.test(c(1,2,3,4), c(.9,1.1,.7)): 11, 0.1142857.
        let apart = try #require(MannWhitney([1.00, 1.02, 1.05, 0.95, 0.98], [0.80, 0.82, 0.85, 0.79, 0.77]))
        #expect(apart.u == 25 && apart.isExact)
        #expect(abs(apart.pValue - 2.0 / 252) < 1e-12)
        let close = try #require(MannWhitney([1, 2, 3, 4], [0.9, 1.1, 0.7]))
        #expect(close.u == 11)
        #expect(abs(close.pValue - 0.114285714) < 1e-8)
    }

    @Test("large samples with ties: the flow of the Nile before and after 1898")
    func nileFlow() throws {
        let test = try #require(MannWhitney(Array(nile[..<28]), Array(nile[28...])))
        #expect(test.u == 1816.5 && !test.isExact)
        #expect(abs(test.pValue / 5.5275e-10 - 1) < 1e-4)
    }

    @Test("the smallest p value is two of all orders", arguments: [(5, 5, 252.0), (4, 4, 70), (9, 9, 48620)])
    func smallest(n: Int, m: Int, orders: Double) {
        #expect(abs(MannWhitney.smallestPValue(n, m) - 2 / orders) < 1e-15)
    }

    // The two-sided 1 % row of the published tables of U.
    @Test(
        "critical values are those of the tables",
        arguments: [(4, 4, nil), (5, 5, 0), (9, 9, 11), (10, 10, 16), (20, 20, 105), (6, 12, 9)])
    func critical(n: Int, m: Int, value: Int?) {
        #expect(MannWhitney.criticalValue(n, m, significance: 0.01) == value)
    }

    @Test("equal samples do not differ, and empty ones are refused")
    func degenerate() {
        #expect(MannWhitney([1, 1], [1, 1, 1])?.pValue == 1)
        #expect(MannWhitney([], [1]) == nil)
        #expect(MannWhitney([.nan], [1]) == nil)
    }
}

@Suite("Hodges–Lehmann")
struct HodgesLehmannTests {
    @Test("the Nile fell by 260 after 1898")
    func nileFlow() throws {
        let shift = try #require(HodgesLehmann(from: Array(nile[28...]), to: Array(nile[..<28])))
        #expect(shift.shift == 260)
        #expect(try #require(shift.low) > 0 && (try #require(shift.high)) < 400)
    }

    // Differences of 5 against 5: 25. U ≤ 2 has probability 4/252 = 0.0159 on a side, U ≤ 3 7/252 = 0.0278, so that
    // the 3rd and the 23rd bound the 95 % interval.
    @Test("its interval is what the test does not reject")
    func interval() throws {
        let (first, second) = ([0.0, 1, 3, 7, 15], [100.0, 200, 400, 800, 1600])
        let differences = second.flatMap { value in first.map { value - $0 } }.sorted()
        let shift = try #require(HodgesLehmann(from: first, to: second))
        #expect(shift.low == differences[2] && shift.high == differences[22])
        #expect(shift.shift == differences[12])
    }

    @Test("too few values have no interval")
    func unreachable() throws {
        let shift = try #require(HodgesLehmann(from: [1, 2], to: [3, 4]))
        #expect(shift.shift == 2 && shift.low == nil && shift.high == nil)
    }
}

@Suite("Sign flips")
struct SignFlipTests {
    @Test("differences of one sign: two patterns of all")
    func oneSign() throws {
        #expect(try #require(SignFlipTest(differences: [1, 2, 3, 4, 5, 6, 7, 8, 9])).pValue == 2.0 / 512)
    }

    // scipy.stats.permutation_test((d,), np.mean, permutation_type="samples"): |sum| ≥ 6 of 1 −2 3 4 in 6 of 16.
    @Test("all patterns are counted")
    func counted() throws {
        #expect(try #require(SignFlipTest(differences: [1, -2, 3, 4])).pValue == 6.0 / 16)
    }

    @Test("many differences are sampled, and the sample is the normal approximation's")
    func sampled() throws {
        // Sum 50 of 1 … 25 less 11; variance Σ d² = 1400: 2 Φ(−50/√1400) = 0.181, with steps of 2 up to 0.19.
        let test = try #require(SignFlipTest(differences: (1...25).map { Double($0) - 11 }))
        #expect(!test.isExact)
        #expect((0.175...0.20).contains(test.pValue))
    }

    @Test("no differences: no verdict, zeros: no difference")
    func degenerate() {
        #expect(SignFlipTest(differences: []) == nil)
        #expect(SignFlipTest(differences: [0, 0, 0])?.pValue == 1)
    }
}
