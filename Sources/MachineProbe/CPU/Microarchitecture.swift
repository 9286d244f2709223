// Microarchitecture.swift: from processor identity to the name under which instruction throughputs are known.
// Names a core design, not a product: Raptor Lake counts as alderlake-p, whose core it has with a larger cache.

/// Names of microarchitectures.
package enum Microarchitecture {
    /// The design of an x86 core; nil for models the table does not know.
    ///
    /// - Source: Linux, arch/x86/include/asm/intel-family.h and arch/x86/kernel/cpu/amd.c.
    package static func name(of identity: X86Identity) -> String? {
        switch identity.vendor {
        case "GenuineIntel" where identity.family == 6: intel(model: identity.model, stepping: identity.stepping)
        case "AuthenticAMD": amd(family: identity.family, model: identity.model)
        // Dhyana, Zen made under licence; later models are Hygon's own.
        case "HygonGenuine" where identity.family == 0x18 && identity.model <= 3: "zen1"
        default: nil
        }
    }

    private static func intel(model: Int, stepping: Int) -> String? {
        switch model {
        case 0x3C, 0x3F, 0x45, 0x46: "haswell"
        case 0x3D, 0x47, 0x4F, 0x56: "broadwell"
        // Kaby, Coffee and Comet Lake have the Skylake core.
        case 0x4E, 0x5E, 0x8E, 0x9E, 0xA5, 0xA6: "skylake"
        case 0x55:
            switch stepping {
            case ...4: "skylake-sp"
            case 5...7: "cascadelake"
            case 10...11: "cooperlake"
            default: nil
            }
        case 0x7D, 0x7E: "icelake"
        case 0x6A, 0x6C: "icelake-sp"
        case 0x8C, 0x8D: "tigerlake"
        case 0xA7: "rocketlake"
        case 0x97, 0x9A, 0xB7, 0xBA, 0xBF: "alderlake-p"
        case 0x8F: "sapphirerapids"
        case 0xCF: "emeraldrapids"
        case 0xAD, 0xAE: "graniterapids"
        case 0xAF: "sierraforest"
        case 0xBE: "gracemont"
        default: nil
        }
    }

    private static func amd(family: Int, model: Int) -> String? {
        switch (family, model) {
        case (0x17, 0x00...0x2F), (0x17, 0x50...0x5F): "zen1"
        case (0x17, 0x30...0xAF): "zen2"
        case (0x19, 0x00...0x0F), (0x19, 0x20...0x5F): "zen3"
        case (0x19, 0x10...0x1F), (0x19, 0x60...0xAF): "zen4"
        // The kernel counts 0x50 to 0x5F and 0x80 upwards as Zen 6.
        case (0x1A, 0x00...0x4F), (0x1A, 0x60...0x7F): "zen5"
        default: nil
        }
    }

    /// The design of an arm64 core; nil for parts the table does not know.
    ///
    /// - Source: Linux, arch/arm64/include/asm/cputype.h.
    package static func name(of identity: ARMIdentity) -> String? {
        switch (identity.implementer, identity.part) {
        case (0x41, 0xD08): "cortex-a72"
        case (0x41, 0xD0C): "neoverse-n1"
        case (0x41, 0xD40): "neoverse-v1"
        case (0x41, 0xD49): "neoverse-n2"
        case (0x41, 0xD4F): "neoverse-v2"
        case (0x48, 0xD01): "tsv110"
        case (0x46, 0x001): "a64fx"
        default: nil
        }
    }
}
