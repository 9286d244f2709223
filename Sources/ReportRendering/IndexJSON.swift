// IndexJSON.swift: the index for programs: the snapshot as it is, keys sorted so that two runs can be compared.

package import CapacityIndex
import FoundationEssentials

package enum IndexJSON {
    /// Indented JSON with sorted keys and a final newline; amounts in FLOPS beside the same in EFLOPS.
    ///
    /// - Parameter whatIf: Answers that stand beside the index under `what_if`.
    package static func render(_ snapshot: IndexSnapshot, whatIf: [IndexWish] = []) throws -> String {
        try text(Report(snapshot: snapshot, whatIf: whatIf))
    }

    private struct Report: Encodable {
        let snapshot: IndexSnapshot
        let whatIf: [IndexWish]

        enum CodingKeys: String, CodingKey {
            case whatIf = "what_if"
        }

        func encode(to encoder: any Encoder) throws {
            try snapshot.encode(to: encoder)
            guard !whatIf.isEmpty else { return }
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(whatIf, forKey: .whatIf)
        }
    }

    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // A refused record's figures may have overflowed; they are shown rather than hiding the whole index.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
