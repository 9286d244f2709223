// RegisterWork.swift: chains of multiply-adds in registers, whose recurrences are proven to keep every error.

import CLinux
import ComputeKernels
import Quantities

/// A multiply-add kernel from a seeded state, for a fixed number of iterations.
struct RegisterWork: ScreenWork {
    let kernel: FMAKernel
    let id: String
    let iterations: Int

    var dataSet: String { id }
    var variant: String { kernel.variant }
    var golden: GoldenSource { .replay }
    var inputWords: Int { kernel.stateByteCount / 8 }
    var resultWords: Int { kernel.stateByteCount / 8 }
    var scratchWords: Int { 0 }

    /// Half a millisecond or so; below all bounds up to which an error is proven to stay.
    private static let iterations = 1 << 17
    /// Tiles take ten times as long per iteration.
    private static let tileIterations = 1 << 13

    /// - Precondition: This build contains the kernel.
    init(_ kernel: FMAKernel) {
        self.kernel = kernel
        id = "fma/\(kernel.elementType.rawValue)/\(kernel.variant)"
        let isTile = kernel.requiredFeatures.contains("amx_tile")
        iterations = min(isTile ? Self.tileIterations : Self.iterations, kernel.longestProvenRun)
    }

    func input(seed: UInt64) -> [UInt64] {
        let state = kernel.initialState(seed: seed)
        return [UInt64](unsafeUninitializedCapacity: inputWords) { words, count in
            if let base = words.baseAddress { state.copy(to: UnsafeMutableRawPointer(base)) }
            count = inputWords
        }
    }

    func call(on arena: ScreenArena) -> Int32 {
        arena.result.update(from: arena.input, count: resultWords)
        guard let entry = kernel.entry else { preconditionFailure("\(id) is not of this build") }
        return entry.withGuardArguments(iterations: iterations, state: UnsafeMutableRawPointer(arena.result)) {
            sl_guarded_call($0, $1)
        }
    }

    func expected(from input: [UInt64]) -> [UInt64]? {
        let state = input.withUnsafeBytes { bytes in
            bytes.baseAddress.map { FMAState(of: kernel, copying: $0) }
        }
        guard let state else { return nil }
        let end = kernel.expectedState(from: state, iterations: iterations)
        return [UInt64](unsafeUninitializedCapacity: resultWords) { words, count in
            if let base = words.baseAddress { end.copy(to: UnsafeMutableRawPointer(base)) }
            count = resultWords
        }
    }
}
