// ExactSum+Text.swift: the sum as text that any program reads back without loss.
// A hexadecimal floating-point literal of C: strtod and Python's float.fromhex read it, rounding once.

extension ExactSum: CustomStringConvertible {
    /// `0x` with an odd number in hexadecimal, `p` and a power of two in decimal: 12 is `0x3p2`, −0.5 is `-0x1p-1`,
    /// 0 is `0x0p0`. Every sum has exactly one such text.
    public var description: String {
        guard !isZero else { return "0x0p0" }
        let magnitude = self.magnitude.wordsFromTop
        var words = [magnitude.4, magnitude.3, magnitude.2, magnitude.1, magnitude.0]
        var exponent = Self.lowestExponent
        while words[0] == 0 {
            words.removeFirst()
            exponent += 64
        }
        let shift = UInt64(words[0].trailingZeroBitCount)
        exponent += Int(shift)
        for index in words.indices {
            let above = index + 1 < words.count ? words[index + 1] : 0
            words[index] = (words[index] &>> shift) | ((above << 1) &<< (63 &- shift))
        }
        while words.last == 0 { words.removeLast() }
        var digits = ""
        for word in words.reversed() {
            let text = String(word, radix: 16)
            digits += digits.isEmpty ? text : String(repeating: "0", count: 16 - text.count) + text
        }
        return "\(isNegative ? "-" : "")0x\(digits)p\(exponent)"
    }

    /// Reads `description`, and nothing else: a second spelling of one sum would be a second digest of one summary.
    ///
    /// - Throws: `.malformedSum`.
    public init(_ text: String) throws(AggregationError) {
        var rest = text[...]
        let isNegative = rest.first == "-"
        if isNegative { rest = rest.dropFirst() }
        let parts = rest.split(separator: "p", omittingEmptySubsequences: false)
        // 320 bits are 80 digits.
        guard parts.count == 2, parts[0].hasPrefix("0x"), parts[0].utf8.count <= 82, let exponent = Int(parts[1]),
            abs(exponent) < 1000
        else { throw .malformedSum(text) }
        var magnitude = ExactSum()
        for (position, character) in parts[0].dropFirst(2).reversed().enumerated() {
            let weight = exponent + 4 * position
            guard let digit = character.hexDigitValue, digit == 0 || weight >= Self.lowestExponent else {
                throw .malformedSum(text)
            }
            do { try magnitude.add(Int64(digit), weight: weight) } catch { throw .malformedSum(text) }
        }
        self.init()
        if isNegative { try subtract(magnitude) } else { try add(magnitude) }
        guard description == text else { throw .malformedSum(text) }
    }
}

extension ExactSum: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
