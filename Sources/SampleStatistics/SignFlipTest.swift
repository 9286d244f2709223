// SignFlipTest.swift: whether paired differences are around zero, by the permutations that pairing allows.

/// The sign-flip permutation test of the sum of paired differences, two-sided.
///
/// If nothing changed between the two of a pair, each difference might as well have had the other sign. Up to
/// `exactLimit` pairs all sign patterns are counted, above it a seeded sample of them.
///
/// - Source: R. A. Fisher, The Design of Experiments (1935), section 21; sampled patterns, B. Phipson, G. K. Smyth,
///   Stat. Appl. Genet. Mol. Biol. 9 (2010), article 39.
public struct SignFlipTest: Sendable, Hashable {
    /// Two-sided: the share of sign patterns whose sum is at least as far from zero. At least 2^(1 − n).
    public let pValue: Double
    public let isExact: Bool

    public static let methodName = "sign-flip"
    public static let exactLimit = 20
    /// Patterns drawn above `exactLimit` pairs; they leave a standard error of 0.0003 on a p value of 0.01.
    public static let drawnPatterns = 100_000

    /// - Returns: nil without differences, or with one that is not finite.
    /// - Complexity: O(2ⁿ) up to `exactLimit` differences, else O(`drawnPatterns` · *n*).
    public init?(differences: [Double], seed: UInt64 = 1) {
        guard !differences.isEmpty, differences.allSatisfy(\.isFinite) else { return nil }
        let scale = differences.reduce(0) { $0 + abs($1) }
        // Sums of one pattern reached in another order may differ in their last digits.
        let observed = abs(differences.reduce(0, +)) - 1e-12 * scale
        isExact = differences.count <= Self.exactLimit
        guard isExact else {
            var generator = SeededGenerator(seed: seed)
            var extreme = 0
            for _ in 0..<Self.drawnPatterns {
                var sum = 0.0
                var signs: UInt64 = 0
                for (index, difference) in differences.enumerated() {
                    if index % 64 == 0 { signs = generator.next() }
                    sum += signs & 1 == 0 ? difference : -difference
                    signs >>= 1
                }
                if abs(sum) >= observed { extreme += 1 }
            }
            // The observed pattern is one of them.
            pValue = Double(extreme + 1) / Double(Self.drawnPatterns + 1)
            return
        }
        // The first sign stays, as a pattern and its opposite are equally far from zero. Gray code changes one sign a
        // step.
        let patterns = 1 << (differences.count - 1)
        var signed = differences
        var sum = differences.reduce(0, +)
        var extreme = 0
        for pattern in 0..<patterns {
            if pattern > 0 {
                let flipped = pattern.trailingZeroBitCount + 1
                signed[flipped].negate()
                sum += 2 * signed[flipped]
            }
            if abs(sum) >= observed { extreme += 1 }
        }
        pValue = Double(extreme) / Double(patterns)
    }
}
