// X86Identity.swift: vendor, model and name from CPUID leaves 0, 1 and 0x80000002 to 0x80000004.
// Source: Intel SDM volume 2A, CPUID; AMD APM volume 3, appendix E.

/// Which x86 processor this is, as CPUID tells it.
package struct X86Identity: Sendable, Hashable {
    package let vendor: String
    /// Brand string; nil on processors without the extended leaves.
    package let modelName: String?
    /// Displayed family: base, plus extended when base is 15.
    package let family: Int
    /// Displayed model: extended × 16 + base when the base family is 6 or 15.
    package let model: Int
    package let stepping: Int

    /// Nil on other architectures.
    package init?(_ processor: ProcessorInterface) {
        guard let leaf0 = processor.leaf(0), let leaf1 = processor.leaf(1) else { return nil }
        vendor = RegisterText([leaf0.ebx, leaf0.edx, leaf0.ecx]).description
        let signature = Int(leaf1.eax)
        let baseFamily = signature >> 8 & 0xF
        let baseModel = signature >> 4 & 0xF
        family = baseFamily == 0xF ? baseFamily + (signature >> 20 & 0xFF) : baseFamily
        model = baseFamily == 0xF || baseFamily == 6 ? (signature >> 16 & 0xF) << 4 | baseModel : baseModel
        stepping = signature & 0xF
        let parts = (0x8000_0002...0x8000_0004).compactMap { processor.leaf($0) }
        let name = RegisterText(parts.flatMap { [$0.eax, $0.ebx, $0.ecx, $0.edx] }).description.trimmed
        modelName = parts.count == 3 && !name.isEmpty ? name : nil
    }
}

/// Text that CPUID returns in registers, little-endian, up to the first NUL.
struct RegisterText: CustomStringConvertible {
    let description: String

    init(_ registers: [UInt32]) {
        let bytes = registers.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
        description = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}
