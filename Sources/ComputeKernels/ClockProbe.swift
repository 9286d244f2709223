// ClockProbe.swift: a loop of known length in core cycles, from whose time the clock follows.

internal import CKernels

/// A chain of dependent one-cycle additions: clock = iterations × `cyclesPerIteration` / seconds.
///
/// The best of many short runs is the clock while the core is ours; interruptions only ever lower it.
package enum ClockProbe {
    package static let cyclesPerIteration = Int(SL_CLOCK_CHAIN_CYCLES)

    /// Runs the chain.
    ///
    /// - Parameter iterations: ≥ 0.
    /// - Returns: `expectedResult(iterations:)` when every addition was made.
    @discardableResult
    package static func run(iterations: Int) -> UInt64 {
        sl_clock_chain(UInt64(truncatingIfNeeded: iterations))
    }

    /// The sum that the chain arrives at, by one multiplication modulo 2^64.
    package static func expectedResult(iterations: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: iterations) &* UInt64(cyclesPerIteration) &* SL_CLOCK_CHAIN_STEP
    }
}
