// CapacityTests.swift: what may be added and compared, and how uncertainty adds up.

import CapacityIndex
import Testing

@Suite struct CapacityTests {
    @Test("788 EFLOPS of FP16 and 90 EFLOPS of FP32 have neither sum nor ratio")
    func mixedPrecisionIsRefused() throws {
        let half = try capacity(788e18, precision: .fp16)
        let single = try capacity(90e18, precision: .fp32)
        let error = CapacityError.mixedPrecision(half, single)
        #expect(throws: error) { try half.adding(single) }
        #expect(throws: error) { try half.compared(to: single) }
        // The message holds both sides.
        #expect(error.description.contains("788.0 EFLOPS of FP16"))
        #expect(error.description.contains("90.00 EFLOPS of FP32"))
    }

    @Test("other policies and perimeters are refused by name")
    func mixedPolicyAndPerimeterAreRefused() throws {
        let one = try capacity(1)
        let otherPolicy = try capacity(1, policy: PolicyID("fp32-native/2")!)
        let otherPerimeter = try capacity(1, perimeter: Perimeter("shipments/1")!)
        #expect(throws: CapacityError.mixedPolicy(one, otherPolicy)) { try one.adding(otherPolicy) }
        #expect(throws: CapacityError.mixedPerimeter(one, otherPerimeter)) { try one.adding(otherPerimeter) }
        #expect(throws: CapacityError.mixedPerimeter(one, otherPerimeter)) { try one.compared(to: otherPerimeter) }
        #expect(throws: CapacityError.nothingToAdd) { try Capacity.sum(of: [Capacity]()) }
    }

    @Test("numbers that are no amounts are refused", arguments: [-1, Double.nan, Double.infinity, -Double.infinity])
    func impossibleAmountsAreRefused(number: Double) {
        #expect(throws: CapacityError.self) { try capacity(number) }
        #expect(throws: CapacityError.self) { try capacity(1, random: number) }
        #expect(throws: CapacityError.self) { try capacity(1, systematic: number) }
    }

    @Test("a sum that overflows is refused, not infinite")
    func overflowIsRefused() throws {
        let large = try capacity(1.7e308)
        #expect(throws: CapacityError.self) { try large.adding(large) }
    }

    // Random 3 and 4 give 5 in quadrature; systematic 1 and 2 give 3 linearly; together √(25 + 9) = √34.
    @Test("random uncertainties add in quadrature, systematic ones linearly")
    func uncertaintiesAdd() throws {
        let sum = try capacity(100, random: 0.03, systematic: 0.01).adding(
            capacity(200, random: 0.02, systematic: 0.01))
        #expect(sum.value == 300)
        #expect(near(sum.randomUncertainty, 5))
        #expect(near(sum.systematicUncertainty, 3))
        #expect(near(sum.uncertainty, 34.0.squareRoot()))
        // 1.96 · √34 = 11.4285; the textbook factor to six digits.
        #expect(near(sum.interval95.upperBound, 300 + 1.959964 * 34.0.squareRoot(), within: 1e-6))
    }

    @Test("a sum is as old as its oldest part and as direct as its least direct part")
    func sumKeepsTheWeakerOrigin() throws {
        let sum = try capacity(1, basis: .nameplate, asOf: "2026-11-23").adding(
            capacity(1, basis: .measured, asOf: "2026-01-01"))
        #expect(sum.basis == .nameplate)
        #expect(sum.asOf == Timestamp("2026-01-01"))
    }

    // Plain addition loses every 1 beside 1e16: the sum would be 1e16, or 1e16 + 1000 with the small ones first.
    @Test("small nodes are not lost beside large ones, in any order")
    func sumIsCompensated() throws {
        let parts = try [capacity(1e16)] + (0..<1000).map { _ in try capacity(1) }
        #expect(try Capacity.sum(of: parts).value == 1e16 + 1000)
        #expect(try Capacity.sum(of: parts.reversed()).value == 1e16 + 1000)
    }

    // r₁ = 3 %, r₀ = 4 %: 5 % of the ratio 2 is 0.1. Equal systematic parts cancel; 3 % against 1 % leave 2 % of 2.
    @Test("in a ratio the systematic parts cancel as far as they are equal")
    func ratioUncertainty() throws {
        let equal = try capacity(200, random: 0.03, systematic: 0.02).compared(
            to: capacity(100, random: 0.04, systematic: 0.02))
        #expect(equal.value == 2)
        #expect(near(equal.uncertainty, 0.1))
        let unequal = try capacity(200, systematic: 0.03).compared(to: capacity(100, systematic: 0.01))
        #expect(near(unequal.uncertainty, 0.04))
    }

    @Test("there is no ratio to nothing")
    func noRatioToZero() throws {
        let nothing = try capacity(0)
        #expect(throws: CapacityError.noRatioToZero(nothing)) { try capacity(1).compared(to: nothing) }
        #expect(nothing.relativeUncertainty == nil)
    }

    @Test("the mix of three kernels runs at work over time")
    func workOverTime() throws {
        func kernel(_ operations: Double, _ rate: Double) throws -> KernelTime {
            try #require(KernelTime(operations: operations, seconds: operations / rate))
        }
        // GEMM n = 2048 and 4096 at 2n³, GEMV n = 4096 at 2n² operations; 970.679… was computed elsewhere.
        let kernels = [
            try kernel(2 * 2048.0 * 2048 * 2048, 900e9), try kernel(2 * 4096.0 * 4096 * 4096, 1000e9),
            try kernel(2 * 4096.0 * 4096, 12e9),
        ]
        #expect(near(kernels.workOverTime, 970.679084570e9, within: 1e-12))
        #expect([KernelTime]().workOverTime == nil)
        #expect(KernelTime(operations: 1, seconds: 0) == nil)
        #expect(KernelTime(operations: .infinity, seconds: 1) == nil)
    }
}
