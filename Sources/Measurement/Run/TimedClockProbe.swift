// TimedClockProbe.swift: a clock probe of a set length, timed.

import CLinux
import ComputeKernels

/// A chain of one-cycle additions whose time gives the clock of the core that it runs on.
struct TimedClockProbe: Sendable {
    /// Short, so that most probes see no interrupt.
    static let secondsPerSlice = 0.04e-3

    private let iterations: Int

    /// Calibrates itself on this thread.
    init(lasting seconds: Double = secondsPerSlice) {
        iterations = FMASampler.iterations(lasting: seconds) { ClockProbe.run(iterations: $0) }
    }

    /// Runs the chain once, and says how fast, in hertz.
    func hertz() -> Double {
        let start = sl_monotonic_ns()
        ClockProbe.run(iterations: iterations)
        let seconds = Double(max(1, sl_monotonic_ns() - start)) * 1e-9
        return Double(iterations * ClockProbe.cyclesPerIteration) / seconds
    }
}
