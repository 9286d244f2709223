// PairRecurrenceTests.swift: the fused and the mixed recurrence by two other roads: run backwards, and as a rotation.

import ComputeKernels
import Foundation
import Quantities
import Testing

private let pairKernels = shaped.filter(\.advancesPairs)
private let pairKernelsHere = runnable.filter(\.advancesPairs)

// f16 has so few values that its runs are proven by going through them all (HalfPrecisionTests).
private let widePairKernels = pairKernels.filter { $0.accumulator != .f16 }
private let widePairKernelsHere = pairKernelsHere.filter { $0.accumulator != .f16 }

/// One turn in Swift's own arithmetic, on the kernel's constants.
private struct Turn<Element: BinaryFloatingPoint> {
    let constants: [Element]
    let isMix: Bool

    init(_ kernel: FMAKernel) {
        isMix = kernel.recurrence == .mix
        constants = (0..<(isMix ? 2 : 4)).map { Element(kernel.constant($0)) }
    }

    func forwards(_ x: inout Element, _ y: inout Element) {
        if isMix {
            let (a, c) = (constants[0], constants[1])
            x.addProduct(-a, y)
            y -= c
            y.addProduct(a, x)
            x += c
        } else {
            let (a, b, v, w) = (constants[0], constants[1], constants[2], constants[3])
            x.addProduct(a, v)
            x.addProduct(-a, y)
            y.addProduct(-b, w)
            y.addProduct(b, x)
        }
    }

    /// The lines of a turn in the opposite order, each with the opposite sign.
    func backwards(_ x: inout Element, _ y: inout Element) {
        if isMix {
            let (a, c) = (constants[0], constants[1])
            x -= c
            y.addProduct(-a, x)
            y += c
            x.addProduct(a, y)
        } else {
            let (a, b, v, w) = (constants[0], constants[1], constants[2], constants[3])
            y.addProduct(-b, x)
            y.addProduct(b, w)
            x.addProduct(a, y)
            x.addProduct(-a, v)
        }
    }

    /// A turn that rounds each product before it is added.
    func roundingTwice(_ x: inout Element, _ y: inout Element) {
        if isMix {
            let (a, c) = (constants[0], constants[1])
            x -= a * y
            y -= c
            y += a * x
            x += c
        } else {
            let (a, b, v, w) = (constants[0], constants[1], constants[2], constants[3])
            x += a * v
            x -= a * y
            y -= b * w
            y += b * x
        }
    }

    func apply(
        _ turn: (Turn) -> (inout Element, inout Element) -> Void, to state: FMAState, times: Int
    ) -> [Double] {
        let kernel = state.kernel
        var values = state.values.map { Element($0) }
        for (first, second) in pairs(of: kernel) {
            var (x, y) = (values[first], values[second])
            for _ in 0..<times { turn(self)(&x, &y) }
            (values[first], values[second]) = (x, y)
        }
        return values.map { Double($0) }
    }
}

/// Indices of x and y in a state.
private func pairs(of kernel: FMAKernel) -> [(x: Int, y: Int)] {
    (0..<kernel.elementCount / 2).map { pair in
        let first = pair / kernel.lanes * 2 * kernel.lanes + pair % kernel.lanes
        return (first, first + kernel.lanes)
    }
}

/// What a turn is without rounding: M = [[1, -a], [b, 1 - ab]] applied to the distance from a centre.
private struct Rotation {
    let a, b: Double
    let centre: (x: Double, y: Double)
    /// The highest and lowest intermediate values, as distances from the centre's x and y.
    let excursion: (x: Double, y: Double)

    init(_ kernel: FMAKernel) {
        a = kernel.constant(0)
        if kernel.recurrence == .mix {
            b = a
            let c = kernel.constant(1)
            centre = (c / a + c, c / a)
            excursion = (0, -c)
        } else {
            b = kernel.constant(1)
            centre = (kernel.constant(3), kernel.constant(2))
            excursion = (a * kernel.constant(2), -b * kernel.constant(3))
        }
    }

    /// Half axes of the largest orbit from initial values within 0.125 of the centre; M preserves b·X² - ab·XY + a·Y².
    var half: (x: Double, y: Double) {
        let invariant = 0.125 * 0.125 * (a + b + a * b)
        return (
            (invariant / (b * (1 - a * b / 4))).squareRoot(), (invariant / (a * (1 - a * b / 4))).squareRoot()
        )
    }
}

@Suite("The recurrences of pairs")
struct PairRecurrenceTests {
    // r(a·y) in units must never be a tie, or rounding to even could send neighbours to one value. With odd
    // significands A, Y below 2^p and a = A/2^(p+2), a·y in units of 2^-(p-1) is A·Y/2^(p+2); a tie needs 2^(p+1) to
    // divide A·Y, hence Y, which is too small for that. A constant c in [1/8, 1/4) is an odd number of eighths of a unit.
    @Test("factors have odd significands in [1/8, 1/4), so no product is half way", arguments: pairKernels)
    func noTies(kernel: FMAKernel) {
        let precision = kernel.accumulator == .f64 ? 53 : kernel.accumulator == .f32 ? 24 : 11
        for index in 0..<(kernel.recurrence == .mix ? 2 : 4) {
            let constant = kernel.constant(index)
            let isFactor = index < 2
            let significand = Int64(
                constant * Double(sign: .plus, exponent: precision + (isFactor ? 2 : -1), significand: 1))
            #expect(significand & 1 == 1)
            #expect(isFactor ? (0.125..<0.25).contains(constant) : (1..<2).contains(constant))
        }
    }

    // Steps backwards, in Swift's own arithmetic. Forwards, x' = x + r(s) on the fixed grid of [1, 2), with s from the
    // other register; so x = x' - r(s), and r(-s) = -r(s). That this holds bit for bit is what makes a turn
    // one-to-one: no two states, a right one and a wrong one, can ever meet.
    @Test("the recurrence run backwards from a kernel's end state arrives at its start", arguments: pairKernelsHere)
    func reverses(kernel: FMAKernel) throws {
        let initial = kernel.initialState(seed: 19)
        let end = try #require(kernel.advance(initial, iterations: 1000))
        let back =
            switch kernel.accumulator {
            case .f64: Turn<Double>(kernel).apply(Turn.backwards, to: end, times: 1000)
            case .f32: Turn<Float>(kernel).apply(Turn.backwards, to: end, times: 1000)
            default: Turn<Float16>(kernel).apply(Turn.backwards, to: end, times: 1000)
            }
        #expect(back == initial.values)
    }

    // Without rounding, a turn takes (X, Y), the distance from the centre, to M(X, Y) with det M = 1 and trace
    // 2 - ab = 2 cos t; by Cayley-Hamilton Mⁿ = sin(nt)/sin(t) · M - sin((n-1)t)/sin(t) · I.
    // A turn rounds twice into x and twice into y, by u/2 each at most: an error (u, u + b·u), below 1.56 u in length.
    // Mᵏ preserves b·X² - ab·XY + a·Y², whose axes differ by less than 1.11, so n turns err below 1.74·n·u.
    // 3·n·u leaves as much again for the roundings of this formula, whose angle errs by about 5·2^-53·n.
    @Test(
        "after n turns a pair stands where a rotation by n times the angle puts it", arguments: widePairKernelsHere,
        [1, 10, 1000])
    func rotates(kernel: FMAKernel, turns: Int) throws {
        let rotation = Rotation(kernel)
        let (a, b, centre) = (rotation.a, rotation.b, rotation.centre)
        let angle = acos(1 - a * b / 2)
        let n = Double(turns)
        let (s, r) = (sin(n * angle) / sin(angle), sin((n - 1) * angle) / sin(angle))
        let initial = kernel.initialState(seed: 23)
        let start = initial.values
        let end = try #require(kernel.advance(initial, iterations: turns)).values
        let tolerance = 3 * n * unit(kernel.elementType)
        for pair in pairs(of: kernel) {
            let (x, y) = (start[pair.x] - centre.x, start[pair.y] - centre.y)
            #expect(abs(end[pair.x] - centre.x - (s * (x - a * y) - r * x)) <= tolerance)
            #expect(abs(end[pair.y] - centre.y - (s * (b * x + (1 - a * b) * y) - r * y)) <= tolerance)
        }
        // The check can fail: a turn is more than 0.13 rad of a circle of some 0.1, far more than the tolerance.
        #expect(tolerance < 0.001)
    }

    // All values between turns, and the intermediate ones of a turn, must stay within [1, 2) for the grid to be fixed.
    @Test("a proven run cannot leave [1, 2), whatever the roundings", arguments: widePairKernels)
    func staysInRange(kernel: FMAKernel) {
        let rotation = Rotation(kernel)
        let (centre, half, excursion) = (rotation.centre, rotation.half, rotation.excursion)
        let drift = 1.74 * Double(kernel.longestProvenRun) * unit(kernel.elementType)
        #expect(centre.x + half.x + drift + excursion.x < 2)
        #expect(centre.y - half.y - drift + excursion.y > 1)
        #expect(centre.y + half.y + drift < 2)
        #expect(centre.x - half.x - drift > 1)
    }

    // 2^20 roundings of random sign add some 1000 u, 0.0001 in f32, to the orbit's half axes.
    @Test(
        "a proven run ends within a hundredth of where rounding errors of random sign leave it",
        arguments: widePairKernelsHere)
    func driftIsSmall(kernel: FMAKernel) throws {
        let rotation = Rotation(kernel)
        let end = try #require(kernel.advance(kernel.initialState(seed: 29), iterations: 1 << 19)).values
        for pair in pairs(of: kernel) {
            #expect(abs(end[pair.x] - rotation.centre.x) < rotation.half.x + 0.01)
            #expect(abs(end[pair.y] - rotation.centre.y) < rotation.half.y + 0.01)
        }
    }

    @Test("multiplying and adding with two roundings instead of one is found", arguments: pairKernels)
    func unfusedImpostor(kernel: FMAKernel) {
        let initial = kernel.initialState(seed: 31)
        let expected = kernel.expectedState(from: initial, iterations: 1000).values
        let (right, wrong) =
            switch kernel.accumulator {
            case .f64: impostor(of: Turn<Double>(kernel), initial)
            case .f32: impostor(of: Turn<Float>(kernel), initial)
            default: impostor(of: Turn<Float16>(kernel), initial)
            }
        #expect(right == expected)
        #expect(wrong != expected)
    }

    private func impostor<Element: SendableMetatype>(of turn: Turn<Element>, _ initial: FMAState) -> (
        right: [Double], wrong: [Double]
    ) {
        (
            turn.apply(Turn.forwards, to: initial, times: 1000),
            turn.apply(Turn.roundingTwice, to: initial, times: 1000)
        )
    }
}
