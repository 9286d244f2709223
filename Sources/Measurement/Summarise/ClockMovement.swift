// ClockMovement.swift: how far the clock moved while a measurement was sampled.
// An interrupt makes a probe read too low, nothing makes it read too high; single slow probes must not look like a clock
// that fell.

import SampleStatistics

package enum ClockMovement {
    /// Consecutive probes of a thread are put into this many windows, of at least `fewestProbes`.
    static let windows = 20
    static let fewestProbes = 4

    /// The movement of the thread whose clock moved most: what lies between its slow and its fast windows, over the
    /// fast ones.
    ///
    /// A window's clock is the upper quartile of its probes, so that half of them may have met an interrupt. Of twenty
    /// windows the slowest and the fastest are left out: a movement shorter than a twentieth of the measurement is not
    /// seen. Threads are looked at one by one, since cores may differ at steady clocks.
    ///
    /// - Parameter clocks: Hertz by thread, each in the order of measurement.
    /// - Returns: 0 ..< 1; nil when no thread has two windows' worth of probes.
    package static func share(_ clocks: [[Double]]) -> Double? {
        clocks.compactMap { movement(ofThread: $0) }.max()
    }

    private static func movement(ofThread clocks: [Double]) -> Double? {
        let count = min(windows, clocks.count / fewestProbes)
        guard count >= 2 else { return nil }
        let levels = (0..<count).compactMap { window in
            let range = clocks.count * window / count..<clocks.count * (window + 1) / count
            return OrderStatistics(Array(clocks[range]))?.quantile(0.75)
        }
        guard let order = OrderStatistics(levels), levels.count == count else { return nil }
        let outermost = count / windows
        let fastest = order.sorted[count - 1 - outermost]
        return fastest > 0 ? 1 - order.sorted[outermost] / fastest : nil
    }
}
