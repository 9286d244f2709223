// FuzzTests.swift: valid tables with bytes changed at random: refused with a place, or read as what they say.
// Seeded, so that a failure comes back; the oracle is a second reader written the other way round, field by field from a
// grammar, instead of byte by byte.

import CompositeIndex
import Interchange
import SampleStatistics
import Testing

@Suite struct FuzzTests {
    /// What a mutation may insert: everything that has a meaning to the format, and some bytes that never have.
    private static let alphabet: [UInt8] = Array("\",\n\r \t0123456789.-+eENA".utf8) + [0, 0x80, 0xC3, 0xFF, 0xEF]

    private func mutated(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0...generator.index(below: 4) {
            let position = generator.index(below: bytes.count)
            switch generator.index(below: 5) {
            case 0: bytes[position] = Self.alphabet[generator.index(below: Self.alphabet.count)]
            case 1: bytes.insert(Self.alphabet[generator.index(below: Self.alphabet.count)], at: position)
            case 2: bytes.remove(at: position)
            case 3: bytes.removeSubrange(position..<min(bytes.count, position + generator.index(below: 20)))
            default: bytes.insert(contentsOf: bytes[position..<min(bytes.count, position + 15)], at: position)
            }
            if bytes.isEmpty { bytes = [44] }
        }
        return bytes
    }

    @Test("changed data is refused with file and place, or every number in it stands in the text")
    func data() throws {
        let meta = try COINrMeta(Array(COINrTablesTests.meta.utf8), file: "iMeta.csv")
        let original = Array(COINrTablesTests.data.utf8)
        var generator = SeededGenerator(seed: 2026)
        var refused = 0
        var read = 0
        for _ in 0..<20_000 {
            let bytes = mutated(original, &generator)
            do throws(TableError) {
                let data = try meta.data(bytes, file: "iData.csv")
                read += 1
                // The other reader accepts it too, and finds the same cells.
                guard let rows = ReferenceReader.rows(bytes) else {
                    Issue.record("malformed text was read: \(String(decoding: bytes, as: UTF8.self).debugDescription)")
                    continue
                }
                #expect(rows.count == data.units.count + 1)
                #expect(rows.allSatisfy { $0.count == rows[0].count })
                for (index, name) in rows[0].enumerated() {
                    guard let column = data.indicators[name] ?? data.denominators[name] else { continue }
                    for (row, cells) in rows.dropFirst().enumerated() {
                        let text = cells[index]
                        if text.isEmpty || text == "NA" {
                            #expect(column[row] == nil)
                        } else {
                            #expect(column[row] == Double(text.filter { $0 != " " }))
                        }
                    }
                }
                #expect(Set(data.units.map(\.code)).count == data.units.count)
            } catch {
                refused += 1
                #expect(error.file == "iData.csv")
                #expect(!error.description.isEmpty)
            }
        }
        // Both happen, or the test tests nothing.
        #expect(refused > 1000)
        #expect(read > 1000)
    }

    @Test("changed metadata is refused, or is a tree with usable weights")
    func metadata() {
        let original = Array(COINrTablesTests.meta.utf8)
        var generator = SeededGenerator(seed: 2027)
        var refused = 0
        var read = 0
        for _ in 0..<20_000 {
            let bytes = mutated(original, &generator)
            do throws(TableError) {
                let meta = try COINrMeta(bytes, file: "iMeta.csv")
                read += 1
                #expect(ReferenceReader.rows(bytes) != nil)
                #expect(meta.tree.indicators.allSatisfy { $0.weight >= 0 && $0.weight.isFinite })
                #expect(meta.tree.bottomUp.last == meta.tree.root)
                let codes = meta.tree.indicators.map(\.code) + meta.tree.aggregates.map(\.code)
                #expect(Set(codes).count == codes.count)
            } catch {
                refused += 1
                #expect(error.file == "iMeta.csv")
            }
        }
        #expect(refused > 1000)
        #expect(read > 1000)
    }

    @Test("random bytes never crash the readers")
    func noise() {
        var generator = SeededGenerator(seed: 2028)
        for _ in 0..<20_000 {
            let bytes = (0..<generator.index(below: 60)).map { _ in
                generator.index(below: 3) == 0
                    ? UInt8(generator.index(below: 256)) : Self.alphabet[generator.index(below: Self.alphabet.count)]
            }
            let document = try? CSVDocument(bytes, file: "noise")
            #expect((document != nil) == ReferenceReader.isDocument(bytes))
            _ = try? PairComparisonTable.read(bytes, file: "noise")
        }
    }
}

/// RFC 4180 from its grammar: the text is split at line breaks and commas outside quotation marks first, and each piece
/// judged afterwards.
enum ReferenceReader {
    /// nil when a field is malformed; the header included.
    static func rows(_ bytes: [UInt8]) -> [[String]]? {
        var bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        while bytes.last == 10 {
            bytes.removeLast()
            if bytes.last == 13 { bytes.removeLast() }
        }
        if bytes.isEmpty { return [] }
        var rows: [[[UInt8]]] = [[[]]]
        var isOpen = false
        for (index, byte) in bytes.enumerated() {
            if byte == 34 { isOpen.toggle() }
            let row = rows.count - 1
            if !isOpen, byte == 44 {
                rows[row].append([])
            } else if !isOpen, byte == 10 {
                let field = rows[row].count - 1
                if index > 0, bytes[index - 1] == 13 { rows[row][field].removeLast() }
                rows.append([[]])
            } else {
                rows[row][rows[row].count - 1].append(byte)
            }
        }
        guard !isOpen else { return nil }
        var result: [[String]] = []
        for row in rows {
            var fields: [String] = []
            for raw in row {
                guard let field = field(raw) else { return nil }
                fields.append(field)
            }
            result.append(fields)
        }
        return result
    }

    private static func field(_ raw: [UInt8]) -> String? {
        guard !raw.contains(0) else { return nil }
        guard raw.first == 34 else {
            return raw.contains(34) || raw.contains(13) ? nil : String(validating: raw, as: UTF8.self)
        }
        guard raw.count >= 2, raw.last == 34 else { return nil }
        var content: [UInt8] = []
        var inner = raw[1..<raw.count - 1]
        while let byte = inner.popFirst() {
            if byte == 34, inner.popFirst() != 34 { return nil }
            content.append(byte)
        }
        return String(validating: content, as: UTF8.self)
    }

    /// A header of different names, and rows of its length.
    static func isDocument(_ bytes: [UInt8]) -> Bool {
        guard let rows = rows(bytes), let header = rows.first else { return false }
        return !header.contains("") && Set(header).count == header.count
            && rows.allSatisfy { $0.count == header.count }
    }
}
