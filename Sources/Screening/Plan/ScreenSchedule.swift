// ScreenSchedule.swift: when which CPUs work and which rest: a pure function of the seed.
// Load and rest change in steps of irregular length, so that voltage, clock and temperature move while results are
// made.

import SampleStatistics

/// Who works in a segment.
package enum LoadPattern: Sendable, Hashable {
    case all, none
    /// CPUs at even, or odd, places of the list.
    case half(odd: Bool)
    /// The CPU at one place.
    case single(Int)

    package func includes(_ index: Int) -> Bool {
        switch self {
        case .all: true
        case .none: false
        case .half(let odd): index % 2 == (odd ? 1 : 0)
        case .single(let place): index == place
        }
    }
}

/// Part of a round's timetable.
package enum ScreenPhase: String, Sendable, Hashable, Codable, CaseIterable {
    /// Each work at least once on every CPU, all at the same time.
    case pass
    case rest
    /// One half of the CPUs works while the other rests, by turns.
    case halves
    /// One CPU alone.
    case burst
    /// All start and stop together, at irregular intervals.
    case steps
    /// The right results are computed, by portable code.
    case reference
    /// A work with a wrong result is repeated.
    case confirmation
}

package struct ScreenSegment: Sendable, Hashable {
    package let phase: ScreenPhase
    package let load: LoadPattern
    /// 0 for the pass, which ends when it is through.
    package let seconds: Double
}

/// One round: the order of works and the timetable, the same for all CPUs.
package struct ScreenRound: Sendable, Hashable {
    package let index: Int
    /// Indices into the plan's works.
    package let order: [Int]
    package let segments: [ScreenSegment]
    /// Whether the data are those whose digests are stored in the program.
    package var usesKnownData: Bool { index == 0 }
}

package enum ScreenSchedule {
    /// The seed of the data whose digests are stored.
    package static let knownSeed: UInt64 = 1

    /// - Parameters:
    ///   - index: From 0, the round with known data.
    ///   - cpus: How many CPUs; ≥ 1.
    ///   - works: How many works.
    package static func round(_ index: Int, seed: UInt64, cpus: Int, works: Int) -> ScreenRound {
        var generator = SeededGenerator(seed: seed, stream: UInt64(index))
        var segments = [ScreenSegment(phase: .pass, load: .all, seconds: 0)]
        func add(_ phase: ScreenPhase, _ load: LoadPattern, _ range: ClosedRange<Double>) {
            let seconds = range.lowerBound + (range.upperBound - range.lowerBound) * generator.uniform()
            segments.append(ScreenSegment(phase: phase, load: load, seconds: seconds))
        }
        add(.rest, .none, 0.1...0.3)
        if cpus > 1 {
            for turn in 0..<4 { add(.halves, .half(odd: turn % 2 == 1), 0.03...0.12) }
            let places = (0..<cpus).shuffled(using: &generator).prefix(mostBursts)
            for place in places { add(.burst, .single(place), 0.015...0.04) }
        }
        for _ in 0..<12 {
            add(.steps, .all, 0.003...0.04)
            add(.steps, .none, 0.001...0.02)
        }
        add(.rest, .none, 0.01...0.1)
        return ScreenRound(index: index, order: (0..<works).shuffled(using: &generator), segments: segments)
    }

    /// CPUs that work alone in one round.
    private static let mostBursts = 8

    /// The seed of a data set in a round, the same for all CPUs; below 2⁵³.
    package static func dataSeed(_ round: Int, dataSet: String, seed: UInt64) -> UInt64 {
        // The name enters as a polynomial of its bytes, so that a work keeps its data when others come or go.
        let name = dataSet.utf8.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
        var generator = SeededGenerator(seed: (round == 0 ? knownSeed : seed) ^ name, stream: UInt64(round))
        return generator.next() >> 11
    }
}
