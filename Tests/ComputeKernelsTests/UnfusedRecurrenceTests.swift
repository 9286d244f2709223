// UnfusedRecurrenceTests.swift: the unfused recurrence in exact integers: each turn adds a whole number of units.

import ComputeKernels
import Quantities
import Testing

/// The unfused constants as integers: m1 = -A/2^p, c1 = C/2^p, m2 = -B/2^(p-1), c2 = D/2^p, p bits of significand.
private struct IntegerConstants {
    let p: Int
    let A, B, C, D: Int128

    init(_ type: ElementType) {
        let kernel = FMAKernel.named(variant: "scalar", elementType: type)!
        p = type == .f64 ? 53 : 24
        let one = type == .f64 ? 0x1p53 : 0x1p24
        A = Int128(-kernel.constant(0) * one)
        C = Int128(kernel.constant(1) * one)
        B = Int128(-kernel.constant(2) * one / 2)
        D = Int128(kernel.constant(3) * one)
    }

    /// m2·(m1·x + c1) + c2 - x without rounding, for x = eighths/8, in units of 2^-(p-1), times 2^p.
    func shift(eighths: Int128) -> Int128 {
        ((A * B - Int128(1) << (2 * p - 1)) * eighths) / 8 + D << (p - 1) - B * C
    }

    /// What one turn adds, in units in the last place of [1, 2).
    var step: Int128 { (shift(eighths: 9) + Int128(1) << (p - 1)) >> p }
}

@Suite("The unfused recurrence")
struct UnfusedRecurrenceTests {
    @Test("constants have odd significands, so nothing about them is short", arguments: ElementType.matrixTypes)
    func fullMantissas(type: ElementType) {
        let k = IntegerConstants(type)
        // A, C and D use all p bits, B uses p bits as well: odd means that the last one is used.
        for significand in [k.A, k.B, k.C, k.D] {
            #expect(significand & 1 == 1)
            #expect(significand >> (k.p - 1) == 1)
        }
    }

    // With u = 2^-(p-1), the unit of x in [1, 1.375]:
    // m1·x lies in (-1, -0.5), unit u/2, so rounding it errs by at most u/4, which m2 makes |m2|·u/4;
    // + c1 is exact, since both are multiples of u/2 and the sum is below 0.5 in magnitude;
    // m2·y lies in (0, 0.5), unit at most u/4, and errs by at most u/8;
    // adding c2 rounds to a multiple of u, and always to the same one while all errors together stay below u/2.
    @Test(
        "the errors of a turn stay below half a unit, so each turn adds the same whole number of units",
        arguments: ElementType.matrixTypes)
    func errorsStayBelowHalfAUnit(type: ElementType) {
        let k = IntegerConstants(type)
        let one = Double(Int128(1) << k.p)
        let m1 = Double(k.A) / one
        let m2 = Double(k.B) / one * 2
        #expect(m1 > 0.5 && 1.375 * m1 < 1)
        // m2·y = x' - c2, apart from roundings.
        #expect(1 > Double(k.D) / one && 1.375 - Double(k.D) / one < 0.5)
        for eighths in [8, 11] as [Int128] {
            let residual = Double(k.shift(eighths: eighths) - k.step << k.p) / one
            #expect(abs(residual) + m2 / 4 + 0.125 < 0.5)
        }
    }

    @Test("a turn adds 1 unit in f32 and 390926587 in f64, and the proven run fits below 1.375")
    func steps() {
        #expect(IntegerConstants(.f32).step == 1)
        #expect(IntegerConstants(.f64).step == 390_926_587)
        for type in ElementType.matrixTypes {
            let run = FMAKernel.named(variant: "scalar", elementType: type)!.longestProvenRun
            #expect(1.125 + Double(run) * Double(IntegerConstants(type).step) * unit(type) <= 1.375)
        }
    }

    @Test(
        "the replay adds exactly iterations × step units to each element", arguments: ElementType.matrixTypes,
        ["scalar", "sse2", "avx"])
    func closedForm(type: ElementType, variant: String) throws {
        let kernel = try #require(FMAKernel.named(variant: variant, elementType: type))
        let step = UInt64(IntegerConstants(type).step)
        let initial = kernel.initialState(seed: 13)
        for iterations in [1, 2, 1000, kernel.longestProvenRun] {
            let end = kernel.expectedState(from: initial, iterations: iterations)
            // Neighbours within [1, 2) have neighbouring bit patterns.
            #expect(end.bits == initial.bits.map { $0 + UInt64(iterations) * step })
        }
    }

    // An error e of the intermediate value moves the sum before its last rounding by |m2|·e = 1.388·e, and what
    // rounding healed so far is below 0.49 u: 1.388 · 0.75 u - 0.49 u > 0.5 u moves x for good.
    @Test(
        "an error of three quarters of a unit in the intermediate value reaches x", arguments: ElementType.matrixTypes)
    func intermediateErrors(type: ElementType) throws {
        let kernel = try #require(FMAKernel.named(variant: "sse2", elementType: type))
        for x in kernel.initialState(seed: 17).values {
            for error in [-0.75, 0.75] {
                #expect(turn(kernel, x, error: 0) != turn(kernel, x, error: error * unit(type)))
            }
        }
    }

    /// One turn in Swift's own arithmetic, with an error added to the intermediate value.
    private func turn(_ kernel: FMAKernel, _ x: Double, error: Double) -> Double {
        switch kernel.elementType {
        case .f64:
            let y = x * kernel.constant(0) + kernel.constant(1) + error
            return y * kernel.constant(2) + kernel.constant(3)
        default:
            let y = Float(x) * Float(kernel.constant(0)) + Float(kernel.constant(1)) + Float(error)
            return Double(y * Float(kernel.constant(2)) + Float(kernel.constant(3)))
        }
    }
}
