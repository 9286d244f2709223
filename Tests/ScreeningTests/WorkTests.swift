// WorkTests.swift: each work gives the result of its reference, and no flipped bit is lost on the way to its digest.

import ComputeKernels
import Screening
import Testing

@Suite("Screening works")
struct WorkTests {
    private func result(of work: any ScreenWork, input: [UInt64]) -> [UInt64] {
        let arena = ScreenArena(number: 0, for: [work])
        arena.load(work, input, seed: 0)
        #expect(work.call(on: arena) == 0)
        return arena.resultCopy(of: work)
    }

    @Test("each work that runs here leaves the words of its reference, for known and for other data")
    func references() throws {
        for work in Works.runnable {
            for round in 0..<3 {
                let seed = ScreenSchedule.dataSeed(round, dataSet: work.dataSet, seed: 99)
                let input = work.input(seed: seed)
                let expected = try #require(work.expected(from: input))
                #expect(result(of: work, input: input) == expected, "\(work.id), round \(round)")
            }
        }
    }

    @Test("the stored digests are those of the references, also of other architectures' kernels")
    func stored() throws {
        var seen: Set<String> = []
        for entry in ScreenCatalog.entries {
            // A product's sums follow a plan that only its own build has; scalable vectors have no known length.
            if entry.id.hasPrefix("gemm"), !entry.kernel.isCompiledHere { continue }
            if entry.id.hasSuffix("/sve") { continue }
            let work = entry.make()
            guard seen.insert(work.dataSet).inserted else { continue }
            let seed = ScreenSchedule.dataSeed(0, dataSet: work.dataSet, seed: 12345)
            let digest = ScreenDigest(of: try #require(work.expected(from: work.input(seed: seed))))
            let row = "\"\(work.dataSet)\": (0x\(digest.description.prefix(16)), 0x\(digest.description.suffix(16))),"
            #expect(KnownDigests.digest(of: work.dataSet) == digest, "\(row)")
        }
        #if arch(x86_64)
            #expect(Set(KnownDigests.dataSets).subtracting(seen).allSatisfy { $0.contains("neon") })
        #endif
    }

    // The C tests flip every bit of every integer kernel at one step; these go through steps.
    @Test("a bit flipped at any step of an integer kernel shows in the digest", arguments: ScreenKernel.all.indices)
    func integerSensitivity(index: Int) throws {
        let kernel = ScreenKernel.all[index]
        guard kernel.name != "copy", kernel.unavailability(isa: Works.isa) == nil, let entry = kernel.entry else {
            return
        }
        let keys = (1...UInt64(ScreenKernel.keyWords)).map { $0 &* 0x9E37_79B9_7F4A_7C15 }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 8 * kernel.stateWords, alignment: 64)
        defer { memory.deallocate() }
        let state = memory.bindMemory(to: UInt64.self, capacity: kernel.stateWords)
        func digest(flipping bit: Int?, after step: Int) -> ScreenDigest {
            for word in 0..<kernel.stateWords { state[word] = UInt64(word + 1) &* 0xD134_2543_DE82_EF95 }
            entry.run(turns: step, state: state, keys: keys)
            if let bit { state[bit / 64] ^= 1 << UInt64(bit % 64) }
            entry.run(turns: 40 - step, state: state, keys: keys)
            return ScreenDigest(of: UnsafeBufferPointer(start: state, count: kernel.stateWords))
        }
        let right = digest(flipping: nil, after: 0)
        for step in [0, 1, 13, 39, 40] {
            for bit in 0..<64 * kernel.stateWords {
                #expect(digest(flipping: bit, after: step) != right, "bit \(bit) after \(step) turns")
            }
        }
    }

    @Test("a bit flipped at any step of a chain of multiply-adds shows in the digest")
    func registerSensitivity() throws {
        for kernel in FMAKernel.all where kernel.variant != "swift" && !kernel.requiredFeatures.contains("amx_tile") {
            guard kernel.unavailability(isa: Works.isa) == nil else { continue }
            let start = kernel.initialState(seed: 3)
            let steps = 200
            let right = try #require(kernel.advance(start, iterations: steps))
            for step in [0, 1, 77, steps] {
                let middle = try #require(kernel.advance(start, iterations: step))
                for element in stride(from: 0, to: kernel.elementCount, by: 7) {
                    for bit in 0..<8 * kernel.accumulator.bytes {
                        var wrong = middle
                        wrong.bits[element] ^= 1 << UInt64(bit)
                        let end = try #require(kernel.advance(wrong, iterations: steps - step))
                        #expect(
                            ScreenDigest(of: end.bits) != ScreenDigest(of: right.bits),
                            "\(kernel.variant): bit \(bit) of element \(element) after \(step)")
                    }
                }
            }
        }
    }

    @Test("every element of a product enters its digest, and an element that is not written is found")
    func products() throws {
        let work = try #require(Works.named("gemm/f32/simd-scalar/integers").first)
        let arena = ScreenArena(number: 0, for: [work])
        arena.load(work, work.input(seed: 5), seed: 5)
        #expect(work.call(on: arena) == 0)
        let right = arena.digest(of: work)
        for word in stride(from: 0, to: work.resultWords, by: 997) {
            for bit in stride(from: 0, to: 64, by: 9) {
                arena.result[word] ^= 1 << UInt64(bit)
                #expect(arena.digest(of: work) != right)
                arena.result[word] ^= 1 << UInt64(bit)
            }
        }
        #expect(arena.digest(of: work) == right)
    }
}
