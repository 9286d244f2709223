// FMAState.swift: the contents of a kernel's accumulators as a value, to start from and to compare.

internal import SampleStatistics

/// Every element of a kernel's state, accumulator by accumulator, as bit patterns.
///
/// Holds `kernel.elementCount` patterns. Two states are equal when they agree bit for bit, so -0 is not 0, and a
/// NaN is found.
package struct FMAState: Sendable, Hashable {
    package let kernel: FMAKernel
    /// Bit patterns of the accumulator's format, in the low bits.
    package var bits: [UInt64]

    /// Copies `kernel.stateByteCount` bytes, the state that a kernel left in memory of the caller's.
    package init(of kernel: FMAKernel, copying memory: UnsafeRawPointer) {
        self.kernel = kernel
        let size = kernel.accumulator.bytes
        bits = (0..<kernel.elementCount).map { element in
            switch size {
            case 8: memory.load(fromByteOffset: element * 8, as: UInt64.self)
            case 4: UInt64(memory.load(fromByteOffset: element * 4, as: UInt32.self))
            default: UInt64(memory.load(fromByteOffset: element * 2, as: UInt16.self))
            }
        }
    }

    /// Writes the state into `kernel.stateByteCount` bytes of the caller's, aligned to its elements.
    package func copy(to memory: UnsafeMutableRawPointer) {
        let size = kernel.accumulator.bytes
        for (element, pattern) in bits.enumerated() {
            switch size {
            case 8: memory.storeBytes(of: pattern, toByteOffset: element * 8, as: UInt64.self)
            case 4:
                memory.storeBytes(of: UInt32(truncatingIfNeeded: pattern), toByteOffset: element * 4, as: UInt32.self)
            default:
                memory.storeBytes(of: UInt16(truncatingIfNeeded: pattern), toByteOffset: element * 2, as: UInt16.self)
            }
        }
    }

    /// The elements as numbers; exact, since an f64 holds every value of the other formats.
    package var values: [Double] { bits.map(kernel.accumulator.value) }
}

extension FMAKernel.Accumulator {
    /// The number that a bit pattern stands for.
    package func value(ofBits pattern: UInt64) -> Double {
        switch self {
        case .f64: Double(bitPattern: pattern)
        case .f32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern)))
        case .f16: Double(Float16(bitPattern: UInt16(truncatingIfNeeded: pattern)))
        case .i32: Double(Int32(truncatingIfNeeded: pattern))
        }
    }

    /// The bit pattern of the nearest number of the format; for i32, `value` must be an integer in its range.
    func bits(nearest value: Double) -> UInt64 {
        switch self {
        case .f64: value.bitPattern
        case .f32: UInt64(Float(value).bitPattern)
        case .f16: UInt64(Float16(value).bitPattern)
        case .i32: UInt64(UInt32(bitPattern: Int32(value)))
        }
    }
}

extension FMAState {
    /// One element in which two states disagree.
    package struct Difference: Sendable, Hashable, CustomStringConvertible {
        package let accumulator: Int
        package let lane: Int
        /// Bit patterns.
        package let expected: UInt64
        package let found: UInt64

        package var description: String {
            "accumulator \(accumulator), lane \(lane): expected bits 0x\(String(expected, radix: 16)), "
                + "found 0x\(String(found, radix: 16))"
        }
    }

    /// The first element, accumulator by accumulator, that differs from `expected` in any bit; nil when none does.
    package func firstDifference(from expected: FMAState) -> Difference? {
        precondition(expected.kernel == kernel, "the states belong to different kernels")
        guard let element = bits.indices.first(where: { bits[$0] != expected.bits[$0] }) else { return nil }
        return Difference(
            accumulator: element / kernel.lanes, lane: element % kernel.lanes,
            expected: expected.bits[element], found: bits[element])
    }
}

extension FMAKernel {
    /// Random initial values from the intervals that the recurrence needs.
    ///
    /// Every one is different, but for f16, which has too few values: there every pair is.
    package func initialState(seed: UInt64) -> FMAState {
        var generator = SeededGenerator(seed: seed)
        var taken: Set<UInt64> = []
        var patterns: [UInt64] = []
        for element in 0..<elementCount {
            let isSecondOfPair = element / lanes % 2 == 1
            let range = initialRange(secondOfPair: isSecondOfPair)
            while true {
                var value = range.lowerBound + (range.upperBound - range.lowerBound) * generator.uniform()
                if case .dot = recurrence { value.round(.down) }
                let pattern = accumulator.bits(nearest: value)
                let isNew =
                    accumulator == .f16
                    ? !isSecondOfPair || taken.insert(patterns[element - lanes] << 16 | pattern).inserted
                    : taken.insert(pattern).inserted
                guard isNew else { continue }
                patterns.append(pattern)
                break
            }
        }
        return FMAState(of: self, bits: patterns)
    }

    /// Where initial values lie. Unfused: [1, 1.125]. Pairs: within 0.125 of the centre of their rotation. Dot products:
    /// integers, in f32 within 2¹⁸ of 1.5 × 2²³.
    private func initialRange(secondOfPair: Bool) -> ClosedRange<Double> {
        let centre: Double
        switch recurrence {
        case .unfused: return 1...1.125
        case .dot: return accumulator == .i32 ? -0x1p31...0x1p31 - 1 : 0x1.8p23 - 0x1p18...0x1.8p23 + 0x1p18
        case .fused: centre = constant(secondOfPair ? 2 : 3)
        case .mix: centre = constant(1) / constant(0) + (secondOfPair ? 0 : constant(1))
        }
        return centre - 0.125...centre + 0.125
    }

    /// One of the recurrence's constants: m1, c1, m2, c2; a, b, v, w when fused; a, c for the mix.
    package func constant(_ index: Int) -> Double {
        precondition((0..<(recurrence == .mix ? 2 : 4)).contains(index), "the recurrence has fewer constants")
        return switch accumulator {
        case .f64: constants.address.load(fromByteOffset: index * 8, as: Double.self)
        case .f32: Double(constants.address.load(fromByteOffset: index * 4, as: Float.self))
        case .f16: Double(constants.address.load(fromByteOffset: index * 2, as: Float16.self))
        case .i32: preconditionFailure("dot products have operands, not constants")
        }
    }

    /// One byte of a dot product's operands: L0, R0, L1, R1, each of `operandBytes`.
    package func operandByte(_ index: Int) -> UInt8 {
        precondition((0..<4 * operandBytes).contains(index), "there are four operands")
        return constants.address.load(fromByteOffset: index, as: UInt8.self)
    }

    /// Bytes of each of the four operand registers of a dot product, those of an accumulator.
    package var operandBytes: Int { lanes * accumulator.bytes }
}

extension FMAState {
    init(of kernel: FMAKernel, bits: [UInt64]) {
        self.kernel = kernel
        self.bits = bits
    }
}
