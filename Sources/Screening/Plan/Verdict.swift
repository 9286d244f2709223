// Verdict.swift: what a wrong result follows: the core, the memory, or the code. A pure function of repetitions.

package import ResultRecord

/// What repetitions of one work gave.
package struct RepetitionCount: Sendable, Hashable, Codable {
    package var runs = 0
    package var wrong = 0
    /// Different wrong digests, a few of them; `signal 11` where the call crashed.
    package var digests: [String] = []

    package init(runs: Int = 0, wrong: Int = 0, digests: [String] = []) {
        self.runs = runs
        self.wrong = wrong
        self.digests = digests
    }

    package mutating func add(wrong result: String?) {
        runs += 1
        guard let result else { return }
        wrong += 1
        if !digests.contains(result), digests.count < 4 { digests.append(result) }
    }

    package static func + (a: RepetitionCount, b: RepetitionCount) -> RepetitionCount {
        var sum = RepetitionCount(runs: a.runs + b.runs, wrong: a.wrong + b.wrong, digests: a.digests)
        sum.digests += b.digests.filter { !a.digests.contains($0) }.prefix(max(0, 4 - sum.digests.count))
        return sum
    }

    var isAlwaysWrong: Bool { runs > 0 && wrong == runs }
    /// Always wrong, and always in the same way.
    var isDeterministic: Bool { isAlwaysWrong && digests.count == 1 }
}

/// The very work of a finding repeated, here and elsewhere.
package struct Confirmation: Sendable, Hashable, Codable {
    /// On the suspect CPU, in the memory that it was found in.
    package var sameMemory = RepetitionCount()
    /// On the suspect CPU, in fresh memory.
    package var freshMemory = RepetitionCount()
    /// On the suspect CPU while all others work.
    package var underLoad = RepetitionCount()
    /// On the other hardware threads of its core, in their own memory; no runs without any.
    package var sibling = RepetitionCount()
    /// On the CPUs of other cores, in their own memory.
    package var others = RepetitionCount()
    /// On another CPU, in the suspect's memory.
    package var elsewhere = RepetitionCount()
    /// Of a library's product: the same product by this program, on the suspect CPU; null for others.
    @OrNull package var ownKernel: RepetitionCount?
    /// Whether the input in the suspect's memory was still what had been copied there.
    @OrNull package var inputIntact: Bool?
    /// CPUs beside the suspect with wrong results in their own memory.
    package var otherCPUs: [Int] = []

    package init() {}

    enum CodingKeys: String, CodingKey {
        case sibling, others, elsewhere
        case sameMemory = "same_memory"
        case freshMemory = "fresh_memory"
        case underLoad = "under_load"
        case ownKernel = "own_kernel"
        case inputIntact = "input_intact"
        case otherCPUs = "other_cpus"
    }
}

/// Whose fault a wrong result seems to be.
package enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
    /// Wrong on this core when repeated, and right on others, in its memory too.
    case core
    /// Wrong in this memory, on several cores, and right elsewhere.
    case memory
    /// Wrong in the same way on every core.
    case libraryOrKernel = "library-or-kernel"
    /// No repetition was wrong.
    case notReproduced = "not-reproduced"
    /// Repetitions were wrong, but there is nothing to compare with, or they point nowhere.
    case undetermined

    /// What the repetitions show.
    package init(_ found: Confirmation) {
        let suspect = found.sameMemory + found.freshMemory + found.underLoad
        let apart = found.sibling + found.others
        if suspect.wrong + apart.wrong + found.elsewhere.wrong == 0 {
            self = .notReproduced
        } else if apart.runs == 0 {
            self = .undetermined
        } else if (suspect + apart + found.elsewhere).isDeterministic {
            self = .libraryOrKernel
        } else if found.elsewhere.wrong > 0, found.others.wrong == 0, found.freshMemory.wrong == 0 {
            self = .memory
        } else if suspect.wrong > 0, found.others.wrong == 0, found.elsewhere.wrong == 0 {
            self = .core
        } else {
            self = .undetermined
        }
    }

    package var explanation: String {
        switch self {
        case .core: "wrong on this core when repeated; right on others, also in this core's memory"
        case .memory: "wrong in this memory on another core too; right in other memory"
        case .libraryOrKernel: "wrong on every core in the same way: the code, not the hardware"
        case .notReproduced: "seen, but no repetition was wrong: a rare or passing fault is still a fault"
        case .undetermined: "repetitions were wrong, but do not point at one core, memory or library"
        }
    }
}
