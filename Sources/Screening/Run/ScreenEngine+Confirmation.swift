// ScreenEngine+Confirmation.swift: repeats the very work of a finding: on its core and on others, in its memory and in
// fresh memory, and for a library's product by our own kernel.

import CLinux
import ComputeKernels

/// Calls of one work on some CPUs at once.
struct Repetition {
    enum Memory {
        /// The CPU's own, made anew, or that of another place.
        case own, fresh
        case of(Int)
    }

    let work: any ScreenWork
    let input: [UInt64]
    let seed: UInt64
    let golden: ScreenDigest
    /// By place; the others rest.
    let memory: [Int: Memory]

    /// A fault that shows once in a hundred calls is to be met; a slow work is not to take for ever.
    static let runs = 20...250
    static let seconds = 0.4
}

extension ScreenEngine {
    /// What repetitions show; nil where nobody knows what is right.
    func confirm(_ key: Sighting.Key) -> Confirmation? {
        guard let sighting = findings[key]?.first, let golden = sighting.expected else { return nil }
        func repeated(_ work: any ScreenWork, _ memory: [Int: Repetition.Memory]) -> [RepetitionCount] {
            issue(
                .repeated(
                    Repetition(
                        work: work, input: sighting.input, seed: sighting.dataSeed, golden: golden, memory: memory)))
            return seats.map(\.repetition)
        }
        let suspect = sighting.place
        let siblings = Set(plan.siblings[plan.cpus[suspect]] ?? [])
        var found = Confirmation()
        found.inputIntact = sighting.inputIntact
        found.sameMemory = repeated(sighting.work, [suspect: .own])[suspect]
        found.freshMemory = repeated(sighting.work, [suspect: .fresh])[suspect]
        let places = plan.cpus.indices
        let together = repeated(sighting.work, Dictionary(uniqueKeysWithValues: places.map { ($0, .own) }))
        for place in places {
            if place == suspect {
                found.underLoad = together[place]
                continue
            }
            if siblings.contains(plan.cpus[place]) {
                found.sibling = found.sibling + together[place]
            } else {
                found.others = found.others + together[place]
            }
            if together[place].wrong > 0 { found.otherCPUs.append(plan.cpus[place]) }
        }
        let another = places.filter { $0 != suspect }
        // A CPU of another core where there is one, and not always the same.
        let elsewhere = another.filter { !siblings.contains(plan.cpus[$0]) }
        if let place = (elsewhere.isEmpty ? another : elsewhere).first(where: { $0 > suspect }) ?? another.first {
            found.elsewhere = repeated(sighting.work, [place: .of(suspect)])[place]
        }
        if sighting.work.isLibrary, let own = ownWork(insteadOf: sighting.work) {
            found.ownKernel = repeated(own, [suspect: .own])[suspect]
        }
        return found
    }

    /// Our widest product with the same right result.
    private func ownWork(insteadOf work: any ScreenWork) -> (any ScreenWork)? {
        plan.works.last { $0.dataSet == work.dataSet && $0.id != work.id && $0.golden == .exact }
    }

    /// Where the first wrong result differs; nil where no reference says, or nothing was kept.
    func difference(_ key: Sighting.Key) -> WordDifference? {
        guard let sighting = findings[key]?.first, !sighting.result.isEmpty,
            let right = sighting.work.expected(from: sighting.input)
        else { return nil }
        return WordDifference(expected: right, found: sighting.result)
    }

    /// One CPU's part.
    func repeatWork(_ repetition: Repetition, at place: Int) {
        let seat = seats[place]
        seat.repetition = RepetitionCount()
        guard let memory = repetition.memory[place] else { return }
        let arena: ScreenArena
        switch memory {
        case .own: arena = seat.arena
        case .fresh: arena = ScreenArena(number: plan.cpus.count + place, for: [repetition.work])
        case .of(let other): arena = seats[other].arena
        }
        let begin = sl_monotonic_ns()
        func elapsed() -> Double { Double(sl_monotonic_ns() - begin) * 1e-9 }
        arena.unload()
        while seat.repetition.runs < Repetition.runs.upperBound, stopSignal() == 0,
            seat.repetition.runs < Repetition.runs.lowerBound || elapsed() < Repetition.seconds
        {
            arena.load(repetition.work, repetition.input, seed: repetition.seed)
            let signal = executor.execute(repetition.work, on: arena, cpu: seat.cpu)
            let digest = signal == 0 ? arena.digest(of: repetition.work) : nil
            let wrong = digest == repetition.golden ? nil : digest?.description ?? "signal \(signal)"
            seat.repetition.add(wrong: wrong)
        }
        arena.unload()
        seat.seconds[.confirmation, default: 0] += elapsed()
    }
}
