// HalfPrecisionTests.swift: the fused recurrence in f16, whose pairs are few enough to go through them all.

import ComputeKernels
import Quantities
import Testing

@Suite("The recurrence in f16")
struct HalfPrecisionTests {
    // A line maps one-to-one on the grid as long as values stay within [1, 2), so a pair that stays there must come back
    // to itself: its orbit is a ring, and errors lead from one ring to another, or to another place on it, for good.
    // 1.0 and 2.0 have the patterns 0x3C00 and 0x4000.
    @Test("every pair that a run can start from turns in a ring within [1, 2), so runs of any length are proven")
    func rings() throws {
        let kernel = try #require(FMAKernel.named(variant: "neon-fp16", elementType: .f16))
        let (a, b) = (Float16(kernel.constant(0)), Float16(kernel.constant(1)))
        let (v, w) = (Float16(kernel.constant(2)), Float16(kernel.constant(3)))
        let grid = 0x3C00..<0x4000
        var seen = [Bool](repeating: false, count: grid.count * grid.count)
        var leaves = 0
        var longest = 0
        func index(_ x: Float16, _ y: Float16) -> Int {
            (Int(x.bitPattern) - grid.lowerBound) * grid.count + Int(y.bitPattern) - grid.lowerBound
        }
        for x0 in stride(from: w - 0.125, through: w + 0.125, by: 0x1p-10) {
            for y0 in stride(from: v - 0.125, through: v + 0.125, by: 0x1p-10) where !seen[index(x0, y0)] {
                var (x, y) = (x0, y0)
                var length = 0
                repeat {
                    x.addProduct(a, v)
                    if !grid.contains(Int(x.bitPattern)) { leaves += 1 }
                    x.addProduct(-a, y)
                    y.addProduct(-b, w)
                    if !grid.contains(Int(x.bitPattern)) || !grid.contains(Int(y.bitPattern)) { leaves += 1 }
                    y.addProduct(b, x)
                    if !grid.contains(Int(y.bitPattern)) { leaves += 1 }
                    if leaves > 0 { break }
                    seen[index(x, y)] = true
                    length += 1
                } while x != x0 || y != y0
                longest = max(longest, length)
            }
            if leaves > 0 { break }
        }
        #expect(leaves == 0)
        // The longest ring alone tells the number of iterations up to here; all together tell far more.
        #expect(longest > 50_000)
    }

    @Test("a state takes as long to come back as all its rings together, far more than a slice has iterations")
    func returns() throws {
        let kernel = try #require(FMAKernel.named(variant: "neon-fp16", elementType: .f16))
        let initial = kernel.initialState(seed: 43)
        for iterations in [1, 1000, 50_000, 1 << 20] {
            #expect(kernel.expectedState(from: initial, iterations: iterations) != initial)
        }
    }

    // Every f16 is an f64, and the sum of a product and a value of [1, 2) has at most 24 bits, so f64 arithmetic makes no
    // error, and rounding its result is fused multiply-add.
    @Test("the integer replay is fused arithmetic in f16", arguments: ["avx512-fp16", "neon-fp16"])
    func replay(variant: String) throws {
        let kernel = try #require(FMAKernel.named(variant: variant, elementType: .f16))
        let (a, b, v, w) = (kernel.constant(0), kernel.constant(1), kernel.constant(2), kernel.constant(3))
        func rounded(_ value: Double) -> Double { Double(Float16(value)) }
        let initial = kernel.initialState(seed: 37)
        var values = initial.values
        for pair in 0..<kernel.elementCount / 2 {
            let first = pair / kernel.lanes * 2 * kernel.lanes + pair % kernel.lanes
            var (x, y) = (values[first], values[first + kernel.lanes])
            for _ in 0..<300 {
                x = rounded(x + a * v)
                x = rounded(x - a * y)
                y = rounded(y - b * w)
                y = rounded(y + b * x)
            }
            (values[first], values[first + kernel.lanes]) = (x, y)
        }
        #expect(kernel.expectedState(from: initial, iterations: 300).values == values)
    }
}
