// ClockProbe.swift: loops of known length in core cycles, from whose time the clock follows.

internal import CKernels

/// Chains of dependent one-cycle additions: clock = iterations × `cyclesPerIteration` / seconds.
///
/// Whatever interrupts a chain, or takes its ports on another hardware thread of the core, only makes it slower: the
/// fastest of many short runs of all chains is the clock.
package enum ClockProbe {
    /// The unit that adds.
    package enum Chain: Sendable, CaseIterable {
        case integer, vector
    }

    package static let cyclesPerIteration = Int(SL_CLOCK_CHAIN_CYCLES)

    /// Those that take one cycle per addition on this architecture; the first is the integer unit's.
    #if arch(x86_64)
        package static let chains: [Chain] = [.integer, .vector]
    #else
        package static let chains: [Chain] = [.integer]
    #endif

    /// Runs a chain.
    ///
    /// - Parameter iterations: ≥ 0.
    /// - Returns: `expectedResult(iterations:)` when every addition was made.
    @discardableResult
    package static func run(_ chain: Chain, iterations: Int) -> UInt64 {
        let count = UInt64(truncatingIfNeeded: iterations)
        return switch chain {
        case .integer: sl_clock_chain(count)
        case .vector: sl_clock_chain_vector(count)
        }
    }

    /// The sum that a chain arrives at, by one multiplication modulo 2^64.
    package static func expectedResult(iterations: Int) -> UInt64 {
        UInt64(truncatingIfNeeded: iterations) &* UInt64(cyclesPerIteration) &* SL_CLOCK_CHAIN_STEP
    }
}
