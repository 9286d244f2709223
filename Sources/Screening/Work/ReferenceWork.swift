// ReferenceWork.swift: the computation of a right result, as a work of its own: references run on cores too.

/// Leaves in `arena.result` what another work should.
struct ReferenceWork: ScreenWork {
    let base: any ScreenWork

    var id: String { base.dataSet + "/reference" }
    var dataSet: String { base.dataSet }
    var variant: String { "reference" }
    var golden: GoldenSource { base.golden }
    var inputWords: Int { base.inputWords }
    var resultWords: Int { base.resultWords }
    var scratchWords: Int { 0 }

    func input(seed: UInt64) -> [UInt64] { base.input(seed: seed) }

    func call(on arena: ScreenArena) -> Int32 {
        let input = Array(UnsafeBufferPointer(start: arena.input, count: base.inputWords))
        guard let words = base.expected(from: input) else { preconditionFailure("\(base.id) has no reference") }
        words.withUnsafeBufferPointer {
            if let start = $0.baseAddress { arena.result.update(from: start, count: $0.count) }
        }
        return 0
    }

    func expected(from input: [UInt64]) -> [UInt64]? { base.expected(from: input) }
}

extension ScreenWork {
    /// How the right result of a round is found: by the reference, or by the work itself on several cores.
    var judge: any ScreenWork { golden == .cores ? self : ReferenceWork(base: self) }
}
