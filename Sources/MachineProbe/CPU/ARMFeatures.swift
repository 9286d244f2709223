// ARMFeatures.swift: arm64 extensions from the auxiliary vector, which the kernel fills with what it supports.

/// Names of the bits of AT_HWCAP and AT_HWCAP2, in the kernel's spelling (/proc/cpuinfo, "Features").
///
/// Source: Linux, Documentation/arch/arm64/elf_hwcaps.rst and uapi/asm/hwcap.h; bits are never reused.
enum ARMFeatures {
    /// By bit, from 0.
    static let hwcap = [
        "fp", "asimd", "evtstrm", "aes", "pmull", "sha1", "sha2", "crc32", "atomics", "fphp", "asimdhp", "cpuid",
        "asimdrdm", "jscvt", "fcma", "lrcpc", "dcpop", "sha3", "sm3", "sm4", "asimddp", "sha512", "sve", "asimdfhm",
        "dit", "uscat", "ilrcpc", "flagm", "ssbs", "sb", "paca", "pacg",
    ]

    /// By bit, from 0.
    static let hwcap2 = [
        "dcpodp", "sve2", "sveaes", "svepmull", "svebitperm", "svesha3", "svesm4", "flagm2", "frint", "svei8mm",
        "svef32mm", "svef64mm", "svebf16", "i8mm", "bf16", "dgh", "rng", "bti", "mte", "ecv", "afp", "rpres", "mte3",
        "sme", "smei16i64", "smef64f64", "smei8i32", "smef16f32", "smeb16f32", "smef32f32", "smefa64", "wfxt",
        "ebf16", "sveebf16",
    ]

    static func supported(by processor: ProcessorInterface) -> [String] {
        func names(_ table: [String], _ bits: UInt64) -> [String] {
            table.enumerated().filter { bits >> UInt64($0.offset) & 1 == 1 }.map(\.element)
        }
        return (names(hwcap, processor.hwcap) + names(hwcap2, processor.hwcap2)).sorted()
    }
}
