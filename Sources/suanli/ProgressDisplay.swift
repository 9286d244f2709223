// ProgressDisplay.swift: one line on a terminal: what is measured, and how long it still takes.
// Drawn by the measuring thread between slices, so that no thread of its own disturbs the measurement.

import CLinux
import Glibc
import Measurement
import Synchronization

/// Writes to stderr, and only when that is a terminal.
final class ProgressDisplay: Sendable {
    private struct State {
        var progress: RunProgress?
        var started: UInt64 = 0
        var drawn: UInt64 = 0
    }

    private let enabled: Bool
    private let state = Mutex(State())

    private static let barWidth = 24
    /// Seconds between two drawings; a drawing takes some microseconds, outside the timed region.
    private static let interval = 0.5

    init(enabled: Bool) { self.enabled = enabled }

    /// Shows the beginning of a measurement.
    func begin(_ progress: RunProgress) {
        guard enabled else { return }
        state.withLock {
            $0.progress = progress
            $0.started = sl_monotonic_ns()
            draw(&$0)
        }
    }

    /// Draws again when the last drawing is old. Called from measuring threads.
    func tick() {
        guard enabled else { return }
        state.withLock {
            if Double(sl_monotonic_ns() - $0.drawn) * 1e-9 > Self.interval { draw(&$0) }
        }
    }

    func clear() {
        guard enabled else { return }
        write("\r\u{1B}[K")
    }

    private func draw(_ state: inout State) {
        guard let progress = state.progress else { return }
        state.drawn = sl_monotonic_ns()
        let elapsed = Double(state.drawn - state.started) * 1e-9
        let left = Int(max(1, progress.secondsLeft - elapsed).rounded(.up))
        let filled = Self.barWidth * progress.index / max(1, progress.count)
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.barWidth - filled)
        let line = "[\(bar)] \(progress.index + 1)/\(progress.count) \(progress.current.title)  up to \(left) s left"
        // A wrapped line could not be cleared again.
        write("\r\u{1B}[K" + line.prefix(max(20, Console.columns(of: STDERR_FILENO) - 1)))
    }

    private func write(_ text: String) { _ = Console.write(text, to: STDERR_FILENO) }
}
