// ClockSampler.swift: a first look at the clock that a core really runs at, from chains of one-cycle additions.

import Synchronization

package enum ClockSampler {
    /// Seconds per probe; short ones, so that some see no interrupt.
    private static let secondsPerProbe = 0.05e-3

    /// A first look at the clock of one CPU, in hertz, for time estimates: the best of twenty probes.
    package static func estimate(on cpu: Int) throws -> Double {
        let best = Mutex(0.0)
        try PinnedThreadTeam.run(on: [cpu]) { _ in
            let probe = TimedClockProbe(lasting: secondsPerProbe)
            for _ in 0..<20 {
                let clock = probe.hertz()
                best.withLock { $0 = max($0, clock) }
            }
        }
        return best.withLock { $0 }
    }
}
