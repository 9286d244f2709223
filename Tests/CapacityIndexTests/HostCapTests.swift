// HostCapTests.swift: guests against their host, and the score of a node.

import CapacityIndex
import Testing

@Suite("Guests of one host")
struct HostCapTests {
    @Test("guests of 0.9, 0.8 and 0.7 on a host of 2.0 count for 0.75, 0.666667 and 0.583333")
    func known() throws {
        let cap = try #require(HostCap(guests: [0.9, 0.8, 0.7], hostRate: 2, hostPeak: 3))
        #expect(cap.limit == 2 && cap.origin == .measured)
        for (guest, expected) in [(0.9, 0.75), (0.8, 2.0 / 3), (0.7, 7.0 / 12)] {
            #expect(near(guest * cap.factor, expected))
        }
    }

    @Test("guests below the cap are left alone; without a measurement the peak caps, without either nothing does")
    func others() throws {
        #expect(HostCap(guests: [0.9, 0.8], hostRate: 2, hostPeak: nil)?.factor == 1)
        let byPeak = try #require(HostCap(guests: [4, 2], hostRate: nil, hostPeak: 3))
        #expect(byPeak.origin == .peak && byPeak.factor == 0.5)
        #expect(HostCap(guests: [1], hostRate: nil, hostPeak: nil) == nil)
        #expect(HostCap(guests: [.nan], hostRate: 2, hostPeak: nil) == nil)
    }
}

@Suite("Score")
struct ScoreTests {
    private func score(_ weights: [Double], rates: [Double] = [900, 1000, 12]) throws -> Double {
        let references = [450.0, 500, 8]
        return try Score(
            rates.indices.map {
                Score.Kernel("k\($0)", rate: rates[$0], referenceRate: references[$0], weight: weights[$0])
            }, reference: "reference/1"
        ).value
    }

    // Ratios 2, 2, 1.5: (2 · 2 · 1.5)^(1/3) = 1.8171206; 2^.8 · 1.5^.2 = 1.8881750.
    @Test("900, 1000 and 12 against 450, 500 and 8 score 1817.1206 with equal weights, 1888.1750 with .4, .4, .2")
    func known() throws {
        #expect(near(try score([1.0 / 3, 1.0 / 3, 1.0 / 3]), 1817.1206, within: 1e-7))
        #expect(near(try score([0.4, 0.4, 0.2]), 1888.1750, within: 1e-7))
    }

    @Test("the reference scores 1000, and twice as fast is twice the score")
    func scale() throws {
        #expect(near(try score([0.5, 0.3, 0.2], rates: [450, 500, 8]), 1000))
        #expect(near(try score([0.5, 0.3, 0.2], rates: [900, 1000, 16]), 2000))
    }

    @Test("rates and weights that are none are named")
    func wrong() {
        #expect(throws: ScoreError.notARate(kernel: "k1", field: "rate", number: 0)) {
            try score([0.4, 0.4, 0.2], rates: [1, 0, 1])
        }
        #expect(throws: ScoreError.badWeight(kernel: "k2", number: -0.2)) { try score([0.6, 0.6, -0.2]) }
        #expect(throws: ScoreError.self) { try score([0.4, 0.4, 0.4]) }
        #expect(throws: ScoreError.noKernels) { try Score([], reference: "none") }
    }
}
