// SpinBarrier.swift: lets a fixed number of threads meet within a fraction of a microsecond.
// A sleeping barrier would wake threads tens of microseconds apart, which is much of a slice.

import CLinux
import Glibc
import Synchronization

/// A barrier for `count` running threads, each on a CPU of its own.
package final class SpinBarrier: Sendable {
    private let count: Int
    private let arrived = Atomic<Int>(0)
    private let generation = Atomic<Int>(0)

    /// After this many turns a waiting thread offers its CPU to others: on a machine with competing load the thread
    /// that is waited for may need it. About a millisecond.
    private static let patience = 20_000

    package init(count: Int) { self.count = count }

    /// Counts one arrival in place of a thread that will never come.
    package func arriveWithoutWaiting() {
        let current = generation.load(ordering: .acquiring)
        if arrived.add(1, ordering: .acquiringAndReleasing).newValue == count { release(current) }
    }

    private func release(_ current: Int) {
        arrived.store(0, ordering: .relaxed)
        generation.store(current &+ 1, ordering: .releasing)
    }

    /// Returns once all threads have called it. What a thread wrote before is visible to the others after.
    package func wait() {
        let current = generation.load(ordering: .acquiring)
        if arrived.add(1, ordering: .acquiringAndReleasing).newValue == count {
            release(current)
            return
        }
        var turns = 0
        while generation.load(ordering: .acquiring) == current {
            turns += 1
            if turns > Self.patience { sched_yield() } else { sl_cpu_relax() }
        }
    }
}
