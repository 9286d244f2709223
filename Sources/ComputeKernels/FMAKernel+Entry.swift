// FMAKernel+Entry.swift: the call itself, made of two addresses, so that the timed region holds nothing else.

internal import CKernels
internal import Foundation

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

        /// Hands `body` the same call as a C function and its argument, for a guard that survives a crash in it.
        ///
        /// A processor may refuse an instruction that its features promise. What a guard then leaves by a jump are C
        /// frames only, the kernel `swift` apart, which holds nothing that needs leaving in order.
        ///
        /// - Parameter body: Calls the function at most once, with the argument, which is valid during `body` only.
        package func withGuardArguments<Result>(
            iterations: Int, state: UnsafeMutableRawPointer,
            _ body: (_ function: @convention(c) (UnsafeMutableRawPointer?) -> Void, _ context: UnsafeMutableRawPointer)
                throws -> Result
        ) rethrows -> Result {
            var call = sl_fma_call(
                function: function, iterations: UInt64(truncatingIfNeeded: iterations), state: state,
                constants: constants)
            return try withUnsafeMutablePointer(to: &call) { try body(sl_fma_first_call, UnsafeMutableRawPointer($0)) }
        }
    }

    /// The constants of a recurrence.
    ///
    /// `@unchecked Sendable`: the address is of a static, immutable array in the C table.
    struct Constants: @unchecked Sendable {
        let address: UnsafeRawPointer
    }

    /// Asks the operating system for what the kernel needs beyond the processor's features: AMX tiles.
    ///
    /// Call it before the first `Entry.run` of the process, and only where the kernel is to run: tiles make each
    /// thread's register state 8 KB larger from then on. The question is asked once.
    ///
    /// - Returns: nil, or why the kernel cannot run after all.
    package func prepare() -> String? {
        requiredFeatures.contains("amx_tile") && isCompiledHere ? Self.tileRefusal : nil
    }

    private static let tileRefusal: String? = {
        let code = sl_amx_request()
        return code == 0 ? nil : "the kernel refuses AMX state: \(String(cString: strerror(code))) (arch_prctl)"
    }()

    /// The state that the kernel leaves after `iterations`, computed by the kernel in memory of its own.
    ///
    /// For checks and first calls; a timed loop uses `entry` on memory that it keeps.
    ///
    /// - Returns: nil when this build does not contain the kernel. The processor must have its features, and
    ///   `prepare()` must have found nothing in the way.
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
