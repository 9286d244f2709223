// WorkedNumbersTests.swift: the worked numbers of the index's definition in one table, each as it is printed there.
// Expected values were computed independently; a row's tolerance is half a unit of its last printed digit.

import CapacityIndex
import Testing

/// A number of the definition, how many digits of it are printed, and what this library says.
struct WorkedNumber: Sendable, CustomTestStringConvertible {
    let name: String
    let expected: Double
    /// Half a unit of the last printed digit.
    let tolerance: Double
    let actual: @Sendable () throws -> Double?

    init(
        _ name: String, _ expected: Double, within tolerance: Double,
        _ actual: @escaping @Sendable () throws -> Double?
    ) {
        self.name = name
        self.expected = expected
        self.tolerance = tolerance
        self.actual = actual
    }

    var testDescription: String { name }
}

@Suite struct WorkedNumbersTests {
    static let growth = [
        WorkedNumber("10^10 over 20 years, in % a year", 216.2278, within: 5e-5) {
            GrowthRate.compoundAnnual(from: 1, to: 1e10, years: 20).map { 100 * $0 }
        },
        WorkedNumber("10^10, in doublings", 33.2193, within: 5e-5) { GrowthRate.doublings(from: 1, to: 1e10) },
        WorkedNumber("10^10 over 20 years, years per doubling", 0.602060, within: 5e-7) {
            GrowthRate.doublingTime(from: 1, to: 1e10, years: 20)
        },
        WorkedNumber("10^10 over 20 years, months per doubling", 7.22472, within: 5e-6) {
            GrowthRate.doublingTime(from: 1, to: 1e10, years: 20).map { 12 * $0 }
        },
        WorkedNumber("doubling at 40 % a year", 2.060043, within: 5e-7) {
            GrowthRate.doublingTime(annualGrowth: 0.40)
        },
        WorkedNumber("230/180 in %", 27.778, within: 5e-4) { GrowthRate.simple(from: 180, to: 230).map { 100 * $0 } },
        WorkedNumber("435/302 in %", 44.040, within: 5e-4) { GrowthRate.simple(from: 302, to: 435).map { 100 * $0 } },
        WorkedNumber("302/202 in %", 49.505, within: 5e-4) { GrowthRate.simple(from: 202, to: 302).map { 100 * $0 } },
    ]

    static let published = [
        WorkedNumber("910/1.40", 650.0, within: 1e-9) { 910 / 1.40 },
        WorkedNumber("910/1.40, lower", 644.128, within: 5e-4) { try worldBefore()?.lower },
        WorkedNumber("910/1.40, upper", 655.914, within: 5e-4) { try worldBefore()?.upper },
        WorkedNumber("142/650 in %, lower", 21.752, within: 5.1e-4) { try share()?.lower },
        WorkedNumber("142/650 in %, upper", 21.940, within: 5e-4) { try share()?.upper },
    ]

    static let nodes = [
        WorkedNumber("GEMM and GEMV in one mix, in GFLOPS", 970.679084570, within: 5e-10) {
            let works = [2 * 2048.0 * 2048 * 2048, 2 * 4096.0 * 4096 * 4096, 2 * 4096.0 * 4096]
            return zip(works, [900e9, 1000e9, 12e9])
                .compactMap { KernelTime(operations: $0, seconds: $0 / $1) }.workOverTime.map { $0 / 1e9 }
        },
        WorkedNumber("FP32 equivalents under bitwidth, the largest", 3.5e12, within: 0) {
            try ConversionPolicy.bitwidth.takingMaximum.equivalent(
                of: [.fp64: 1e12, .fp32: 2e12, .bf16: 6e12, .int8: 14e12], as: .general
            ).value
        },
        WorkedNumber("score, equal weights", 1817.1206, within: 5e-5) {
            try score([(900, 450), (1000, 500), (12, 8)], [1.0 / 3, 1.0 / 3, 1.0 / 3])
        },
        WorkedNumber("score, weights .4/.4/.2", 1888.1750, within: 5e-5) {
            try score([(900, 450), (1000, 500), (12, 8)], [0.4, 0.4, 0.2])
        },
        WorkedNumber("A = (10, 40) beside B = (20, 20)", 1.0, within: 1e-12) {
            try score([(10, 1), (40, 1)], [0.5, 0.5]) / score([(20, 1), (20, 1)], [0.5, 0.5])
        },
        WorkedNumber("age 180 d, u0 .03, δ .10", 0.0577233, within: 5e-8) {
            GateThresholds().aged(relativeUncertainty: 0.03, ageDays: 180)
        },
        WorkedNumber("host cap, first guest", 0.75, within: 1e-15) { try capped()[0] },
        WorkedNumber("host cap, second guest", 0.666667, within: 5e-7) { try capped()[1] },
        WorkedNumber("host cap, third guest", 0.583333, within: 5e-7) { try capped()[2] },
    ]

    static let aggregates = [
        WorkedNumber("100 PF on 2 MW, GFLOPS/W of computers", 50.0, within: 1e-12) {
            try efficiency().machines / 1e9
        },
        WorkedNumber("100 PF on 2 MW at 1.47, GFLOPS/W of the site", 34.01361, within: 5e-6) {
            try efficiency().site / 1e9
        },
        WorkedNumber("1000 nodes of 2 TF at .97, in PFLOPS", 1.94, within: 1e-14) { try thousand().value / 1e15 },
        WorkedNumber("1000 nodes, random uncertainty in %", 0.0949, within: 5e-5) {
            try thousand().relativeRandom.map { 100 * $0 }
        },
        WorkedNumber("1000 nodes, systematic uncertainty in %", 2, within: 1e-12) {
            try thousand().relativeSystematic.map { 100 * $0 }
        },
        WorkedNumber("1000 nodes, total uncertainty in %", 2.002249, within: 5e-7) {
            try thousand().relativeUncertainty.map { 100 * $0 }
        },
        WorkedNumber("add to 50.038 of 197 for 35 %", 29.095385, within: 5e-7) {
            try WhatIf(present: 50.038, total: 197, share: 0.35).added
        },
        WorkedNumber("the total then", 226.095385, within: 5e-7) {
            try WhatIf(present: 50.038, total: 197, share: 0.35).total
        },
    ]

    @Test("the library gives the numbers of its definition", arguments: growth + published + nodes + aggregates)
    func worked(number: WorkedNumber) throws {
        let actual = try #require(try number.actual())
        #expect(abs(actual - number.expected) <= number.tolerance)
    }

    @Test("788 of FP16 against 90 of FP32 is no growth")
    func mixedPrecision() throws {
        #expect(throws: CapacityError.self) {
            try capacity(788e18, precision: .fp16).compared(to: capacity(90e18, precision: .fp32))
        }
    }

    private static func score(_ rates: [(Double, Double)], _ weights: [Double]) throws -> Double {
        let kernels = zip(rates, weights).map {
            Score.Kernel("k", rate: $0.0, referenceRate: $0.1, weight: $1)
        }
        return try Score(kernels, reference: "reference-node/1").value
    }

    private static func worldBefore() throws -> RoundingInterval? {
        try PrintedNumber("910", step: 10).interval.divided(by: PrintedNumber("1.40").interval)
    }

    private static func share() throws -> RoundingInterval? {
        try PublishedRow.percentage(of: PrintedNumber("142"), in: PrintedNumber("650"))
    }

    private static func capped() throws -> [Double] {
        let guests = [0.9, 0.8, 0.7]
        let cap = try #require(HostCap(guests: guests, hostRate: 2, hostPeak: nil))
        return guests.map { $0 * cap.factor }
    }

    private static func efficiency() throws -> Efficiency {
        try Efficiency(of: capacity(100e15), watts: 2e6, pue: 1.47)
    }

    private static func thousand() throws -> Capacity {
        let node = try contribution(
            "n", 2e12, random: 0.03, systematic: 0.02, availability: Availability(0.97)
        ).capacity(asOf: Timestamp("2026-11-23")!, thresholds: GateThresholds())
        return try Capacity.sum(of: [Capacity](repeating: node, count: 1000))
    }
}
