// TableScanner.swift: words and numbers of the kernel's tables, straight from the bytes.
// /proc/interrupts grows with CPUs times devices; a String for each field would cost more than reading it.

/// Goes through a text line by line, and through each line word by word; words are parted by spaces and tabs.
struct TableScanner {
    private let bytes: [UInt8]
    /// Next byte of the current line.
    private var position = 0
    /// Behind the current line's last byte.
    private var end = 0
    private var nextStart = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Moves on to the next line; false behind the last one.
    mutating func nextLine() -> Bool {
        guard nextStart < bytes.count else { return false }
        position = nextStart
        end = position
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        nextStart = end + 1
        return true
    }

    /// The next word of the line; nil at its end.
    mutating func word() -> String? {
        skipBlanks()
        let start = position
        while position < end, !Self.isBlank(bytes[position]) { position += 1 }
        return position > start ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    /// The next word as a number ≥ 0; nil, and nothing is passed, when it is anything else.
    mutating func number() -> Int? {
        skipBlanks()
        var value = 0
        var index = position
        while index < end, let digit = Self.digit(bytes[index]) {
            let (tenfold, tooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, over) = tenfold.addingReportingOverflow(digit)
            if tooLarge || over { return nil }
            value = sum
            index += 1
        }
        guard index > position, index == end || Self.isBlank(bytes[index]) else { return nil }
        position = index
        return value
    }

    /// What is left of the line, without blanks at either end.
    mutating func rest() -> String {
        defer { position = end }
        return String(decoding: bytes[position..<end], as: UTF8.self).trimmed
    }

    private mutating func skipBlanks() { while position < end, Self.isBlank(bytes[position]) { position += 1 } }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private static func digit(_ byte: UInt8) -> Int? {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") ? Int(byte - UInt8(ascii: "0")) : nil
    }
}
