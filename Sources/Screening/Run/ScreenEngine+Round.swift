// ScreenEngine+Round.swift: what one CPU does in a round: votes on right results, calls, rests.

import CLinux
import ComputeKernels
import Synchronization

/// Where votes are handed in.
final class VoteBox: Sendable {
    struct Vote: Sendable {
        let set: Int
        let place: Int
        let input: [UInt64]
        let digest: ScreenDigest?
    }

    private let votes = Mutex<[Vote]>([])

    func add(_ vote: Vote) { votes.withLock { $0.append(vote) } }

    /// All votes since the last time.
    func empty() -> [Vote] {
        votes.withLock { votes in
            defer { votes = [] }
            return votes
        }
    }
}

extension ScreenEngine {
    /// Computes right results, and hands them in.
    func vote(_ tasks: [JudgeTask], at place: Int) {
        let seat = seats[place]
        let begin = sl_monotonic_ns()
        let arena = ScreenArena(number: 2 * plan.cpus.count + place, for: tasks.map { sets[$0.set].judge })
        for task in tasks {
            let (judge, seed) = (sets[task.set].judge, sets[task.set].seed)
            let input = judge.input(seed: seed)
            arena.load(judge, input, seed: seed)
            let signal = executor.execute(judge, on: arena, cpu: seat.cpu)
            let digest = signal == 0 ? arena.digest(of: judge) : nil
            votes.add(VoteBox.Vote(set: task.set, place: place, input: input, digest: digest))
        }
        seat.seconds[.reference, default: 0] += Double(sl_monotonic_ns() - begin) * 1e-9
    }

    /// The round's works, by its timetable.
    func work(_ round: ScreenRound, at place: Int) {
        let seat = seats[place]
        seat.cursor = 0
        let begin = sl_monotonic_ns()
        for _ in round.order where stopSignal() == 0 { item(round, .pass, seat, place, until: .max) }
        seat.seconds[.pass, default: 0] += Double(sl_monotonic_ns() - begin) * 1e-9
        meeting.wait()
        if place == 0 { timetableStart = sl_monotonic_ns() + 1_000_000 }
        meeting.wait()
        var moment = timetableStart
        for segment in round.segments.dropFirst() {
            let from = moment
            moment += UInt64(segment.seconds * 1e9)
            guard from < deadline, stopSignal() == 0 else { return }
            let works = segment.load.includes(place)
            Rendezvous.sleep(until: works ? from : moment) { stopSignal() != 0 }
            guard works else { continue }
            while sl_monotonic_ns() < min(moment, deadline), stopSignal() == 0 {
                item(round, segment.phase, seat, place, until: moment)
            }
            seat.seconds[segment.phase, default: 0] += segment.seconds
        }
    }

    /// Calls of one work are repeated for this long, so that most of the time is work and not its preparation.
    private static let itemNanoseconds: UInt64 = 2_000_000

    /// Calls of the next work in the round's order.
    private func item(_ round: ScreenRound, _ phase: ScreenPhase, _ seat: Seat, _ place: Int, until moment: UInt64) {
        let index = round.order[seat.cursor % round.order.count]
        seat.cursor += 1
        let (work, set) = (plan.works[index], sets[setOfWork[index]])
        guard let golden = set.golden else { return }
        seat.arena.load(work, set.input, seed: set.seed)
        let end = min(moment, sl_monotonic_ns() + Self.itemNanoseconds)
        repeat {
            let signal = executor.execute(work, on: seat.arena, cpu: seat.cpu)
            let found = signal == 0 ? seat.arena.digest(of: work) : nil
            seat.calls[index] += 1
            if seat.ledger[index] == nil { seat.ledger[index] = found }
            guard found != golden else { continue }
            seat.wrong[index] += 1
            note(work, set, golden, found, signal, round, phase, seat, place)
        } while sl_monotonic_ns() < end
    }

    private func note(
        _ work: any ScreenWork, _ set: DataSet, _ golden: ScreenDigest, _ found: ScreenDigest?, _ signal: Int32,
        _ round: ScreenRound, _ phase: ScreenPhase, _ seat: Seat, _ place: Int
    ) {
        let key = Sighting.Key(place: place, work: work.id)
        seat.sightingCounts[key, default: 0] += 1
        guard seat.sightingCounts[key] == 1 else { return }
        let intact = seat.arena.holds(set.input)
        if !intact { seat.arena.unload() }
        seat.sightings.append(
            Sighting(
                place: place, work: work, round: round.index, phase: phase, dataSeed: set.seed, input: set.input,
                expected: golden, found: found, signal: signal, result: seat.arena.resultCopy(of: work),
                inputIntact: intact, conditions: CoreConditions(cpu: seat.cpu)))
    }
}
