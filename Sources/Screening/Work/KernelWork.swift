// KernelWork.swift: integer, bit, cipher, shuffle and copy loops, whose turns are one-to-one by construction.

import CLinux
import ComputeKernels
import SampleStatistics

/// A screening kernel from a seeded state with seeded keys.
struct KernelWork: ScreenWork {
    let kernel: ScreenKernel
    let id: String
    let dataSet: String

    var variant: String { kernel.variant }
    var golden: GoldenSource { .reference }
    /// The keys first.
    var inputWords: Int { ScreenKernel.keyWords + kernel.stateWords }
    var resultWords: Int { kernel.stateWords }
    var scratchWords: Int { 0 }

    init(_ kernel: ScreenKernel) {
        self.kernel = kernel
        dataSet = "int/" + kernel.name
        id = dataSet + "/" + kernel.variant
    }

    /// Random words; those of copies by turns random, sparse, dense, and with every bit against its neighbours, since
    /// copies do not mix them and faults may depend on the pattern.
    func input(seed: UInt64) -> [UInt64] {
        var generator = SeededGenerator(seed: seed)
        let keys = (0..<ScreenKernel.keyWords).map { _ in generator.next() }
        guard kernel.name == "copy" else { return keys + (0..<kernel.stateWords).map { _ in generator.next() } }
        let pattern = generator.index(below: 4)
        return keys
            + (0..<kernel.stateWords).map { index in
                let word = generator.next()
                return switch pattern {
                case 0: word
                case 1: word & generator.next() & generator.next() & generator.next()
                case 2: word | generator.next() | generator.next() | generator.next()
                default:
                    (index % 2 == 0 ? 0x5555_5555_5555_5555 : 0xAAAA_AAAA_AAAA_AAAA) ^ (word & generator.next() & 1)
                }
            }
    }

    func call(on arena: ScreenArena) -> Int32 {
        arena.result.update(from: arena.input + ScreenKernel.keyWords, count: resultWords)
        guard let entry = kernel.entry else { preconditionFailure("\(id) is not of this build") }
        return entry.withGuardArguments(turns: kernel.turns, state: arena.result, keys: arena.input) {
            sl_guarded_call($0, $1)
        }
    }

    func expected(from input: [UInt64]) -> [UInt64]? {
        var state = Array(input[ScreenKernel.keyWords...])
        input.withUnsafeBufferPointer { keys in
            state.withUnsafeMutableBufferPointer { state in
                if let keys = keys.baseAddress, let state = state.baseAddress {
                    kernel.reference.run(turns: kernel.turns, state: state, keys: keys)
                }
            }
        }
        return state
    }
}
