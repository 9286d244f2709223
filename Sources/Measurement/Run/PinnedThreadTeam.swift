// PinnedThreadTeam.swift: runs one closure on N threads, each bound to one logical CPU.
// Plain pthreads rather than tasks: the cooperative pool offers no way to stay on a core.

import Glibc
import MachineProbe
package import ResultRecord
import Synchronization

/// One thread of a team, as its closure sees it.
package struct TeamMember: Sendable {
    /// 0 ..< count; 0 leads.
    package let index: Int
    package let count: Int
    /// The CPU it is bound to.
    package let cpu: Int
    package let barrier: SpinBarrier
}

package enum PinnedThreadTeam {
    /// Runs `body` once per CPU, on threads of their own that are bound before it starts.
    ///
    /// - Returns: The CPUs the threads were bound to, read back from the kernel.
    /// - Throws: The first thread's failure to bind (`body` ran on none then), or `TeamError` when a thread could not be
    ///   made, or was bound to something else than asked.
    @discardableResult
    package static func run(on cpus: [Int], _ body: @escaping @Sendable (TeamMember) -> Void) throws -> CPUSet {
        let team = Team(cpus: cpus, body: body)
        var threads: [pthread_t] = []
        for index in cpus.indices {
            // Each thread takes over its own reference and gives it back when it ends.
            let context = Unmanaged.passRetained(Team.Seat(team: team, index: index))
            var thread = pthread_t()
            let code = pthread_create(
                &thread, nil,
                { context in
                    guard let context else { return nil }
                    let seat = Unmanaged<Team.Seat>.fromOpaque(context).takeRetainedValue()
                    seat.team.work(at: seat.index)
                    return nil
                }, context.toOpaque())
            guard code == 0 else {
                context.release()
                team.abandon(from: index)
                for thread in threads { pthread_join(thread, nil) }
                throw TeamError.cannotStart(threads: cpus.count, code: code)
            }
            threads.append(thread)
        }
        for thread in threads { pthread_join(thread, nil) }
        return try team.boundCPUs()
    }
}

/// The shared part of a running team.
private final class Team: Sendable {
    struct Outcome {
        var bound: [CPUSet] = []
        var failure: (any Error)?
    }

    final class Seat: Sendable {
        let team: Team
        let index: Int
        init(team: Team, index: Int) {
            self.team = team
            self.index = index
        }
    }

    private let cpus: [Int]
    private let body: @Sendable (TeamMember) -> Void
    private let barrier: SpinBarrier
    private let ready: SpinBarrier
    private let outcome = Mutex(Outcome())

    init(cpus: [Int], body: @escaping @Sendable (TeamMember) -> Void) {
        self.cpus = cpus
        self.body = body
        barrier = SpinBarrier(count: cpus.count)
        ready = SpinBarrier(count: cpus.count)
    }

    func work(at index: Int) {
        do {
            try CPUBinding.bindCurrentThread(to: [cpus[index]])
            let bound = CPUBinding.current()
            guard bound == [cpus[index]] else {
                throw TeamError.notBound(cpu: cpus[index], found: bound)
            }
            outcome.withLock { $0.bound.append(bound) }
        } catch {
            outcome.withLock { $0.failure = $0.failure ?? error }
        }
        ready.wait()
        guard outcome.withLock({ $0.failure == nil }) else { return }
        body(TeamMember(index: index, count: cpus.count, cpu: cpus[index], barrier: barrier))
        do {
            // A CPU that is no longer there gives its threads away without a word.
            try CPUBinding.bindCurrentThread(to: [cpus[index]])
        } catch {
            outcome.withLock { $0.failure = $0.failure ?? TeamError.cpuLost(cpus[index]) }
        }
    }

    /// Lets the threads that were started leave, when one could not be.
    func abandon(from index: Int) {
        outcome.withLock { $0.failure = TeamError.cannotStart(threads: cpus.count, code: EAGAIN) }
        for _ in index..<cpus.count { ready.arriveWithoutWaiting() }
    }

    func boundCPUs() throws -> CPUSet {
        let (bound, failure) = outcome.withLock { ($0.bound, $0.failure) }
        if let failure { throw failure }
        return CPUSet(bound.flatMap(\.numbers))
    }
}

package enum TeamError: UserFacingError, Hashable {
    case cannotStart(threads: Int, code: Int32)
    case notBound(cpu: Int, found: CPUSet)
    case cpuLost(Int)

    package var what: String {
        switch self {
        case .cannotStart(let threads, let code):
            "cannot start \(threads) threads: \(String(cString: strerror(code)))"
        case .notBound(let cpu, let found):
            "a thread was bound to CPU \(cpu), but the kernel let it run on \(found)"
        case .cpuLost(let cpu): "CPU \(cpu) was taken away while it was being measured"
        }
    }

    package var nextStep: String {
        switch self {
        case .cannotStart: "Raise the limit on processes (ulimit -u, pids.max), or pass --threads with fewer."
        case .notBound, .cpuLost: "See whether the CPU went offline or the cpuset changed, and run again."
        }
    }

    package var exitStatus: ExitStatus { .measurementFailed }
}
