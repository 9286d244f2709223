// KernelReplayTests.swift: every kernel this machine can run leaves what the scalar replay leaves, bit for bit.

import ComputeKernels
import Quantities
import Testing

@Suite("Kernels against the scalar replay")
struct KernelReplayTests {
    @Test("a kernel leaves the replay's state bit for bit", arguments: runnable, [0, 1, 2, 3, 10, 1000, 65_537])
    func agrees(kernel: FMAKernel, iterations: Int) throws {
        let initial = kernel.initialState(seed: 42)
        let found = try #require(kernel.advance(initial, iterations: iterations))
        #expect(found.firstDifference(from: kernel.expectedState(from: initial, iterations: iterations)) == nil)
        // A kernel that does nothing would pass the line above only if the replay did nothing either.
        #expect((found == initial) == (iterations == 0))
    }

    @Test("two runs in a row are one long run", arguments: runnable)
    func composes(kernel: FMAKernel) throws {
        let initial = kernel.initialState(seed: 3)
        let half = try #require(kernel.advance(initial, iterations: 311))
        #expect(kernel.advance(half, iterations: 689) == kernel.advance(initial, iterations: 1000))
    }

    @Test("one iteration more or less shows", arguments: runnable, [2, 1000, 100_000])
    func countsIterations(kernel: FMAKernel, iterations: Int) {
        let initial = kernel.initialState(seed: 5)
        let found = kernel.advance(initial, iterations: iterations)
        #expect(found != kernel.expectedState(from: initial, iterations: iterations - 1))
        #expect(found != kernel.expectedState(from: initial, iterations: iterations + 1))
    }

    // 100 000 iterations are some 1.2 million cycles of a kernel with twelve accumulators: a third of a millisecond.
    @Test("the lowest bit of any one element, flipped at the start, still shows at the end", arguments: runnable)
    func smallestErrorPersists(kernel: FMAKernel) throws {
        let initial = kernel.initialState(seed: 7)
        let expected = kernel.expectedState(from: initial, iterations: 100_000)
        for element in stride(from: 0, to: kernel.elementCount, by: max(1, kernel.elementCount / 12 | 1)) {
            var corrupted = initial
            corrupted.bits[element] ^= 1
            let found = try #require(kernel.advance(corrupted, iterations: 100_000))
            let difference = try #require(found.firstDifference(from: expected), "element \(element)")
            #expect(difference.lane == element % kernel.lanes)
            // Where accumulators come in pairs, the error spreads to the partner, no further.
            let accumulator = element / kernel.lanes
            #expect(
                kernel.advancesPairs
                    ? difference.accumulator / 2 == accumulator / 2 : difference.accumulator == accumulator)
        }
    }

    @Test("a wrong bit in the end state is found, named and located", arguments: runnable)
    func locatesDifference(kernel: FMAKernel) throws {
        let initial = kernel.initialState(seed: 11)
        let expected = kernel.expectedState(from: initial, iterations: 10)
        var wrong = expected
        let element = kernel.elementCount - 1
        wrong.bits[element] ^= 1
        let difference = try #require(wrong.firstDifference(from: expected))
        #expect(difference.accumulator == kernel.accumulators - 1)
        #expect(difference.lane == kernel.lanes - 1)
        #expect(difference.expected == expected.bits[element])
        #expect(difference.found == expected.bits[element] ^ 1)
        #expect(difference.description.hasPrefix("accumulator \(kernel.accumulators - 1), lane \(kernel.lanes - 1): "))
    }

    @Test("initial values differ from each other, in f16 pairs do, and follow from the seed", arguments: shaped)
    func initialValues(kernel: FMAKernel) {
        let state = kernel.initialState(seed: 1)
        if kernel.accumulator == .f16 {
            let pairs = (0..<kernel.elementCount / 2).map { pair in
                let first = pair / kernel.lanes * 2 * kernel.lanes + pair % kernel.lanes
                return [state.bits[first], state.bits[first + kernel.lanes]]
            }
            #expect(Set(pairs).count == kernel.elementCount / 2)
        } else {
            #expect(Set(state.bits).count == kernel.elementCount)
        }
        #expect(state == kernel.initialState(seed: 1))
        #expect(state != kernel.initialState(seed: 2))
    }
}

@Suite("Clock chain")
struct ClockChainTests {
    // The sum of n·64 equal steps, computed by one multiplication.
    @Test("each chain makes every one of its additions", arguments: ClockProbe.Chain.allCases, [0, 1, 2, 1000])
    func sum(chain: ClockProbe.Chain, iterations: Int) {
        #expect(ClockProbe.run(chain, iterations: iterations) == ClockProbe.expectedResult(iterations: iterations))
    }

    @Test("64 additions an iteration, whose sum is worked out by hand for one iteration")
    func oneIteration() {
        #expect(ClockProbe.cyclesPerIteration == 64)
        // 64 × 0x9E3779B97F4A7C15 is a shift by six: 0x278DDE6E5FD29F0540 without what leaves 64 bits.
        #expect(ClockProbe.run(.integer, iterations: 1) == 0x8DDE_6E5F_D29F_0540)
    }
}
