// FMAState.swift: the contents of a kernel's accumulators as a value, to start from and to compare.

internal import Quantities
internal import SampleStatistics

/// Every element of a kernel's state, accumulator by accumulator, as bit patterns.
///
/// Holds `kernel.elementCount` patterns. Two states are equal when they agree bit for bit, so -0 is not 0, and a
/// NaN is found.
package struct FMAState: Sendable, Hashable {
    package let kernel: FMAKernel
    /// IEEE 754 bit patterns; those of f32 fill the low half.
    package var bits: [UInt64]

    /// Copies `kernel.stateByteCount` bytes, the state that a kernel left in memory of the caller's.
    package init(of kernel: FMAKernel, copying memory: UnsafeRawPointer) {
        self.kernel = kernel
        bits = (0..<kernel.elementCount).map { element in
            switch kernel.elementType {
            case .f64: memory.load(fromByteOffset: element * 8, as: UInt64.self)
            case .f32: UInt64(memory.load(fromByteOffset: element * 4, as: UInt32.self))
            }
        }
    }

    /// Writes the state into `kernel.stateByteCount` bytes of the caller's, aligned to its elements.
    package func copy(to memory: UnsafeMutableRawPointer) {
        for (element, pattern) in bits.enumerated() {
            switch kernel.elementType {
            case .f64: memory.storeBytes(of: pattern, toByteOffset: element * 8, as: UInt64.self)
            case .f32:
                memory.storeBytes(of: UInt32(truncatingIfNeeded: pattern), toByteOffset: element * 4, as: UInt32.self)
            }
        }
    }

    /// The elements as numbers; exact, since every f32 is an f64.
    package var values: [Double] {
        bits.map { pattern in
            switch kernel.elementType {
            case .f64: Double(bitPattern: pattern)
            case .f32: Double(Float(bitPattern: UInt32(truncatingIfNeeded: pattern)))
            }
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
    /// Random initial values, every one different, from the intervals that the recurrence needs.
    ///
    /// Unfused: within [1, 1.125]. Fused: within 0.125 of the centre (w, v) of the rotation, x in the even and y in
    /// the odd accumulators.
    package func initialState(seed: UInt64) -> FMAState {
        var generator = SeededGenerator(seed: seed)
        var taken: Set<UInt64> = []
        let patterns = (0..<elementCount).map { element in
            let lowest = isFused ? constant(element / lanes % 2 == 0 ? 3 : 2) - 0.125 : 1
            let width = isFused ? 0.25 : 0.125
            while true {
                let value = lowest + width * generator.uniform()
                let pattern = elementType == .f64 ? value.bitPattern : UInt64(Float(value).bitPattern)
                if taken.insert(pattern).inserted { return pattern }
            }
        }
        return FMAState(of: self, bits: patterns)
    }

    /// One of the recurrence's constants: m1, c1, m2, c2, or a, b, v, w when fused.
    package func constant(_ index: Int) -> Double {
        precondition((0..<4).contains(index), "a recurrence has four constants")
        return switch elementType {
        case .f64: constants.address.load(fromByteOffset: index * 8, as: Double.self)
        case .f32: Double(constants.address.load(fromByteOffset: index * 4, as: Float.self))
        }
    }
}

extension FMAState {
    init(of kernel: FMAKernel, bits: [UInt64]) {
        self.kernel = kernel
        self.bits = bits
    }
}
