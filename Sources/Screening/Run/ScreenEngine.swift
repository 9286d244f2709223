// ScreenEngine.swift: runs rounds on one thread per CPU. The first thread leads: it hands out commands that all carry
// out between two meetings, and looks at what they left in between.

import CLinux
import ComputeKernels
import Measurement

/// How far it is, for a display.
package struct ScreenProgress: Sendable {
    package let round: Int
    package let seconds: Double
    package let duration: Double
    package let findings: Int
}

// Unchecked: a seat is used by its thread during a command; `command` and all else are written by the leader between
// two meetings of all threads.
package final class ScreenEngine: @unchecked Sendable {
    enum Command {
        case takeSeat
        case judge([JudgeTask])
        case round(ScreenRound)
        case repeated(Repetition)
        case leave
    }

    /// A vote on the right result of a data set.
    struct JudgeTask {
        let set: Int
        let place: Int
    }

    let plan: ScreenPlan
    let executor: any WorkExecutor
    let stopSignal: @Sendable () -> Int32
    private let progress: @Sendable (ScreenProgress) -> Void
    let meeting: Rendezvous
    private var command = Command.takeSeat
    let seats: [Seat]
    var sets: [DataSet] = []
    /// Place of each work's data set.
    let setOfWork: [Int]
    private(set) var findings = FindingList()
    private(set) var rounds = 0
    private var start: UInt64 = 0
    var deadline: UInt64 = .max
    var timetableStart: UInt64 = 0
    let votes = VoteBox()

    /// - Parameters:
    ///   - stopSignal: The signal that asks to stop; 0 for none.
    ///   - progress: Called by the leader after each round.
    package init(
        plan: ScreenPlan, executor: any WorkExecutor = DirectExecutor(),
        stopSignal: @escaping @Sendable () -> Int32 = { 0 },
        progress: @escaping @Sendable (ScreenProgress) -> Void = { _ in }
    ) {
        self.plan = plan
        self.executor = executor
        self.stopSignal = stopSignal
        self.progress = progress
        meeting = Rendezvous(count: plan.cpus.count)
        seats = plan.cpus.indices.map { Seat(cpu: plan.cpus[$0], place: $0, works: plan.works) }
        var names: [String: Int] = [:]
        setOfWork = plan.works.map { work in
            let place = names[work.dataSet] ?? names.count
            names[work.dataSet] = place
            return place
        }
    }

    /// Screens until the time is over or a signal came.
    ///
    /// - Throws: `TeamError` and `BindingError` when a thread cannot be bound to its CPU.
    package func run() throws -> ScreenOutcome {
        try PinnedThreadTeam.run(on: plan.cpus) { [self] member in
            if member.index == 0 { lead() } else { follow(member.index) }
        }
        return outcome()
    }

    // MARK: Threads

    private func follow(_ place: Int) {
        while true {
            meeting.wait()
            if case .leave = command { return }
            carryOut(place)
            meeting.wait()
        }
    }

    func issue(_ command: Command) {
        self.command = command
        meeting.wait()
        carryOut(0)
        meeting.wait()
    }

    private func carryOut(_ place: Int) {
        switch command {
        case .takeSeat:
            // Made at its first use, by the thread that is to use it.
            _ = seats[place].arena
        case .judge(let tasks): vote(tasks.filter { $0.place == place }, at: place)
        case .round(let round): work(round, at: place)
        case .repeated(let repetition): repeatWork(repetition, at: place)
        case .leave: break
        }
    }

    // MARK: The leader

    private func lead() {
        start = sl_monotonic_ns()
        deadline = start + UInt64(plan.duration * 1e9)
        issue(.takeSeat)
        repeat {
            let round = ScreenSchedule.round(
                rounds, seed: plan.seed, cpus: plan.cpus.count, works: plan.works.count)
            prepare(round)
            issue(.round(round))
            compareLedgers(round)
            rounds += 1
            collect()
            progress(
                ScreenProgress(
                    round: rounds, seconds: Double(sl_monotonic_ns() - start) * 1e-9, duration: plan.duration,
                    findings: findings.list.count))
        } while sl_monotonic_ns() < deadline && stopSignal() == 0
        command = .leave
        meeting.wait()
    }

    /// Gives every data set of a round its input and its right result.
    private func prepare(_ round: ScreenRound) {
        var made: [DataSet] = []
        for (work, set) in zip(plan.works, setOfWork) where set == made.count {
            let seed = ScreenSchedule.dataSeed(round.index, dataSet: work.dataSet, seed: plan.seed)
            made.append(DataSet(judge: work.judge, seed: seed))
        }
        sets = made
        let cpus = plan.cpus.count
        // Two CPUs each, other ones every round.
        askVotes(
            sets.indices.flatMap { set in
                (0..<min(2, cpus)).map { JudgeTask(set: set, place: (set + round.index + $0) % cpus) }
            })
        let split = sets.indices.filter { Set(sets[$0].votes.map(\.digest)).count > 1 }
        if !split.isEmpty {
            // All vote, and those who differed once more.
            askVotes(split.flatMap { set in (0..<cpus).map { JudgeTask(set: set, place: $0) } })
        }
        for set in sets.indices { settle(set, round) }
    }

    private func askVotes(_ tasks: [JudgeTask]) {
        issue(.judge(tasks))
        for vote in votes.empty() { sets[vote.set].votes.append(vote) }
    }

    /// The right result: the stored one for known data, else what most votes say; votes against it are sightings.
    private func settle(_ index: Int, _ round: ScreenRound) {
        let votes = sets[index].votes
        let counts = Dictionary(grouping: votes.compactMap(\.digest), by: { $0 }).mapValues(\.count)
        let most = counts.values.max() ?? 0
        let winners = counts.filter { $0.value == most }.map(\.key)
        let stored = round.usesKnownData ? KnownDigests.digest(of: sets[index].judge.dataSet) : nil
        sets[index].golden = stored ?? (winners.count == 1 ? winners[0] : nil)
        let golden = sets[index].golden
        let right = votes.first { $0.digest == golden } ?? votes[0]
        sets[index].input = right.input
        for vote in votes where vote.digest == nil || vote.digest != golden {
            findings.add(
                Sighting(
                    place: vote.place, work: sets[index].judge, round: round.index, phase: .reference,
                    dataSeed: sets[index].seed, input: right.input, expected: golden,
                    found: vote.digest, signal: 0, result: [], inputIntact: vote.input == right.input,
                    conditions: CoreConditions(cpu: plan.cpus[vote.place])))
        }
    }

    /// First results of a round side by side, by another CPU than made them: a core that cannot compare may take what
    /// is wrong for right.
    private func compareLedgers(_ round: ScreenRound) {
        for place in seats.indices {
            let seat = seats[place]
            for work in plan.works.indices {
                guard let found = seat.ledger[work], let golden = sets[setOfWork[work]].golden, found != golden,
                    seat.sightingCounts[Sighting.Key(place: place, work: plan.works[work].id)] == nil
                else { continue }
                let set = sets[setOfWork[work]]
                findings.add(
                    Sighting(
                        place: place, work: plan.works[work], round: round.index, phase: .pass, dataSeed: set.seed,
                        input: set.input, expected: golden, found: found, signal: 0, result: [], inputIntact: true,
                        conditions: CoreConditions(cpu: seat.cpu)))
            }
            seat.ledger = Array(repeating: nil, count: plan.works.count)
        }
    }

    /// Takes the round's sightings over, and looks into those that are new.
    private func collect() {
        for seat in seats {
            for sighting in seat.sightings {
                findings.add(sighting, times: seat.sightingCounts[sighting.key] ?? 1)
            }
            seat.sightings = []
            seat.sightingCounts = [:]
        }
        for key in findings.unexplained.prefix(FindingList.confirmedPerRound) where stopSignal() == 0 {
            findings.explain(key, confirm(key), difference: difference(key))
        }
    }

}
