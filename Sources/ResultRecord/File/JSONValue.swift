// JSONValue.swift: any JSON text as a value, and its one canonical spelling.
// The digest of a record is taken over this spelling, so that a reader in any language can check it (RFC 8785).

import FoundationEssentials

/// A JSON value. Numbers are binary64, as RFC 8785 prescribes.
package enum JSONValue: Sendable, Hashable, Codable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    package init(from decoder: any Decoder) throws {
        // Numbers first: they are nine tenths of a record, and each wrong guess costs an error value.
        if let single = try? decoder.singleValueContainer() {
            if let value = try? single.decode(Double.self) { self = .number(value); return }
            if single.decodeNil() { self = .null; return }
            if let value = try? single.decode([String: JSONValue].self) { self = .object(value); return }
            if let value = try? single.decode(String.self) { self = .string(value); return }
            if let value = try? single.decode([JSONValue].self) { self = .array(value); return }
            self = .bool(try single.decode(Bool.self))
            return
        }
        throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a JSON value"))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }

    /// Any encodable value, by way of its JSON text.
    package init(encoding value: some Encodable) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value))
    }

    /// The canonical text: keys sorted, no white space, numbers as ECMAScript prints them.
    ///
    /// - Source: RFC 8785, JSON Canonicalization Scheme.
    package var canonicalText: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .number(let value): text += Self.ecmaScript(value)
        case .string(let value): Self.write(value, to: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            // RFC 8785 orders keys by UTF-16 code units.
            let keys = members.keys.sorted { $0.utf16.lexicographicallyPrecedes($1.utf16) }
            for (index, key) in keys.enumerated() {
                if index > 0 { text += "," }
                Self.write(key, to: &text)
                text += ":"
                members[key]?.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{08}": text += "\\b"
            case "\u{09}": text += "\\t"
            case "\u{0A}": text += "\\n"
            case "\u{0C}": text += "\\f"
            case "\u{0D}": text += "\\r"
            case "\u{00}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }

    /// A finite number as ECMAScript's Number::toString prints it.
    ///
    /// Swift's description gives the same shortest digits; only the notation differs.
    static func ecmaScript(_ value: Double) -> String {
        if value == 0 { return "0" }
        let sign = value < 0 ? "-" : ""
        var mantissa = abs(value).description
        var exponent = 0
        if let e = mantissa.firstIndex(of: "e") {
            exponent = Int(mantissa[mantissa.index(after: e)...]) ?? 0
            mantissa = String(mantissa[..<e])
        }
        let parts = mantissa.split(separator: ".", omittingEmptySubsequences: false)
        let whole = String(parts[0])
        let fraction = parts.count > 1 && parts[1] != "0" ? String(parts[1]) : ""
        // value = 0.d1d2d3… × 10^point, without leading or trailing zeros in the digits.
        var digits = Substring(whole + fraction)
        var point = whole.count + exponent
        while digits.first == "0" { digits = digits.dropFirst(); point -= 1 }
        while digits.last == "0" { digits = digits.dropLast() }
        let count = digits.count
        if count <= point, point <= 21 {
            return sign + digits + String(repeating: "0", count: point - count)
        }
        if 0 < point, point <= 21 {
            return sign + digits.prefix(point) + "." + digits.dropFirst(point)
        }
        if -6 < point, point <= 0 {
            return sign + "0." + String(repeating: "0", count: -point) + digits
        }
        let power = point - 1
        let tail = count > 1 ? "." + digits.dropFirst() : ""
        return sign + digits.prefix(1) + tail + "e" + (power < 0 ? "-" : "+") + String(abs(power))
    }
}
