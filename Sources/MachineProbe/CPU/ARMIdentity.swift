// ARMIdentity.swift: implementer, part and revision of an arm64 core, from its main identification register.

/// The fields of MIDR_EL1 of CPU 0; on machines with several kinds of core the others may differ.
package struct ARMIdentity: Sendable, Hashable {
    package let implementer: Int
    package let part: Int
    /// The r of r3p1.
    package let variant: Int
    /// The p of r3p1.
    package let revision: Int

    /// - Source: Arm ARM, D19, MIDR_EL1: implementer 31–24, variant 23–20, architecture 19–16, part 15–4, revision 3–0.
    package init(midr: UInt64) {
        self.init(
            implementer: Int(midr >> 24 & 0xFF), part: Int(midr >> 4 & 0xFFF), variant: Int(midr >> 20 & 0xF),
            revision: Int(midr & 0xF))
    }

    private init(implementer: Int, part: Int, variant: Int, revision: Int) {
        self.implementer = implementer
        self.part = part
        self.variant = variant
        self.revision = revision
    }

    /// Reads sysfs, or /proc/cpuinfo where the kernel does not export the register.
    init?(_ files: FileTree) {
        if let text = files.word(at: Self.registerPath), text.hasPrefix("0x"),
            let value = UInt64(text.dropFirst(2), radix: 16)
        {
            self.init(midr: value)
            return
        }
        let info = ProcessorInfo(files)
        func field(_ key: String) -> Int? {
            info.first(key).flatMap { $0.hasPrefix("0x") ? Int($0.dropFirst(2), radix: 16) : Int($0) }
        }
        guard let implementer = field("CPU implementer"), let part = field("CPU part") else { return nil }
        self.init(
            implementer: implementer, part: part, variant: field("CPU variant") ?? 0,
            revision: field("CPU revision") ?? 0)
    }

    static let registerPath = "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1"

    /// Who designed the core; nil for codes that are not in the table.
    package var vendor: String? {
        switch implementer {
        case 0x41: "ARM"
        case 0x42: "Broadcom"
        case 0x43: "Cavium"
        case 0x46: "Fujitsu"
        case 0x48: "HiSilicon"
        case 0x4E: "NVIDIA"
        case 0x51: "Qualcomm"
        case 0x61: "Apple"
        case 0x70: "Phytium"
        case 0xC0: "Ampere"
        default: nil
        }
    }
}

/// /proc/cpuinfo as key and value lines.
struct ProcessorInfo {
    private let lines: [(key: String, value: String)]

    init(_ files: FileTree) {
        // The first processor is enough, and machines with 512 of them print a megabyte.
        let first = (files.text(at: "/proc/cpuinfo") ?? "").prefix(16_384)
        lines = first.split(separator: "\n").compactMap { $0.keyAndValue(separator: ":") }
    }

    /// The value of the first line with this key, for processor 0; nil when absent or empty.
    func first(_ key: String) -> String? { lines.first { $0.key == key && !$0.value.isEmpty }?.value }
}
