// SealedRecord.swift: a record with its digest, and the only text that carries it.

import Crypto
import FoundationEssentials

/// A record whose digest is known to match its content.
public struct SealedRecord: Sendable, Hashable {
    public let record: ResultRecord
    /// Canonical JSON of the whole record, digest included, without a final newline.
    public let canonicalJSON: String

    /// SHA-256 of the canonical JSON of everything but `digest` and `submission`, 64 hexadecimal digits.
    public var digest: String { record.digest ?? "" }

    /// Seals a record that was just made.
    public init(sealing record: ResultRecord) throws {
        var tree = try JSONValue(encoding: record)
        let digest = tree.recordDigest
        tree = tree.setting("digest", to: .string(digest))
        var sealed = record
        sealed.digest = digest
        self.record = sealed
        canonicalJSON = tree.canonicalText
    }

    /// The same content and digest, with word of where it was delivered.
    public func delivered(_ submission: SubmissionRecord) throws -> SealedRecord {
        var record = record
        record.submission = submission
        return try SealedRecord(sealing: record)
    }

    /// Reads and checks a record.
    ///
    /// - Parameters:
    ///   - bytes: The whole file.
    ///   - origin: What to call it in an error: a path.
    /// - Throws: `RecordError` for text that is not JSON, not a record, of a newer schema, edited, or impossible.
    public init(reading bytes: [UInt8], origin: String) throws {
        let data = Data(bytes)
        let tree: JSONValue
        do {
            tree = try JSONDecoder().decode(JSONValue.self, from: data)
        } catch {
            throw RecordError.notJSON(origin, detail: Self.jsonFault(error, bytes: bytes))
        }
        guard case .object(let members) = tree, case .number(let schema)? = members["schema"] else {
            throw RecordError.notARecord(origin, detail: "there is no \"schema\" number at its top level")
        }
        guard schema >= 1, schema == schema.rounded() else {
            throw RecordError.notARecord(origin, detail: "its \"schema\" is \(schema), no version that ever was")
        }
        guard schema <= Double(ResultRecord.schemaVersion) else {
            throw RecordError.newerSchema(origin, found: Int(exactly: schema) ?? Int.max)
        }
        guard case .string(let stated)? = members["digest"] else {
            throw RecordError.notSealed(origin)
        }
        guard stated == tree.recordDigest else {
            throw RecordError.digestMismatch(origin, stated: stated, actual: tree.recordDigest)
        }
        do {
            record = try JSONDecoder().decode(ResultRecord.self, from: data)
        } catch let error as DecodingError {
            throw RecordError.notARecord(origin, detail: error.shortText)
        }
        if let impossible = record.firstImpossibleValue {
            throw RecordError.impossibleValue(origin, impossible)
        }
        canonicalJSON = tree.canonicalText
    }

    private static func jsonFault(_ error: any Error, bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "it is empty" }
        let last = bytes.last { !(UInt8(ascii: " ") >= $0) }
        if last != UInt8(ascii: "}") { return "it ends after \(bytes.count) bytes in the middle of the record" }
        if let error = error as? DecodingError { return error.shortText }
        return "\(error)"
    }
}

extension JSONValue {
    /// SHA-256 over everything but the members that are added after sealing.
    package var recordDigest: String {
        guard case .object(var members) = self else { return canonicalText.sha256 }
        members["digest"] = nil
        members["submission"] = nil
        return JSONValue.object(members).canonicalText.sha256
    }

    func setting(_ key: String, to value: JSONValue) -> JSONValue {
        guard case .object(var members) = self else { return self }
        members[key] = value
        return .object(members)
    }
}

extension String {
    /// SHA-256 of its UTF-8, in hexadecimal.
    package var sha256: String { Array(SHA256.hash(data: Array(utf8))).hexadecimal }
}

extension Sequence<UInt8> {
    /// Two lower-case digits per byte.
    package var hexadecimal: String {
        let digits = Array("0123456789abcdef")
        return reduce(into: "") { text, byte in
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
    }
}

extension DecodingError {
    /// One line: where and what.
    var shortText: String {
        let context: Context
        switch self {
        case .keyNotFound(let key, let found):
            let path = (found.codingPath + [key]).map(\.pathText).joined(separator: ".")
            return "\(path) is missing"
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        @unknown default: return "\(self)"
        }
        let path = context.codingPath.map(\.pathText).joined(separator: ".")
        let detail = context.underlyingError.map { "\($0)" } ?? context.debugDescription
        return path.isEmpty ? detail : "\(path): \(detail)"
    }
}

extension CodingKey {
    fileprivate var pathText: String { intValue.map(String.init) ?? stringValue }
}
