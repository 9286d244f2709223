// Rendezvous.swift: a barrier whose waiting threads sleep: waiting must be rest, not load.

import CLinux
import Glibc
import Synchronization

/// A barrier for `count` threads. Threads leave it within some 0.3 ms of each other; what is to begin together begins
/// at a moment that was agreed on.
final class Rendezvous: Sendable {
    private let count: Int
    private let arrived = Atomic<Int>(0)
    private let generation = Atomic<Int>(0)

    init(count: Int) { self.count = count }

    /// Returns once all threads have called it. What a thread wrote before is visible to the others after.
    func wait() {
        let current = generation.load(ordering: .acquiring)
        if arrived.add(1, ordering: .acquiringAndReleasing).newValue == count {
            arrived.store(0, ordering: .relaxed)
            generation.store(current &+ 1, ordering: .releasing)
            return
        }
        while generation.load(ordering: .acquiring) == current { usleep(200) }
    }

    /// Sleeps until a moment of the monotonic clock, the last 0.1 ms awake.
    ///
    /// - Parameter isOver: Asked every 20 ms; ends the sleep early.
    static func sleep(until moment: UInt64, unless isOver: () -> Bool) {
        while true {
            let now = sl_monotonic_ns()
            guard now < moment, !isOver() else { return }
            let left = moment - now
            if left > 100_000 {
                usleep(UInt32(min(left - 100_000, 20_000_000) / 1000))
            } else {
                sl_cpu_relax()
            }
        }
    }
}
