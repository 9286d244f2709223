// ClockSampler.swift: the clock that cores really run at, from chains of one-cycle additions.

import CLinux
import ComputeKernels
import Synchronization

package enum ClockSampler {
    /// Seconds per probe; many short ones, so that some see no interrupt.
    private static let secondsPerProbe = 0.05e-3

    /// Hertz by CPU and probe, on all `cpus` at the same time.
    package static func clocks(on cpus: [Int], probes: Int) throws -> [[Double]] {
        let clocks = Mutex([[Double]](repeating: [], count: cpus.count))
        try PinnedThreadTeam.run(on: cpus) { member in
            let iterations = FMASampler.iterations(lasting: secondsPerProbe) { ClockProbe.run(iterations: $0) }
            let cycles = Double(iterations * ClockProbe.cyclesPerIteration)
            member.barrier.wait()
            let found = (0..<probes).map { _ in
                let start = sl_monotonic_ns()
                ClockProbe.run(iterations: iterations)
                return cycles / (Double(max(1, sl_monotonic_ns() - start)) * 1e-9)
            }
            clocks.withLock { $0[member.index] = found }
        }
        return clocks.withLock { $0 }
    }

    /// A first look at the clock of one CPU, for time estimates.
    package static func estimate(on cpu: Int) throws -> Double {
        try clocks(on: [cpu], probes: 20).first?.max() ?? 1e9
    }
}
