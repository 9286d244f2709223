// FMAKernel+DataSheet.swift: a kernel's data sheet in one line, for listings.

internal import Quantities

extension FMAKernel {
    /// What it computes, how wide, and what an iteration holds:
    /// `fused multiply-add, 256 bits wide, 12 accumulators; 192 flop, 0 B per iteration`.
    package var dataSheet: String {
        let operations = elementType == .i8 ? "operations" : "flop"
        let count = lanes == 0 ? "\(flopPerLane) \(operations) per lane" : "\(flopPerIteration) \(operations)"
        return "\(arithmetic), \(width), \(accumulators) accumulators; \(count), \(bytesPerIteration) B per iteration"
    }

    private var arithmetic: String {
        switch recurrence {
        case .unfused: "multiply, then add"
        case .fused: "fused multiply-add"
        case .mix: "fused multiply-add and addition by turns"
        case .dot(let depth): "sums of \(depth) products into \(accumulator.rawValue)"
        }
    }

    private var width: String {
        if requiredFeatures.contains("amx_tile") { return "tiles of 16 × 16" }
        return lanes == 0 ? "as wide as the processor" : "\(lanes * accumulator.bytes * 8) bits wide"
    }
}
