// PointerChaseTests.swift: the cycle goes through all lines, the chain follows it, and a broken one is noticed.

import ComputeKernels
import Testing

@Suite("Chain of dependent loads")
struct PointerChaseTests {
    private func withChase(lines: Int, seed: UInt64 = 1, _ body: (PointerChase) throws -> Void) rethrows {
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: lines * PointerChase.lineBytes, alignment: PointerChase.lineBytes)
        defer { memory.deallocate() }
        try body(PointerChase(memory: memory, lineCount: lines, seed: seed))
    }

    @Test("the cycle passes every line once and returns", arguments: [2, 3, 5, 64, 1000, 4096])
    func oneCycle(lines: Int) throws {
        withChase(lines: lines) { chase in
            #expect(chase.isOneCycle)
            // Lines have a word of address and a word of rank; 32 loads a turn visit each rank in its order.
            var place = chase.origin
            for turn in 1...max(3, lines / 16) {
                place = PointerChase.follow(turns: 1, from: place)
                #expect(chase.rank(of: place) == turn * PointerChase.loadsPerTurn % lines)
            }
        }
    }

    @Test("the chain ends where its number of loads says, and stays where it is for none")
    func ends() throws {
        withChase(lines: 777) { chase in
            #expect(chase.rank(of: PointerChase.follow(turns: 0, from: chase.origin)) == 0)
            for turns in [1, 2, 100, 12345] {
                let end = PointerChase.follow(turns: turns, from: chase.origin)
                #expect(chase.rank(of: end) == turns * PointerChase.loadsPerTurn % 777)
            }
        }
    }

    @Test("two lines whose successors are swapped make two cycles, and that is noticed")
    func broken() throws {
        withChase(lines: 500) { chase in
            chase.corrupt(3, 499)
            #expect(!chase.isOneCycle)
        }
    }

    // Of lines in order, or at one distance, a prefetcher would know the next.
    @Test("successive lines lie at distances of all sizes")
    func randomness() throws {
        let lines = 4096
        let memory = UnsafeMutableRawPointer.allocate(byteCount: lines * 64, alignment: 64)
        defer { memory.deallocate() }
        _ = PointerChase(memory: memory, lineCount: lines, seed: 9)
        let base = Int(bitPattern: memory)
        let distances = (0..<lines).map { index in
            (memory.load(fromByteOffset: index * 64, as: Int.self) - base) / 64 - index
        }
        #expect(!distances.contains(0))
        // Of 4096 random distances some coincide, but hardly ever more than a handful of the same size.
        let commonest = Dictionary(grouping: distances, by: { $0 }).values.map(\.count).max() ?? 0
        #expect(commonest < 16)
        // Half of random pairs are further apart than 0.29 of the region.
        let far = distances.count { abs($0) * 100 > lines * 29 }
        #expect((lines * 2 / 5..<lines * 3 / 5).contains(far))
    }

    @Test("different seeds draw different cycles")
    func seeds() {
        withChase(lines: 1000, seed: 1) { first in
            withChase(lines: 1000, seed: 2) { second in
                let ranks = (1...20).map { turns in
                    [first, second].map { chase in
                        chase.position(of: PointerChase.follow(turns: turns, from: chase.origin))
                    }
                }
                #expect(ranks.contains { $0[0] != $0[1] })
            }
        }
    }
}
