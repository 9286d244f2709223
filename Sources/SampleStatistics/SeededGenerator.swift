// SeededGenerator.swift: the one random generator of the project: reproducible on every machine.

/// xoshiro256**, seeded through SplitMix64: same seed and stream, same numbers, everywhere.
///
/// - Source: D. Blackman, S. Vigna, Scrambled linear pseudorandom number generators, ACM TOMS 47 (2021), 36.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: (UInt64, UInt64, UInt64, UInt64)

    /// - Parameters:
    ///   - seed: Any number.
    ///   - stream: Generators with one seed and different streams are independent for all practical purposes.
    public init(seed: UInt64, stream: UInt64 = 0) {
        // The stream enters through a second SplitMix64 step, so that neighbouring streams share no state word.
        var mixer = seed
        let base = Self.splitMix(&mixer)
        mixer = base ^ (stream &* 0xD134_2543_DE82_EF95 &+ 0x632B_E59B_D9B4_E019)
        state = (
            Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer), Self.splitMix(&mixer)
        )
    }

    private static func splitMix(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    private static func rotate(_ x: UInt64, by k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }

    public mutating func next() -> UInt64 {
        let result = Self.rotate(state.1 &* 5, by: 7) &* 9
        let t = state.1 << 17
        state.2 ^= state.0
        state.3 ^= state.1
        state.1 ^= state.2
        state.0 ^= state.3
        state.2 ^= t
        state.3 = Self.rotate(state.3, by: 45)
        return result
    }

    /// A number in [0, 1) with 53 random bits.
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// An index in 0 ..< `count`, each equally likely.
    public mutating func index(below count: Int) -> Int { Int(next(upperBound: UInt64(count))) }
}
