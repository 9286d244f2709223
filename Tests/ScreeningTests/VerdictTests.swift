// VerdictTests.swift: what repetitions point at, case by case.

import Screening
import Testing

@Suite("Screening verdict")
struct VerdictTests {
    private static let right = RepetitionCount(runs: 100, wrong: 0)
    private static let rare = RepetitionCount(runs: 100, wrong: 1, digests: ["a"])
    private static let always = RepetitionCount(runs: 100, wrong: 100, digests: ["a"])
    private static let varied = RepetitionCount(runs: 100, wrong: 60, digests: ["a", "b", "c", "d"])
    private static let none = RepetitionCount()

    private func verdict(
        same: RepetitionCount, fresh: RepetitionCount, load: RepetitionCount = right, sibling: RepetitionCount = none,
        others: RepetitionCount, elsewhere: RepetitionCount
    ) -> Verdict {
        var found = Confirmation()
        found.sameMemory = same
        found.freshMemory = fresh
        found.underLoad = load
        found.sibling = sibling
        found.others = others
        found.elsewhere = elsewhere
        return Verdict(found)
    }

    @Test("wrong here in any memory, right elsewhere: the core")
    func core() {
        let (right, rare, always, varied) = (Self.right, Self.rare, Self.always, Self.varied)
        #expect(verdict(same: always, fresh: always, load: always, others: right, elsewhere: right) == .core)
        #expect(verdict(same: varied, fresh: varied, others: right, elsewhere: right) == .core)
        // Once in three hundred, and only under load.
        #expect(verdict(same: right, fresh: right, load: rare, others: right, elsewhere: right) == .core)
        // The other thread of the core shares its units.
        #expect(verdict(same: rare, fresh: right, sibling: rare, others: right, elsewhere: right) == .core)
    }

    @Test("wrong in this memory, here and elsewhere, and in no other: the memory")
    func memory() {
        let (right, always, varied) = (Self.right, Self.always, Self.varied)
        #expect(verdict(same: always, fresh: right, load: always, others: right, elsewhere: always) == .memory)
        #expect(verdict(same: varied, fresh: right, load: varied, others: right, elsewhere: varied) == .memory)
    }

    @Test("wrong everywhere in the same way: the code")
    func code() {
        let always = Self.always
        #expect(
            verdict(same: always, fresh: always, load: always, others: always, elsewhere: always) == .libraryOrKernel)
    }

    @Test("wrong everywhere in different ways, or with nothing to compare with: undetermined")
    func undetermined() {
        let (always, varied, none) = (Self.always, Self.varied, Self.none)
        #expect(verdict(same: varied, fresh: varied, load: varied, others: varied, elsewhere: varied) == .undetermined)
        #expect(verdict(same: always, fresh: always, load: always, others: none, elsewhere: none) == .undetermined)
    }

    @Test("never wrong again: not reproduced")
    func notReproduced() {
        #expect(
            verdict(same: Self.right, fresh: Self.right, others: Self.right, elsewhere: Self.right) == .notReproduced)
    }

    @Test("a difference names the first wrong word and counts words and bits")
    func difference() throws {
        let difference = try #require(WordDifference(expected: [1, 2, 3, 4], found: [1, 3, 3, 0x1C]))
        #expect(difference.words == 2 && difference.first == 1 && difference.bits == 3)
        #expect(difference.expected == "0x2" && difference.found == "0x3")
        #expect(WordDifference(expected: [1], found: [1]) == nil)
    }
}
