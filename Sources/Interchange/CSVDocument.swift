// CSVDocument.swift: comma-separated text by RFC 4180, refused where it is malformed.
// A reader of our own: SwiftCSV 0.10 drops spaces at the beginning of fields and an empty last field of a file without a
// final line break, fills short rows up and takes an open quotation mark at the end for closed, all without a word.

/// A header and rows with as many fields.
package struct CSVDocument: Sendable {
    package struct Row: Sendable {
        /// Of its beginning, from 1.
        package let line: Int
        package let fields: [String]
    }

    package let file: String
    package let header: [String]
    package let rows: [Row]

    /// - Parameters:
    ///   - bytes: UTF-8 with or without a byte order mark; lines end with LF or CRLF. Empty lines at the end are no rows.
    ///   - file: Its name in messages.
    ///   - namesRows: Whether the first column may be without a name, as in the header of a square table.
    /// - Complexity: O(bytes).
    package init(_ bytes: [UInt8], file: String, namesRows: Bool = false) throws(TableError) {
        var scanner = CSVScanner(bytes: bytes, file: file)
        guard let first = try scanner.next() else { throw TableError(file: file, fault: .empty) }
        var seen: Set<String> = []
        for (index, name) in first.fields.enumerated() {
            guard !name.isEmpty || (namesRows && index == 0) else {
                throw TableError(file: file, line: 1, fault: .unnamedColumn(index + 1))
            }
            guard seen.insert(name).inserted else {
                throw TableError(file: file, line: 1, column: name, fault: .duplicateColumn)
            }
        }
        header = first.fields
        var rows: [Row] = []
        while let row = try scanner.next() {
            guard row.fields.count == first.fields.count else {
                throw TableError(
                    file: file, line: row.line,
                    fault: .fieldCount(found: row.fields.count, expected: first.fields.count))
            }
            rows.append(row)
        }
        self.rows = rows
        self.file = file
    }

    /// nil when there is no such column.
    package func index(of column: String) -> Int? { header.firstIndex(of: column) }
}

/// One row after the other.
private struct CSVScanner {
    private let bytes: [UInt8]
    private let file: String
    private var position: Int
    private var line = 1

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static let lineFeed = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")

    init(bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    private func fault(_ fault: TableError.Fault, column: Int, line: Int? = nil) -> TableError {
        TableError(file: file, line: line ?? self.line, column: "number \(column)", fault: fault)
    }

    /// nil at the end.
    mutating func next() throws(TableError) -> CSVDocument.Row? {
        if onlyLineBreaksLeft { return nil }
        let start = line
        var fields: [String] = []
        while true {
            fields.append(try field(number: fields.count + 1))
            guard position < bytes.count else { return CSVDocument.Row(line: start, fields: fields) }
            if bytes[position] == Self.comma {
                position += 1
                continue
            }
            // A field ends before a comma, a line break or the end; so this is a line break.
            position += bytes[position] == Self.carriageReturn ? 2 : 1
            line += 1
            return CSVDocument.Row(line: start, fields: fields)
        }
    }

    /// Stops at the first other byte, which is the next one but for empty lines.
    private var onlyLineBreaksLeft: Bool {
        var next = position
        while next < bytes.count {
            if bytes[next] == Self.carriageReturn { next += 1 }
            guard next < bytes.count, bytes[next] == Self.lineFeed else { return false }
            next += 1
        }
        return true
    }

    private mutating func field(number: Int) throws(TableError) -> String {
        if position < bytes.count, bytes[position] == Self.quote { return try quotedField(number: number) }
        let start = position
        while position < bytes.count {
            switch bytes[position] {
            case Self.comma, Self.lineFeed: return try text(bytes[start..<position], number: number)
            case Self.carriageReturn:
                guard position + 1 < bytes.count, bytes[position + 1] == Self.lineFeed else {
                    throw fault(.carriageReturnAlone, column: number)
                }
                return try text(bytes[start..<position], number: number)
            case Self.quote: throw fault(.quoteInsideField, column: number)
            default: position += 1
            }
        }
        return try text(bytes[start...], number: number)
    }

    private mutating func quotedField(number: Int) throws(TableError) -> String {
        let opened = line
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == Self.lineFeed { line += 1 }
            guard byte == Self.quote else {
                content.append(byte)
                continue
            }
            if position < bytes.count, bytes[position] == Self.quote {
                content.append(Self.quote)
                position += 1
                continue
            }
            let atEnd =
                position == bytes.count || bytes[position] == Self.comma || bytes[position] == Self.lineFeed
                || (bytes[position] == Self.carriageReturn && position + 1 < bytes.count
                    && bytes[position + 1] == Self.lineFeed)
            guard atEnd else { throw fault(.textBehindQuote, column: number) }
            return try text(content[...], number: number)
        }
        throw fault(.unclosedQuote, column: number, line: opened)
    }

    private func text(_ content: ArraySlice<UInt8>, number: Int) throws(TableError) -> String {
        guard !content.contains(0) else { throw fault(.nullByte, column: number) }
        guard let text = String(validating: content, as: UTF8.self) else { throw fault(.notUTF8, column: number) }
        return text
    }
}
