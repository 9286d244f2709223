// FMAKernel+Entry.swift: the call itself, made of two addresses, so that the timed region holds nothing else.

internal import CKernels

extension FMAKernel {
    /// A kernel's function and its constants: all that a sampler needs to keep hold of while it times.
    ///
    /// Trivial to copy, so that a call allocates nothing and counts no references.
    ///
    /// `@unchecked Sendable`: both addresses are of static, immutable storage, the function's code and its constants.
    package struct Entry: @unchecked Sendable {
        private let function: sl_fma_function
        private let constants: UnsafeRawPointer

        init(function: sl_fma_function, constants: UnsafeRawPointer) {
            self.function = function
            self.constants = constants
        }

        /// Advances `state` by `iterations`.
        ///
        /// - Parameters:
        ///   - iterations: ≥ 0.
        ///   - state: `stateByteCount` bytes, aligned to `stateAlignment`, owned by the caller during the call.
        @inline(__always)
        package func run(iterations: Int, state: UnsafeMutableRawPointer) {
            function(UInt64(truncatingIfNeeded: iterations), state, constants)
        }
    }

    /// The four constants of a recurrence.
    ///
    /// `@unchecked Sendable`: the address is of a static, immutable array in the C table.
    struct Constants: @unchecked Sendable {
        let address: UnsafeRawPointer
    }

    /// The state that the kernel leaves after `iterations`, computed by the kernel in memory of its own.
    ///
    /// For checks and first calls; a timed loop uses `entry` on memory that it keeps.
    ///
    /// - Returns: nil when this build does not contain the kernel. The processor must have its features.
    package func advance(_ state: FMAState, iterations: Int) -> FMAState? {
        precondition(state.kernel == self, "the state belongs to another kernel")
        guard let entry else { return nil }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: stateByteCount, alignment: Self.stateAlignment)
        defer { memory.deallocate() }
        state.copy(to: memory)
        entry.run(iterations: iterations, state: memory)
        return FMAState(of: self, copying: memory)
    }
}
