// FusedRecurrenceTests.swift: the fused recurrence by two other roads: run backwards, and as a rotation.

import ComputeKernels
import Foundation
import Quantities
import Testing

private let fusedKernels = FMAKernel.all.filter(\.isFused)
private let fusedKernelsHere = runnable.filter(\.isFused)

@Suite("The fused recurrence")
struct FusedRecurrenceTests {
    // r(a·y) in units must never be a tie, or rounding to even could send neighbours to one value. With odd
    // significands A, Y below 2^p and a = A/2^(p+2), a·y in units of 2^-(p-1) is A·Y/2^(p+2); a tie needs 2^(p+1) to
    // divide A·Y, hence Y, which is too small for that.
    @Test("a and b have odd significands in [1/8, 1/4), so no product is half way", arguments: ElementType.allCases)
    func noTies(type: ElementType) throws {
        let kernel = try #require(FMAKernel.named(variant: "neon", elementType: type))
        let scale = type == .f64 ? 0x1p55 : 0x1p26
        for index in 0..<4 {
            let constant = kernel.constant(index)
            let significand = Int64(constant * (index < 2 ? scale : scale / 8))
            #expect(significand & 1 == 1)
            #expect(index < 2 ? (0.125..<0.25).contains(constant) : (1..<2).contains(constant))
        }
    }

    // Steps backwards, in Swift's own arithmetic. Forwards, x' = x + r(s) on the fixed grid of [1, 2), with s from the
    // other register; so x = x' - r(s), and r(-s) = -r(s). That this holds bit for bit is what makes a turn
    // one-to-one: no two states, a right one and a wrong one, can ever meet.
    @Test("the recurrence run backwards from a kernel's end state arrives at its start", arguments: fusedKernelsHere)
    func reverses(kernel: FMAKernel) throws {
        let initial = kernel.initialState(seed: 19)
        let end = try #require(kernel.advance(initial, iterations: 1000))
        let back =
            switch kernel.elementType {
            case .f64: backwards(end, 1000, as: Double.self)
            case .f32: backwards(end, 1000, as: Float.self)
            }
        #expect(back == initial.values)
    }

    private func backwards<Element: BinaryFloatingPoint>(
        _ end: FMAState, _ iterations: Int, as type: Element.Type
    ) -> [Double] {
        let kernel = end.kernel
        let (a, b) = (Element(kernel.constant(0)), Element(kernel.constant(1)))
        let (v, w) = (Element(kernel.constant(2)), Element(kernel.constant(3)))
        var values = end.values.map { Element($0) }
        for pair in 0..<kernel.elementCount / 2 {
            let first = pair / kernel.lanes * 2 * kernel.lanes + pair % kernel.lanes
            var (x, y) = (values[first], values[first + kernel.lanes])
            for _ in 0..<iterations {
                y.addProduct(-b, x)
                y.addProduct(b, w)
                x.addProduct(a, y)
                x.addProduct(-a, v)
            }
            (values[first], values[first + kernel.lanes]) = (x, y)
        }
        return values.map { Double($0) }
    }

    // Without rounding, a turn takes (X, Y) = (x - w, y - v) to M(X, Y), M = [[1, -a], [b, 1 - ab]], det M = 1,
    // trace 2 - ab = 2 cos t; by Cayley-Hamilton Mⁿ = sin(nt)/sin(t) · M - sin((n-1)t)/sin(t) · I.
    // A turn rounds twice into x and twice into y, by u/2 each at most: an error (u, u + b·u), below 1.56 u in length.
    // Mᵏ preserves b·X² - ab·XY + a·Y², whose axes differ by less than 1.11, so n turns err below 1.74·n·u.
    // 3·n·u leaves as much again for the roundings of this formula, whose angle errs by about 5·2^-53·n.
    @Test(
        "after n turns a pair stands where a rotation by n times the angle puts it", arguments: fusedKernelsHere,
        [1, 10, 1000])
    func rotates(kernel: FMAKernel, turns: Int) throws {
        let (a, b, v, w) = (kernel.constant(0), kernel.constant(1), kernel.constant(2), kernel.constant(3))
        let angle = acos(1 - a * b / 2)
        let n = Double(turns)
        let (s, r) = (sin(n * angle) / sin(angle), sin((n - 1) * angle) / sin(angle))
        let initial = kernel.initialState(seed: 23)
        let start = initial.values
        let end = try #require(kernel.advance(initial, iterations: turns)).values
        let tolerance = 3 * n * unit(kernel.elementType)
        for pair in 0..<kernel.elementCount / 2 {
            let first = pair / kernel.lanes * 2 * kernel.lanes + pair % kernel.lanes
            let (x, y) = (start[first] - w, start[first + kernel.lanes] - v)
            #expect(abs(end[first] - w - (s * (x - a * y) - r * x)) <= tolerance)
            #expect(abs(end[first + kernel.lanes] - v - (s * (b * x + (1 - a * b) * y) - r * y)) <= tolerance)
        }
        // The check can fail: a turn is about 0.19 rad of a circle of some 0.1, far more than the tolerance.
        #expect(tolerance < 0.001)
    }

    // The extreme values of a turn are x + a·v and y - b·w; both must stay within [1, 2) for the grid to be fixed.
    // The orbit's half axes follow from the invariant at the corner of the initial box, where it is largest.
    @Test("a proven run cannot leave [1, 2), whatever the roundings", arguments: fusedKernels)
    func staysInRange(kernel: FMAKernel) {
        let (a, b, v, w) = (kernel.constant(0), kernel.constant(1), kernel.constant(2), kernel.constant(3))
        let invariant = 0.125 * 0.125 * (a + b + a * b)
        let halfX = (invariant / (b * (1 - a * b / 4))).squareRoot()
        let halfY = (invariant / (a * (1 - a * b / 4))).squareRoot()
        let drift = 1.74 * Double(kernel.longestProvenRun) * unit(kernel.elementType)
        #expect(w + halfX + drift + a * v < 2)
        #expect(v - halfY - drift - b * w > 1)
        #expect(v + halfY + drift < 2)
        #expect(w - halfX - drift > 1)
    }

    @Test(
        "a proven run ends within a hundredth of where rounding errors of random sign leave it",
        arguments: fusedKernelsHere)
    func driftIsSmall(kernel: FMAKernel) throws {
        let end = try #require(kernel.advance(kernel.initialState(seed: 29), iterations: 1 << 19)).values
        // Half axes are below 0.19 around centres within [1.37, 1.61]; 2^20 roundings of random sign add 1000 u or so.
        #expect(end.allSatisfy { (1.17...1.81).contains($0) })
    }

    @Test("multiplying and adding with two roundings instead of one is found", arguments: fusedKernels)
    func unfusedImpostor(kernel: FMAKernel) {
        let initial = kernel.initialState(seed: 31)
        let expected = kernel.expectedState(from: initial, iterations: 1000).values
        let found =
            switch kernel.elementType {
            case .f64: twoRoundings(initial, 1000, as: Double.self)
            case .f32: twoRoundings(initial, 1000, as: Float.self)
            }
        #expect(found != expected)
    }

    private func twoRoundings<Element: BinaryFloatingPoint>(
        _ initial: FMAState, _ iterations: Int, as type: Element.Type
    ) -> [Double] {
        let kernel = initial.kernel
        let (a, b) = (Element(kernel.constant(0)), Element(kernel.constant(1)))
        let (v, w) = (Element(kernel.constant(2)), Element(kernel.constant(3)))
        var values = initial.values.map { Element($0) }
        for pair in 0..<kernel.elementCount / 2 {
            let first = pair / kernel.lanes * 2 * kernel.lanes + pair % kernel.lanes
            var (x, y) = (values[first], values[first + kernel.lanes])
            for _ in 0..<iterations {
                x += a * v
                x -= a * y
                y -= b * w
                y += b * x
            }
            (values[first], values[first + kernel.lanes]) = (x, y)
        }
        return values.map { Double($0) }
    }
}
