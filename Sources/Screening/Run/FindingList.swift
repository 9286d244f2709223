// FindingList.swift: wrong results, one entry per CPU and work, in the order in which they were first seen.

/// Wrong results of one work on one CPU.
package struct ScreenFinding: Sendable {
    package let first: Sighting
    /// How often, and in how many rounds.
    package var times: Int
    package var rounds: Int
    package var confirmation: Confirmation?
    package var verdict: Verdict?
    package var difference: WordDifference?
    /// How often it was looked into.
    var attempts = 0
    /// Seen again since it was looked into.
    var isNews = true
    var lastRound: Int
}

/// Where a wrong result differs from the right one.
package struct WordDifference: Sendable, Hashable, Codable {
    /// 64-bit words that differ.
    package var words: Int
    /// The first of them, counted from 0, and its value in hexadecimal.
    package var first: Int
    package var expected: String
    package var found: String
    /// Bits that differ, over all words.
    package var bits: Int

    /// Nil for equal words.
    package init?(expected: [UInt64], found: [UInt64]) {
        let wrong = zip(expected, found).enumerated().filter { $0.element.0 != $0.element.1 }
        guard let first = wrong.first else { return nil }
        words = wrong.count
        self.first = first.offset
        self.expected = "0x" + String(first.element.0, radix: 16)
        self.found = "0x" + String(first.element.1, radix: 16)
        bits = wrong.reduce(0) { $0 + ($1.element.0 ^ $1.element.1).nonzeroBitCount }
    }
}

package struct FindingList: Sendable {
    package private(set) var list: [ScreenFinding] = []

    /// Findings that are looked into after one round, and how often one is. Each takes up to two seconds.
    static let confirmedPerRound = 8
    private static let attempts = 3

    subscript(key: Sighting.Key) -> ScreenFinding? { list.first { $0.first.key == key } }

    mutating func add(_ sighting: Sighting, times: Int = 1) {
        guard let index = list.firstIndex(where: { $0.first.key == sighting.key }) else {
            list.append(ScreenFinding(first: sighting, times: times, rounds: 1, lastRound: sighting.round))
            return
        }
        list[index].times += times
        list[index].isNews = true
        if list[index].lastRound != sighting.round {
            list[index].lastRound = sighting.round
            list[index].rounds += 1
        }
    }

    /// Those to be looked into: new ones, and those seen again that could not be reproduced. Where the cores did not
    /// agree on what is right, there is nothing to compare repetitions with.
    var unexplained: [Sighting.Key] {
        list.filter { finding in
            finding.first.expected != nil && finding.isNews && finding.attempts < Self.attempts
                && (finding.verdict == nil || finding.verdict == .notReproduced)
        }.map(\.first.key)
    }

    /// Without disagreements about what is right that a core takes part in whose partner has been found to be bad.
    var attributed: [ScreenFinding] {
        let bad = Set(list.filter { $0.verdict == .core }.map(\.first.place))
        return list.filter { $0.first.expected != nil || bad.isEmpty || bad.contains($0.first.place) }
    }

    mutating func explain(_ key: Sighting.Key, _ confirmation: Confirmation?, difference: WordDifference?) {
        guard let index = list.firstIndex(where: { $0.first.key == key }) else { return }
        list[index].attempts += 1
        list[index].isNews = false
        list[index].confirmation = confirmation
        list[index].verdict = confirmation.map { Verdict($0) } ?? .undetermined
        list[index].difference = difference
    }
}
