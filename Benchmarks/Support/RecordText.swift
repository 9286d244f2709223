// RecordText.swift: a record's way from text to value and back, as `suanli submit` and `suanli run` go it.

internal import ResultRecord

/// One record, as text and as a value.
public struct RecordText: Sendable {
    private let bytes: [UInt8]
    private let record: ResultRecord

    /// - Throws: When the file cannot be read or is not a record.
    public init(path: String) throws {
        let sealed = try RecordFile.read(path)
        record = sealed.record
        bytes = Array(sealed.canonicalJSON.utf8)
    }

    public var byteCount: Int { bytes.count }

    /// Reads the text and checks its digest and values; returns the number of results, so that nothing is left out.
    public func decode() throws -> Int { try SealedRecord(reading: bytes, origin: "a benchmark").record.results.count }

    /// Seals the value and writes its canonical text; returns the text's length in bytes.
    public func encode() throws -> Int { try SealedRecord(sealing: record).canonicalJSON.utf8.count }
}
