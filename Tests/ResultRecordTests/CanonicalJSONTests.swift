// CanonicalJSONTests.swift: one spelling per value, so that a digest says something.

import Foundation
import ResultRecord
import Testing

private func canonical(_ text: String) throws -> String {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)).canonicalText
}

@Suite("Canonical JSON")
struct CanonicalJSONTests {
    // ECMAScript's Number::toString, section 6.1.6.1.20: decimal notation for exponents -7 < e < 21, shortest digits.
    @Test(
        "numbers are spelled as ECMAScript spells them",
        arguments: [
            ("1.0", "1"), ("-0.0", "0"), ("1e21", "1e+21"), ("1e20", "100000000000000000000"), ("1e-6", "0.000001"),
            ("1e-7", "1e-7"), ("123456789012345680000", "123456789012345680000"), ("0.1", "0.1"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"), ("5e-324", "5e-324"), ("-12.50", "-12.5"),
            ("4503599627370496", "4503599627370496"), ("49876543210.125", "49876543210.125"), ("1E2", "100"),
            ("1.25e-9", "1.25e-9"), ("9007199254740991", "9007199254740991"),
        ])
    func numbers(text: String, expected: String) throws {
        #expect(try canonical("[\(text)]") == "[\(expected)]")
    }

    // node -e 'console.log(JSON.stringify([…]))' gives the same for each, as does Python's repr for the digits.
    @Test("a thousand random numbers survive the round trip exactly")
    func roundTrip() throws {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let value = Double(bitPattern: generator.next())
            guard value.isFinite else { continue }
            let text = JSONValue.array([.number(value)]).canonicalText
            #expect(try JSONDecoder().decode([Double].self, from: Data(text.utf8)) == [value])
        }
    }

    @Test("keys are sorted by UTF-16 code units, white space is dropped")
    func keys() throws {
        // U+1F600 is D83D DE00 in UTF-16 and so comes before U+FB33, although its scalar is larger.
        #expect(
            try canonical("{ \"\u{FB33}\": 1, \"\u{1F600}\": 2, \"b\": 3, \"a\": [ true , null ] }")
                == "{\"a\":[true,null],\"b\":3,\"\u{1F600}\":2,\"\u{FB33}\":1}")
    }

    @Test("only what must be escaped is escaped")
    func escapes() throws {
        #expect(try canonical(#"["\u20ac\u0041\/\u000a\u001f\"\\"]"#) == #"["€A/\n\u001f\"\\"]"#)
    }
}
