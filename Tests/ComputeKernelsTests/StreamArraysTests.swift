// StreamArraysTests.swift: what the arrays must hold in closed form, and that no wrong or missing element escapes.

import ComputeKernels
import Testing

@Suite("Contents of the arrays")
struct StreamArraysTests {
    @Test("after any number of passes all elements are found right", arguments: runnableStreams)
    func right(kernel: StreamKernel) throws {
        let marked = try MarkedArrays(kernel, count: 77, seed: 5)
        for passes in [0, 1, 1, 1, 1, 5, 100, 1001] {
            let sum = marked.arrays.run(passes: passes)
            let found = marked.arrays.compare()
            #expect(found.wrong == 0, "\(found.firstDifference ?? "")")
            #expect(found.checked == 77 * kernel.arrayCount)
            if kernel.formula == .read { #expect(sum == marked.arrays.expectedSum(passes: passes)) }
        }
        #expect(marked.arrays.passes == 1110)
    }

    @Test("small arrays are contiguous, large ones start at different places of a large page")
    func layout() throws {
        let triad = try #require(StreamKernel.all.first { $0.formula == .triad })
        #expect(StreamArrays.byteCount(for: triad, count: 1024) == 3 * 8192)
        #expect(StreamArrays.byteCount(for: triad, count: 1025) == 3 * 8256)
        #expect(StreamArrays.byteCount(for: triad, count: 131_071) == 3 << 20)
        // 1 MiB each: the third one starts 2 × (2 MiB + 8 KiB) behind the first.
        #expect(StreamArrays.byteCount(for: triad, count: 131_072) == 2 * (2_097_152 + 8192) + 1_048_576)
        #expect(StreamArrays.byteCount(for: triad, count: 262_145) == 2 * (4_194_304 + 8192) + 2_097_216)
    }

    @Test("an element that is off by one is found, in any array and at any place", arguments: runnableStreams)
    func corrupted(kernel: StreamKernel) throws {
        for array in 0..<kernel.arrayCount {
            for element in [0, 31, 32, 76] {
                let marked = try MarkedArrays(kernel, count: 77)
                _ = marked.arrays.run(passes: 4)
                marked.arrays.corrupt(array: array, element: element)
                let found = marked.arrays.compare()
                #expect(found.wrong == 1)
                #expect(found.firstDifference?.contains("element \(element), after 4 passes") == true)
                #expect(marked.arrays.compare(element..<element + 1).wrong == 1)
                #expect(marked.arrays.compare(1..<30).wrong == 0)
            }
        }
    }

    // Array 0 is overwritten next without being read; write has no other, and is looked at after each slice.
    @Test(
        "what a pass left wrong is still wrong many passes later",
        arguments: runnableStreams.filter { $0.formula != .write && $0.formula != .read })
    func persistence(kernel: StreamKernel) throws {
        for array in 1...2 {
            let marked = try MarkedArrays(kernel, count: 77)
            _ = marked.arrays.run(passes: 4)
            marked.arrays.corrupt(array: array, element: 70)
            for _ in 0..<200 {
                _ = marked.arrays.run(passes: 1)
                #expect(marked.arrays.compare().wrong > 0)
            }
        }
    }

    @Test(
        "an element that a pass did not store is found, whichever pass it was",
        arguments: runnableStreams.filter { $0.formula != .read })
    func missingStore(kernel: StreamKernel) throws {
        for passes in 0..<12 {
            let marked = try MarkedArrays(kernel, count: 77)
            _ = marked.arrays.run(passes: passes)
            let before = marked.contents
            _ = marked.arrays.run(passes: 1)
            var after = marked.contents
            let written = try #require(after.indices.first { after[$0] != before[$0] })
            // No element is what it was: a store left out cannot look like one that was made.
            #expect(zip(after[written], before[written]).allSatisfy { $0 != $1 })
            after[written][33] = before[written][33]
            marked.contents = after
            #expect(marked.arrays.compare().wrong == 1)
        }
    }

    @Test("a pass that was not made at all is found", arguments: runnableStreams.filter { $0.formula != .read })
    func missingPass(kernel: StreamKernel) throws {
        for passes in 1..<8 {
            let (made, short) = (try MarkedArrays(kernel, count: 40), try MarkedArrays(kernel, count: 40))
            _ = made.arrays.run(passes: passes)
            _ = short.arrays.run(passes: passes - 1)
            made.contents = short.contents
            #expect(made.arrays.compare().wrong >= 40)
        }
    }

    @Test("a wrong element shows in the sum", arguments: runnableStreams.filter { $0.formula == .read })
    func wrongSum(kernel: StreamKernel) throws {
        let marked = try MarkedArrays(kernel, count: 200)
        #expect(marked.arrays.run(passes: 3) == marked.arrays.expectedSum(passes: 3))
        marked.arrays.corrupt(array: 0, element: 199)
        #expect(marked.arrays.run(passes: 3) == marked.arrays.expectedSum(passes: 3) + 3)
        #expect(marked.arrays.compare().wrong == 1)
    }

    @Test("different seeds fill differently")
    func seeds() throws {
        let triad = try #require(runnableStreams.first { $0.formula == .triad })
        let (first, second) = (
            try MarkedArrays(triad, count: 100, seed: 1), try MarkedArrays(triad, count: 100, seed: 2)
        )
        #expect(first.contents[2] != second.contents[2])
        #expect(first.contents[1] != first.contents[2])
    }

    // 100000 B in three arrays of f64 are 4166 elements; 130 turns of 32 hold 4160 of them.
    @Test("a working set is rounded down to whole turns, and to one at least")
    func rounding() throws {
        let triad = try #require(StreamKernel.named(kernel: "stream-triad", variant: "avx2"))
        #expect(StreamArrays.count(for: triad, bytes: 100_000) == 4160)
        #expect(StreamArrays.count(for: triad, bytes: 1) == 32)
        let read = try #require(StreamKernel.named(kernel: "stream-read", variant: "avx512"))
        #expect(StreamArrays.count(for: read, bytes: 1024) == 128)
        #expect(StreamArrays.byteCount(for: read, count: 128) >= 1024)
    }
}
