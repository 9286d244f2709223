// CSVDocumentTests.swift: RFC 4180 to the letter, and everything else refused with its place.

import Interchange
import Testing

@Suite struct CSVDocumentTests {
    private func read(_ text: String) throws(TableError) -> CSVDocument {
        try CSVDocument(Array(text.utf8), file: "t.csv")
    }

    @Test("quoted commas, quotation marks and line breaks belong to the field")
    func quotes() throws {
        let document = try read("a,b\r\n\"x,y\",\"say \"\"hi\"\"\"\r\n\"two\nlines\",z\r\nlast,row\r\n")
        #expect(document.rows.map(\.fields) == [["x,y", "say \"hi\""], ["two\nlines", "z"], ["last", "row"]])
        // The row over two lines counts by its first, and the next one by its own.
        #expect(document.rows.map(\.line) == [2, 3, 5])
    }

    @Test("spaces belong to a field, and so does an empty one at the very end")
    func spacesAndEnds() throws {
        #expect(try read("a,b,c\n 1 ,,").rows[0].fields == [" 1 ", "", ""])
        #expect(try read("a,b\n\"\",\"\"").rows[0].fields == ["", ""])
        #expect(try read("a,b\n1,2\n\r\n\n").rows.count == 1)
    }

    @Test("a byte order mark is no part of the first name; other scripts pass")
    func byteOrderMark() throws {
        let document = try read("\u{FEFF}uCode,名\n北京,é\n")
        #expect(document.header == ["uCode", "名"])
        #expect(document.rows[0].fields == ["北京", "é"])
        // A combining accent behind a comma is its own character to Swift's strings, but not to the format.
        #expect(try read("a,b\n1,\u{301}x\n").rows[0].fields == ["1", "\u{301}x"])
    }

    @Test(
        "malformed text is refused",
        arguments: [
            ("", nil, TableError.Fault.empty),
            ("\n\n", nil, .empty),
            ("a,b\n1,\"2\n", 2, .unclosedQuote),
            ("a,b\n1,2\"3\n", 2, .quoteInsideField),
            ("a,b\n\"1\"2,3\n", 2, .textBehindQuote),
            ("a,b\n\"1\" ,3\n", 2, .textBehindQuote),
            ("a,b\n1,2\n1\n", 3, .fieldCount(found: 1, expected: 2)),
            ("a,b\n1,2,3\n", 2, .fieldCount(found: 3, expected: 2)),
            ("a,b\n\n1,2\n", 2, .fieldCount(found: 1, expected: 2)),
            ("a,b\r1,2\r", 1, .carriageReturnAlone),
            ("a,\n1,2\n", 1, .unnamedColumn(2)),
            ("a,a\n1,2\n", 1, .duplicateColumn),
            ("a,b\n1,\u{0}\n", 2, .nullByte),
        ] as [(String, Int?, TableError.Fault)])
    func malformed(text: String, line: Int?, fault: TableError.Fault) {
        let error = #expect(throws: TableError.self) { try read(text) }
        #expect(error?.fault == fault)
        #expect(error?.line == line)
        #expect(error?.file == "t.csv")
    }

    @Test("bytes that are no UTF-8 are refused with their line")
    func notUTF8() {
        let error = #expect(throws: TableError.self) {
            try CSVDocument(Array("a,b\n1,2\n1,".utf8) + [0xFF, 0x0A], file: "t.csv")
        }
        #expect(error?.fault == .notUTF8)
        #expect(error?.line == 3)
    }
}
