// Fixtures.swift: machines made up for tests: trees of files as the probe reads them, a processor that answers CPUID.

import Foundation
import MachineProbe
import ResultRecord
import TestSupport

/// A `MachineTree` as the probe reads it.
final class TemporaryTree: Sendable {
    private let tree: MachineTree

    init(_ contents: [String: String] = [:]) throws { tree = try MachineTree(contents) }

    /// Valid while the tree lives.
    var files: FileTree { FileTree(root: tree.root) }

    func write(_ text: String, at path: String) throws { try tree.write(text, at: path) }
}

/// CPUID answers by leaf and subleaf; zero for all others, as processors answer.
struct FakeCPUID {
    var answers: [UInt64: CPUIDRegisters] = [:]

    /// A processor with basic leaves to 7 and extended ones to 0x80000004.
    init(vendor: String, signature: UInt32, brand: String = "") {
        let name = Self.registers(vendor, count: 3)
        self[0] = CPUIDRegisters(eax: 7, ebx: name[0], ecx: name[2], edx: name[1])
        self[1] = CPUIDRegisters(eax: signature)
        self[0x8000_0000] = CPUIDRegisters(eax: 0x8000_0004)
        let text = Self.registers(brand, count: 12)
        for leaf in 0..<3 {
            let part = text[leaf * 4..<leaf * 4 + 4].map { $0 }
            self[0x8000_0002 + UInt32(leaf)] = CPUIDRegisters(eax: part[0], ebx: part[1], ecx: part[2], edx: part[3])
        }
    }

    subscript(leaf: UInt32, subleaf: UInt32 = 0) -> CPUIDRegisters {
        get { answers[UInt64(leaf) << 32 | UInt64(subleaf)] ?? CPUIDRegisters() }
        set { answers[UInt64(leaf) << 32 | UInt64(subleaf)] = newValue }
    }

    /// Text in little-endian registers, filled up with NUL.
    static func registers(_ text: String, count: Int) -> [UInt32] {
        let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: count * 4 - text.utf8.count)
        return (0..<count).map { index in
            (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index * 4 + $1]) << (8 * UInt32($1)) }
        }
    }

    func processor(xcr0: UInt64 = 0) -> ProcessorInterface {
        let answers = answers
        return ProcessorInterface(
            architecture: .x86_64, xcr0: xcr0,
            cpuid: { leaf, subleaf in answers[UInt64(leaf) << 32 | UInt64(subleaf)] ?? CPUIDRegisters() })
    }
}

/// The record's JSON, as the dictionaries and arrays it consists of.
func jsonObject(_ value: some Encodable) throws -> Any {
    try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
}

/// Paths of all nulls, elements of lists sharing their list's path.
func pathsOfNulls(_ value: Any, at path: String = "") -> Set<String> {
    switch value {
    case is NSNull: [path]
    case let object as [String: Any]:
        object.reduce(into: Set<String>()) { paths, entry in
            paths.formUnion(pathsOfNulls(entry.value, at: path.isEmpty ? entry.key : path + "." + entry.key))
        }
    case let list as [Any]: list.reduce(into: Set<String>()) { $0.formUnion(pathsOfNulls($1, at: path)) }
    default: []
    }
}
