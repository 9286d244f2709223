// ScreenDigest.swift: the 127-bit digest that results are compared by.

internal import CKernels

/// The digest of a result: equal for equal words, and different for different ones but by a chance of n / 2¹²⁷.
package struct ScreenDigest: Sendable, Hashable, CustomStringConvertible {
    package let high, low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Complexity: O(n), some 3 ns per word.
    package init(of words: UnsafeBufferPointer<UInt64>) {
        var halves: (UInt64, UInt64) = (0, 0)
        withUnsafeMutableBytes(of: &halves) {
            sl_screen_digest(words.baseAddress, words.count, $0.baseAddress?.assumingMemoryBound(to: UInt64.self))
        }
        (low, high) = halves
    }

    package init(of words: [UInt64]) { self = words.withUnsafeBufferPointer { ScreenDigest(of: $0) } }

    /// 32 hexadecimal digits.
    package var description: String { Self.digits(high) + Self.digits(low) }

    private static func digits(_ word: UInt64) -> String {
        let text = String(word, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
