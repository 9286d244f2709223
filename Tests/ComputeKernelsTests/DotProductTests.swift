// DotProductTests.swift: what dot products add up to, from their operands' bytes, in Swift's integers.

import ComputeKernels
import Quantities
import Testing

private let dotKernels = FMAKernel.all.filter { if case .dot = $0.recurrence { true } else { false } }

/// The two matrix or vector products of one iteration, decoded from the operand registers.
private struct Operands {
    /// Factors of each lane, k = 0, 1, …: those of L0 and R0, then those of L1 and R1.
    let turns: [[(left: [Int], right: [Int])]]

    init(_ kernel: FMAKernel) {
        guard case .dot(let depth) = kernel.recurrence else { preconditionFailure("not a dot product") }
        let size = kernel.elementType.bytes
        let isUnsigned = kernel.variant.hasSuffix("-vnni")
        func factor(_ register: Int, _ index: Int) -> Int {
            let bytes = (0..<size).map { kernel.operandByte(register * kernel.operandBytes + index * size + $0) }
            guard kernel.elementType == .bf16 else {
                return isUnsigned && register % 2 == 0 ? Int(bytes[0]) : Int(Int8(bitPattern: bytes[0]))
            }
            let pattern = UInt32(bytes[0]) << 16 | UInt32(bytes[1]) << 24
            return Int(Float(bitPattern: pattern))
        }
        turns = [0, 2].map { left in
            (0..<kernel.lanes).map { lane in
                let indices: [(Int, Int)] = (0..<depth).map { k in
                    switch kernel.lanes {
                    // Tiles: row i of the left one, column j of the right one, whose rows hold groups of 4 bytes.
                    case 256:
                        let group = 4 / size
                        return (lane / 16 * depth + k, k / group * 16 * group + lane % 16 * group + k % group)
                    // SMMLA and BFMMLA: rows i and j.
                    case 4 where depth * size == 8: return (lane / 2 * depth + k, lane % 2 * depth + k)
                    default: return (lane * depth + k, lane * depth + k)
                    }
                }
                return (indices.map { factor(left, $0.0) }, indices.map { factor(left + 1, $0.1) })
            }
        }
    }

    /// What an element of lane `lane` gains in the first or second half of an iteration.
    func gain(_ turn: Int, lane: Int) -> Int {
        zip(turns[turn][lane].left, turns[turn][lane].right).map { $0 * $1 }.reduce(0, +)
    }

    func gain(lane: Int) -> Int { gain(0, lane: lane) + gain(1, lane: lane) }
}

@Suite("Dot products")
struct DotProductTests {
    @Test("the replay adds to each element its lane's products, times the iterations", arguments: dotKernels)
    func closedForm(kernel: FMAKernel) {
        let operands = Operands(kernel)
        let initial = kernel.initialState(seed: 13)
        for iterations in [0, 1, 2, 1000, kernel.longestProvenRun] {
            let end = kernel.expectedState(from: initial, iterations: iterations)
            let expected = initial.values.enumerated().map { element, value in
                let sum = Int(value) + iterations * operands.gain(lane: element % kernel.lanes)
                return kernel.accumulator == .i32 ? Double(Int32(truncatingIfNeeded: sum)) : Double(sum)
            }
            #expect(end.values == expected)
        }
    }

    // i32 wraps modulo 2^32: n gains vanish only if 2^32 divides n times the gain.
    @Test("each iteration shows in each element, up to the proven run", arguments: dotKernels)
    func countsIterations(kernel: FMAKernel) {
        let operands = Operands(kernel)
        for lane in 0..<kernel.lanes {
            let gain = operands.gain(lane: lane)
            #expect(gain != 0)
            #expect(gain.trailingZeroBitCount + kernel.longestProvenRun.trailingZeroBitCount < 32)
        }
    }

    @Test("both halves of an iteration multiply different operands", arguments: dotKernels)
    func differentOperands(kernel: FMAKernel) {
        let size = kernel.operandBytes
        let registers = (0..<4).map { register in (0..<size).map { kernel.operandByte(register * size + $0) } }
        #expect(Set(registers).count == 4)
        for register in registers { #expect(Set(register).count > 4) }
    }

    // In [2^23, 2^24), f32 has the integers and nothing else: a wrong sum is off by a whole number, and stays so.
    @Test(
        "in bf16 the factors are integers of eight bits, and all sums stay exact",
        arguments: dotKernels.filter { $0.elementType == .bf16 })
    func exactInBF16(kernel: FMAKernel) {
        let operands = Operands(kernel)
        let start = kernel.initialState(seed: 1).values
        let run = Double(kernel.longestProvenRun)
        #expect(start.allSatisfy { abs($0 - 0x1.8p23) <= 0x1p18 })
        for lane in 0..<kernel.lanes {
            let factors = operands.turns.flatMap { $0[lane].left + $0[lane].right }
            #expect(factors.allSatisfy { $0 & 1 == 1 && abs($0) < 256 })
            // All but the one right factor that makes the difference use all eight bits.
            #expect(factors.count { abs($0) < 128 } == 2)
            #expect([2, 6].contains(abs(operands.gain(lane: lane))))
            // Whatever the order of the products, partial sums are below the sum of their magnitudes.
            let excursion = zip(operands.turns[0][lane].left, operands.turns[0][lane].right)
                .map { Double(abs($0 * $1)) }.reduce(0, +)
            #expect(0x1p18 + 6 * run + excursion < 0x1p22)
        }
    }

    @Test("bytes are of either sign and of all sizes", arguments: dotKernels.filter { $0.elementType == .i8 })
    func fullRange(kernel: FMAKernel) {
        let operands = Operands(kernel)
        let right = operands.turns.flatMap { $0.flatMap(\.right) }
        let left = operands.turns.flatMap { $0.flatMap(\.left) }
        let isUnsigned = kernel.variant.hasSuffix("-vnni")
        #expect(right.contains { $0 < -64 } && right.contains { $0 > 64 })
        #expect(isUnsigned ? left.contains { $0 > 192 } : left.contains { $0 < -64 } && left.contains { $0 > 64 })
    }
}
