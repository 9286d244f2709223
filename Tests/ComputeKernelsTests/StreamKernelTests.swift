// StreamKernelTests.swift: every loop over arrays against the plain loop, at sizes with and without a remainder; and
// what its row of the table says.

import ComputeKernels
import Foundation
import Quantities
import Testing

/// The rows that this machine can run; prints why the others are left out, once.
let runnableStreams: [StreamKernel] = {
    StreamKernel.all.filter { kernel in
        guard let reason = kernel.unavailability(isa: isaHere) else { return true }
        print("not run here: \(kernel.testDescription), \(reason)")
        return false
    }
}()

extension StreamKernel: CustomTestStringConvertible {
    public var testDescription: String { "\(kernel)/\(elementType.rawValue)/\(variant)" }
}

/// Arrays in memory of their own, with marks before, between and behind them.
final class MarkedArrays {
    let kernel: StreamKernel
    let count: Int
    var arrays: StreamArrays
    private let memory: UnsafeMutableRawPointer
    private let byteCount: Int
    private static let margin = 256

    init(_ kernel: StreamKernel, count: Int, seed: UInt64 = 1) throws {
        self.kernel = kernel
        self.count = count
        byteCount = StreamArrays.byteCount(for: kernel, count: count)
        let total = byteCount + 2 * Self.margin
        memory = .allocate(byteCount: total, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0xA5, count: total)
        arrays = try #require(
            StreamArrays(kernel: kernel, count: count, memory: memory + Self.margin, seed: seed))
        arrays.fill()
    }

    deinit { memory.deallocate() }

    private func address(_ array: Int) -> UnsafeMutablePointer<Double> {
        (memory + Self.margin + array * (byteCount / kernel.arrayCount)).assumingMemoryBound(to: Double.self)
    }

    /// The arrays as they lie in memory; the first of them is written by the first pass.
    var contents: [[Double]] {
        get { (0..<kernel.arrayCount).map { Array(UnsafeBufferPointer(start: address($0), count: count)) } }
        set {
            for (array, elements) in newValue.enumerated() {
                for (index, element) in elements.enumerated() { address(array)[index] = element }
            }
        }
    }

    /// Whether every byte outside the arrays is as it was.
    var marksAreIntact: Bool {
        let bytes = UnsafeRawBufferPointer(start: memory, count: byteCount + 2 * Self.margin)
        let stride = byteCount / kernel.arrayCount
        return bytes.indices.allSatisfy { offset in
            let place = offset - Self.margin
            let inArray = place >= 0 && place < byteCount && place % stride < count * kernel.elementType.bytes
            return inArray || bytes[offset] == 0xA5
        }
    }
}

/// The passes in plain Swift, as the header states them.
///
/// - Returns: The sum that read returns; 0 for others.
func plainPasses(_ passes: Int, _ formula: StreamKernel.Formula, _ arrays: inout [[Double]]) -> Double {
    var (a, b, c) = (0, 1, 2)
    var sum = 0.0
    // Write goes on from the number it has stored last.
    var number = arrays[0].first ?? 0
    for _ in 0..<passes {
        number += 1
        for i in arrays[0].indices {
            switch formula {
            case .copy: arrays[a][i] = arrays[b][i]
            case .scale: arrays[a][i] = -1 * arrays[b][i]
            case .add: arrays[a][i] = arrays[b][i] + arrays[c][i]
            case .triad: arrays[a][i] = arrays[b][i] + 3 * arrays[c][i]
            case .read: sum += arrays[a][i]
            case .write: arrays[a][i] = number
            }
        }
        switch formula {
        case .copy, .scale: (a, b, c) = (b, c, a)
        case .add, .triad: (a, b) = (b, a)
        case .read, .write: break
        }
    }
    return sum
}

@Suite("Loops over arrays")
struct StreamKernelTests {
    // A turn handles 32 or 64 elements: none, one and several whole turns, with every kind of remainder.
    @Test("a kernel does what the plain loop does, at any size, and nothing besides", arguments: runnableStreams)
    func plainLoop(kernel: StreamKernel) throws {
        for count in Array(1...67) + [95, 96, 97, 127, 128, 129, 191, 192, 255, 321, 1000] {
            for passes in [0, 1, 2, 3, 4, 7] {
                let marked = try MarkedArrays(kernel, count: count, seed: UInt64(count))
                var expected = marked.contents
                let sum = plainPasses(passes, kernel.formula, &expected)
                #expect(marked.arrays.run(passes: passes) == sum, "\(count) elements, \(passes) passes")
                #expect(marked.contents == expected, "\(count) elements, \(passes) passes")
                #expect(marked.marksAreIntact, "\(count) elements, \(passes) passes")
            }
        }
    }

    @Test("calls continue each other", arguments: runnableStreams)
    func continuation(kernel: StreamKernel) throws {
        let once = try MarkedArrays(kernel, count: 100)
        let often = try MarkedArrays(kernel, count: 100)
        let sum = once.arrays.run(passes: 11)
        #expect([5, 1, 0, 3, 2].reduce(0) { $0 + often.arrays.run(passes: $1) } == sum)
        #expect(often.contents == once.contents)
    }

    // J. D. McCalpin's count: each array of the formula once per element. Write-allocate loads what is stored besides.
    @Test(
        "bytes and operations per element are those of the formula", arguments: StreamKernel.all)
    func dataSheet(kernel: StreamKernel) {
        let (loaded, stored, flop) =
            switch kernel.formula {
            case .copy: (8, 8, 0)
            case .scale: (8, 8, 1)
            case .add: (16, 8, 1)
            case .triad: (16, 8, 2)
            case .read: (8, 0, 1)
            case .write: (0, 8, 0)
            }
        #expect(kernel.bytesLoadedPerElement == loaded)
        #expect(kernel.bytesStoredPerElement == stored)
        #expect(kernel.flopPerElement == flop)
        #expect(kernel.bytesAllocatedPerElement == (kernel.isNonTemporal ? 0 : stored))
        #expect(kernel.isNonTemporal == kernel.variant.hasSuffix("-nt"))
        let moved = Double(loaded + stored + kernel.bytesAllocatedPerElement)
        #expect(kernel.writeAllocateFactor == moved / Double(loaded + stored))
    }

    @Test("every kernel has every variant that its architecture offers, once, on every architecture's build")
    func rows() {
        let regular = ["scalar", "sse2", "avx2", "avx512", "neon"]
        let nonTemporal = ["sse2-nt", "avx2-nt", "avx512-nt", "neon-nt"]
        for formula in StreamKernel.Formula.allCases {
            let variants = StreamKernel.all.filter { $0.formula == formula }.map(\.variant)
            #expect(variants == (formula == .read ? regular : regular + nonTemporal))
        }
        #expect(Set(StreamKernel.all).count == StreamKernel.all.count)
        #if arch(x86_64)
            let here = ["any", "x86_64"]
        #elseif arch(arm64)
            let here = ["any", "arm64"]
        #endif
        for kernel in StreamKernel.all { #expect((kernel.entry != nil) == here.contains(kernel.architecture)) }
    }

    @Test("the best row is the widest whose features are all there, with the stores that were asked for")
    func best() {
        func best(_ kernel: String, _ isa: [String], nonTemporal: Bool = false) -> String? {
            StreamKernel.best(kernel: kernel, isa: isa, nonTemporal: nonTemporal)?.variant
        }
        #expect(best("stream-triad", []) == "scalar")
        #expect(best("stream-triad", [], nonTemporal: true) == nil)
        #if arch(x86_64)
            #expect(best("stream-triad", ["sse2", "avx2"]) == "sse2")
            #expect(best("stream-copy", ["sse2", "avx2"]) == "avx2")
            #expect(best("stream-triad", ["sse2", "avx2", "fma"], nonTemporal: true) == "avx2-nt")
            #expect(best("stream-triad", ["sse2", "avx2", "fma", "avx512f"], nonTemporal: true) == "avx512-nt")
            #expect(best("stream-read", ["sse2", "avx2", "fma", "avx512f"], nonTemporal: true) == nil)
            // Half as wide inside as its registers are.
            let zen4 = StreamKernel.best(
                kernel: "stream-triad", isa: ["sse2", "avx2", "fma", "avx512f"], nonTemporal: false,
                microarchitecture: "zen4")
            #expect(zen4?.variant == "avx2")
            #expect(
                StreamKernel.named(kernel: "stream-triad", variant: "avx2-nt")?.unavailability(isa: ["avx2"])
                    == "needs fma")
            #expect(
                StreamKernel.named(kernel: "stream-add", variant: "neon")?.unavailability(isa: ["asimd"])
                    == "built for arm64")
        #elseif arch(arm64)
            #expect(best("stream-triad", ["asimd"]) == "neon")
            #expect(best("stream-triad", ["asimd"], nonTemporal: true) == "neon-nt")
            #expect(
                StreamKernel.named(kernel: "stream-add", variant: "avx2")?.unavailability(isa: ["avx2"])
                    == "built for x86_64")
        #endif
    }
}
