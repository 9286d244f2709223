// IndexJSON.swift: the index for programs: the snapshot as it is, keys sorted so that two runs can be compared.

package import CapacityIndex
import FoundationEssentials

package enum IndexJSON {
    /// Indented JSON with sorted keys and a final newline; amounts in FLOPS beside the same in EFLOPS.
    package static func render(_ snapshot: IndexSnapshot) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // A refused record's figures may have overflowed; they are shown rather than hiding the whole index.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(snapshot), as: UTF8.self) + "\n"
    }
}
