// ProgressDisplay.swift: one line on a terminal: what is measured, and how long it still takes.

import Glibc
import Measurement

/// Writes to stderr, and only when that is a terminal.
struct ProgressDisplay {
    let enabled: Bool

    private static let width = 24

    func show(_ progress: RunProgress) {
        guard enabled else { return }
        let filled = Self.width * progress.index / max(1, progress.count)
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.width - filled)
        let left = Int(max(1, progress.secondsLeft).rounded(.up))
        show(
            "\r\u{1B}[K[\(bar)] \(progress.index + 1)/\(progress.count) \(progress.current.title)  "
                + "up to \(left) s left")
    }

    func clear() {
        guard enabled else { return }
        show("\r\u{1B}[K")
    }

    private func show(_ text: String) { _ = Console.write(text, to: STDERR_FILENO) }
}
