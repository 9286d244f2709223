// TimedClockProbe.swift: clock probes of a set length, timed.

import CLinux
import ComputeKernels

/// The clock of the core that the calling thread runs on.
struct TimedClockProbe: Sendable {
    /// Of one chain. Short, so that most probes see no interrupt.
    static let secondsPerSlice = 0.03e-3

    private let iterations: Int

    /// Calibrates itself on this thread.
    init(lasting seconds: Double = secondsPerSlice) {
        iterations = FMASampler.iterations(lasting: seconds) { ClockProbe.run(.integer, iterations: $0) }
    }

    /// Runs each chain once, and says how fast the fastest was, in hertz.
    func hertz() -> Double {
        var fastest = UInt64.max
        for chain in ClockProbe.chains {
            let start = sl_monotonic_ns()
            ClockProbe.run(chain, iterations: iterations)
            fastest = min(fastest, sl_monotonic_ns() - start)
        }
        return Double(iterations * ClockProbe.cyclesPerIteration) / (Double(max(1, fastest)) * 1e-9)
    }
}
