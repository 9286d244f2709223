// ScreenWork.swift: what every core is given to do: data from a seed, a call, and the right result by another road.

package import ComputeKernels

/// How the right result of a work is known.
package enum GoldenSource: String, Sendable, Hashable, Codable {
    /// Scalar replay of the recurrence, bit for bit.
    case replay
    /// Portable code without the instructions in question.
    case reference
    /// A product of integers that no order of summation rounds.
    case exact
    /// Only by what most cores find: a library's rounding is its own.
    case cores
}

/// One work: the same words in give the same words out, on every core that computes rightly.
package protocol ScreenWork: Sendable {
    /// `fma/f64/avx512`, `int/aes/vaes512`, `gemm/f32/simd-avx2/integers`.
    var id: String { get }
    /// Works with the same data and the same right result have the same one: `int/aes`, `gemm/f32/integers`.
    var dataSet: String { get }
    /// The instruction set, or the library.
    var variant: String { get }
    var golden: GoldenSource { get }
    /// Words of input, of the result, and of memory besides that may hold anything.
    var inputWords: Int { get }
    var resultWords: Int { get }
    var scratchWords: Int { get }

    /// The input that belongs to a seed.
    func input(seed: UInt64) -> [UInt64]

    /// One call: reads `arena.input`, leaves its result in `arena.result`.
    ///
    /// - Returns: 0, or the signal by which it crashed.
    func call(on arena: ScreenArena) -> Int32

    /// The right result, without the instructions that are screened; nil for `GoldenSource.cores`.
    func expected(from input: [UInt64]) -> [UInt64]?

    /// Whether the code is not this program's.
    var isLibrary: Bool { get }
}

extension ScreenWork {
    package var isLibrary: Bool { false }
}

/// A memory region of one core: input, result and scratch, 64-byte aligned, by `ScreenWork` for one work at a time.
///
/// `@unchecked Sendable`: used by one thread at a time, which the engine's barriers see to.
package final class ScreenArena: @unchecked Sendable {
    /// 0 ..< CPUs for those of the cores; above for fresh ones.
    package let number: Int
    package let input: UnsafeMutablePointer<UInt64>
    package let result: UnsafeMutablePointer<UInt64>
    package let scratch: UnsafeMutablePointer<UInt64>

    private let memory: UnsafeMutableRawPointer
    private let inputWords: Int
    private let resultWords: Int
    /// Which input lies here: the work's data set and seed.
    private var loaded: (dataSet: String, seed: UInt64)?

    /// Memory for any of `works`. Pages are touched here, by the thread that makes it.
    package init(number: Int, for works: [any ScreenWork]) {
        self.number = number
        // A line between the parts, and pages of their own for each.
        func rounded(_ words: Int) -> Int { (words + 511 + 8) / 512 * 512 }
        inputWords = rounded(works.map(\.inputWords).max() ?? 0)
        resultWords = rounded(works.map(\.resultWords).max() ?? 0)
        let words = inputWords + resultWords + rounded(works.map(\.scratchWords).max() ?? 0)
        memory = .allocate(byteCount: 8 * words, alignment: 4096)
        let start = memory.bindMemory(to: UInt64.self, capacity: words)
        start.initialize(repeating: 0, count: words)
        (input, result, scratch) = (start, start + inputWords, start + inputWords + resultWords)
    }

    deinit { memory.deallocate() }

    /// Copies the input here, unless it is here already.
    package func load(_ work: any ScreenWork, _ words: [UInt64], seed: UInt64) {
        if let loaded, loaded.dataSet == work.dataSet, loaded.seed == seed { return }
        words.withUnsafeBufferPointer { if let base = $0.baseAddress { input.update(from: base, count: $0.count) } }
        loaded = (work.dataSet, seed)
    }

    /// Forgets what is loaded, so that the next call copies it anew.
    package func unload() { loaded = nil }

    package func digest(of work: any ScreenWork) -> ScreenDigest {
        ScreenDigest(of: UnsafeBufferPointer(start: result, count: work.resultWords))
    }

    package func resultCopy(of work: any ScreenWork) -> [UInt64] {
        Array(UnsafeBufferPointer(start: result, count: work.resultWords))
    }

    /// Whether the input is still what was copied here.
    package func holds(_ words: [UInt64]) -> Bool { (0..<words.count).allSatisfy { input[$0] == words[$0] } }
}
