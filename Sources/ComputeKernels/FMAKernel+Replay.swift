// FMAKernel+Replay.swift: what a kernel's state must be, by scalar arithmetic.

internal import CKernels
internal import Quantities

extension FMAKernel {
    /// The state that a correct kernel leaves after `iterations` from `initial`, by scalar replay.
    ///
    /// Works for every kernel on every machine. Without FMA instructions, fused kernels are replayed through the C
    /// library, some fifty times slower.
    ///
    /// - Complexity: O(`iterations` × `elementCount`), 0.1 to 0.2 ns for each product and sum on a 3.5 GHz core.
    package func expectedState(from initial: FMAState, iterations: Int) -> FMAState {
        precondition(initial.kernel == self, "the state belongs to another kernel")
        precondition(iterations >= 0, "iterations are counted from 0")
        let memory = UnsafeMutableRawPointer.allocate(byteCount: stateByteCount, alignment: Self.stateAlignment)
        defer { memory.deallocate() }
        initial.copy(to: memory)
        switch elementType {
        case .f64:
            replay(
                UInt64(iterations), memory.assumingMemoryBound(to: Double.self),
                fused: sl_replay_fused_f64, unfused: sl_replay_unfused_f64)
        case .f32:
            replay(
                UInt64(iterations), memory.assumingMemoryBound(to: Float.self),
                fused: sl_replay_fused_f32, unfused: sl_replay_unfused_f32)
        }
        return FMAState(of: self, copying: memory)
    }

    private func replay<Element>(
        _ iterations: UInt64, _ state: UnsafeMutablePointer<Element>,
        fused: (UInt64, Int32, Int32, UnsafeMutablePointer<Element>?, UnsafePointer<Element>?) -> Void,
        unfused: (UInt64, Int32, UnsafeMutablePointer<Element>?, UnsafePointer<Element>?) -> Void
    ) {
        let constants = constants.address.assumingMemoryBound(to: Element.self)
        if isFused {
            fused(iterations, Int32(lanes), Int32(accumulators), state, constants)
        } else {
            unfused(iterations, Int32(elementCount), state, constants)
        }
    }
}
