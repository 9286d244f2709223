// Sighting.swift: a wrong result as the core that made it left it, and what all CPUs keep of their work.

package import ComputeKernels

/// One wrong result.
package struct Sighting: Sendable {
    /// Place of the CPU in the plan.
    package let place: Int
    package let work: any ScreenWork
    package let round: Int
    package let phase: ScreenPhase
    package let dataSeed: UInt64
    package let input: [UInt64]
    /// Nil when the cores did not agree on what is right.
    package let expected: ScreenDigest?
    /// Nil when the call crashed.
    package let found: ScreenDigest?
    package let signal: Int32
    /// What it left, for a comparison word by word.
    package let result: [UInt64]
    package let inputIntact: Bool
    package let conditions: CoreConditions

    var key: Key { Key(place: place, work: work.id) }

    /// What is reported once, however often it is seen.
    package struct Key: Hashable, Sendable {
        package let place: Int
        package let work: String
    }
}

/// What one CPU keeps. Used by its own thread while a command runs, and by the leader between commands.
final class Seat {
    let cpu: Int
    /// Its memory, made by its own thread.
    private(set) lazy var arena = ScreenArena(number: place, for: works)
    /// Calls and wrong ones, by place of the work in the plan.
    var calls: [Int]
    var wrong: [Int]
    /// Wrong results by work and CPU in the round at hand, the first of each kind in full.
    var sightings: [Sighting] = []
    var sightingCounts: [Sighting.Key: Int] = [:]
    /// The digest that the first call of each work in the round had; nil before it and for crashes.
    var ledger: [ScreenDigest?]
    var seconds: [ScreenPhase: Double] = [:]
    var repetition = RepetitionCount()
    var cursor = 0

    private let place: Int
    private let works: [any ScreenWork]

    init(cpu: Int, place: Int, works: [any ScreenWork]) {
        self.cpu = cpu
        self.place = place
        self.works = works
        calls = Array(repeating: 0, count: works.count)
        wrong = calls
        ledger = Array(repeating: nil, count: works.count)
    }
}

/// One data set of a round, and what is right for it.
struct DataSet {
    let judge: any ScreenWork
    let seed: UInt64
    /// By the CPUs that computed it: its input, and the digest of the right result, nil after a crash.
    var votes: [VoteBox.Vote] = []
    var input: [UInt64] = []
    /// Nil when the cores do not agree.
    var golden: ScreenDigest?
}
