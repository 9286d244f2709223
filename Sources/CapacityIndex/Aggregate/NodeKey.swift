// NodeKey.swift: a node's identity in 24 bytes, so that ten million of them fit beside their numbers.

/// What a ledger knows a node by.
///
/// Up to 23 bytes of UTF-8 are kept as they are. Of 64 digits of a SHA-256, as gate G5 makes them, the first 184 bits
/// are kept: two of 10^7 nodes agree in them with a probability of 10^14 / 2^185 = 2·10^-42, and whoever seeks a pair
/// needs 2^92 trials. Other long names are kept in full by the ledger and known by a number. The last byte tells the
/// three apart, so that a name of one kind never equals one of another.
struct NodeKey: Sendable, Hashable {
    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)

    private static let digestTag: UInt8 = 0xFF
    private static let numberTag: UInt8 = 0xFE
    /// Bytes before the tag.
    private static let room = 23

    /// Nil for a name that is too long to be kept here.
    init?(_ name: String) {
        var bytes = [UInt8](name.utf8)
        if bytes.count <= Self.room {
            let length = UInt8(bytes.count)
            bytes += repeatElement(0, count: Self.room - bytes.count)
            self.init(bytes, tag: length)
        } else if let digest = Self.digest(bytes) {
            self.init(digest, tag: Self.digestTag)
        } else {
            return nil
        }
    }

    /// A name that is kept elsewhere under a number.
    init(number: Int) {
        words = (UInt64(number), 0, UInt64(Self.numberTag) << 56)
    }

    private init(_ bytes: [UInt8], tag: UInt8) {
        func word(_ start: Int, _ end: Int) -> UInt64 {
            bytes[start..<end].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        words = (word(0, 8), word(8, 16), word(16, 23) | UInt64(tag) << 56)
    }

    /// The first 23 of 32 bytes written in 64 lower-case hexadecimal digits; nil for other text.
    private static func digest(_ text: [UInt8]) -> [UInt8]? {
        guard text.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = nibble(text[index]), let low = nibble(text[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return Array(bytes.prefix(room))
    }

    private static func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case 48...57: character - 48
        case 97...102: character - 87
        default: nil
        }
    }

    static func == (left: Self, right: Self) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) {
        hasher.combine(words.0)
        hasher.combine(words.1)
        hasher.combine(words.2)
    }
}
