// ProcessorDecodingTests.swift: identities and features of processors that are not here, and of the one that is.

import Foundation
import MachineProbe
import ResultRecord
import Testing

@Suite("Processor identity and features")
struct ProcessorDecodingTests {
    // Signatures of shipped processors as vendors and cpuid dumps list them; the decoding rule is checked against the
    // family, model and stepping that /proc/cpuinfo prints for them.
    @Test(
        "signatures decode to displayed family, model and stepping",
        arguments: [
            (UInt32(0x00A0_0F11), 0x19, 0x01, 1),  // Milan
            (0x00A1_0F11, 0x19, 0x11, 1),  // Genoa
            (0x0005_0657, 6, 0x55, 7),  // Cascade Lake
            (0x000C_06F2, 6, 0xCF, 2),  // Emerald Rapids
            (0x0083_0F10, 0x17, 0x31, 0),  // Rome
        ])
    func signatureDecodes(signature: UInt32, family: Int, model: Int, stepping: Int) throws {
        let cpu = FakeCPUID(vendor: "GenuineIntel", signature: signature)
        let identity = try #require(X86Identity(cpu.processor()))
        #expect(identity.family == family)
        #expect(identity.model == model)
        #expect(identity.stepping == stepping)
    }

    @Test(
        "each supported model has its microarchitecture's name",
        arguments: [
            ("AuthenticAMD", UInt32(0x0080_0F12), "zen1"), ("AuthenticAMD", 0x0083_0F10, "zen2"),
            ("AuthenticAMD", 0x00A0_0F11, "zen3"), ("AuthenticAMD", 0x00A1_0F11, "zen4"),
            ("AuthenticAMD", 0x00A6_0F12, "zen4"), ("AuthenticAMD", 0x00AA_0F02, "zen4"),
            ("AuthenticAMD", 0x00A2_0F12, "zen3"), ("AuthenticAMD", 0x00B0_0F21, "zen5"),
            ("AuthenticAMD", 0x00B1_0F10, "zen5"), ("AuthenticAMD", 0x0085_0F00, "zen1"),
            ("GenuineIntel", 0x0003_06F2, "haswell"), ("GenuineIntel", 0x0004_06F1, "broadwell"),
            ("GenuineIntel", 0x0005_06E3, "skylake"), ("GenuineIntel", 0x0005_0654, "skylake-sp"),
            ("GenuineIntel", 0x0005_0657, "cascadelake"), ("GenuineIntel", 0x0005_065B, "cooperlake"),
            ("GenuineIntel", 0x0007_06E5, "icelake"), ("GenuineIntel", 0x0006_06A6, "icelake-sp"),
            ("GenuineIntel", 0x0008_06C1, "tigerlake"), ("GenuineIntel", 0x000A_0671, "rocketlake"),
            ("GenuineIntel", 0x0009_0672, "alderlake-p"), ("GenuineIntel", 0x0008_06F8, "sapphirerapids"),
            ("GenuineIntel", 0x000C_06F2, "emeraldrapids"), ("GenuineIntel", 0x000A_06D1, "graniterapids"),
            ("GenuineIntel", 0x000A_06F3, "sierraforest"), ("GenuineIntel", 0x000B_06E0, "gracemont"),
        ])
    func modelsAreNamed(vendor: String, signature: UInt32, name: String) throws {
        let identity = try #require(X86Identity(FakeCPUID(vendor: vendor, signature: signature).processor()))
        #expect(Microarchitecture.name(of: identity) == name)
    }

    @Test("a model that the table does not know has no name")
    func unknownModel() throws {
        let future = try #require(X86Identity(FakeCPUID(vendor: "GenuineIntel", signature: 0x000F_06F0).processor()))
        #expect(Microarchitecture.name(of: future) == nil)
        // Zen 6 shares its family number with Zen 5.
        let zen6 = try #require(X86Identity(FakeCPUID(vendor: "AuthenticAMD", signature: 0x00B5_0F00).processor()))
        #expect(Microarchitecture.name(of: zen6) == nil)
    }

    // MIDR values as Arm's technical reference manuals give them, at r3p1 for the N1.
    @Test(
        "arm64 parts have their names",
        arguments: [
            (UInt64(0x410F_D083), "cortex-a72"), (0x413F_D0C1, "neoverse-n1"), (0x411F_D401, "neoverse-v1"),
            (0x410F_D490, "neoverse-n2"), (0x410F_D4F0, "neoverse-v2"), (0x481F_D010, "tsv110"),
            (0x461F_0010, "a64fx"),
        ])
    func armParts(midr: UInt64, name: String) {
        #expect(Microarchitecture.name(of: ARMIdentity(midr: midr)) == name)
    }

    @Test("an arm64 machine is described from MIDR and hwcap")
    func armMachine() throws {
        let tree = try TemporaryTree([
            "/sys/devices/system/cpu/cpu0/regs/identification/midr_el1": "0x00000000413fd0c1\n"
        ])
        // fp, asimd, fphp, asimdhp, asimddp: bits 0, 1, 9, 10, 20. sve2, i8mm, bf16 of the second word: 1, 13, 14.
        let processor = ProcessorInterface(architecture: .arm64, hwcap: 0x100603, hwcap2: 0x6002)
        let cpu = try MachineProbe(
            files: tree.files, topology: .synthetic("pu:1"), processor: processor, environment: [:]
        ).describe().cpu
        #expect(cpu.vendor == "ARM")
        #expect(cpu.model == 0xD0C)
        #expect(cpu.stepping == 0x31)
        #expect(cpu.isa == ["asimd", "asimddp", "asimdhp", "bf16", "fp", "fphp", "i8mm", "sve2"])
        #expect(cpu.microarchitecture == "neoverse-n1")
    }

    // Leaf 1 ECX: FMA 12, SSE4.2 20, AVX 28. Leaf 7 EBX: AVX2 5, AVX512F 16. EDX: AMX-TILE 24.
    @Test(
        "extensions count only where the operating system saves their registers",
        arguments: [
            (UInt64(0), ["sse4_2"]), (0x3, ["sse4_2"]), (0x7, ["avx", "avx2", "fma", "sse4_2"]),
            (0xE7, ["avx", "avx2", "avx512f", "fma", "sse4_2"]),
            // Upper halves without opmask registers are no AVX-512.
            (0xC7, ["avx", "avx2", "fma", "sse4_2"]),
            (0x600E7, ["amx_tile", "avx", "avx2", "avx512f", "fma", "sse4_2"]),
            // Tile data without tile configuration is no AMX.
            (0x400E7, ["avx", "avx2", "avx512f", "fma", "sse4_2"]),
        ] as [(UInt64, [String])])
    func systemSupportCounts(xcr0: UInt64, expected: [String]) throws {
        var cpu = FakeCPUID(vendor: "GenuineIntel", signature: 0x0008_06F8)
        cpu[1].ecx = 1 << 12 | 1 << 20 | 1 << 28
        cpu[7] = CPUIDRegisters(ebx: 1 << 5 | 1 << 16, edx: 1 << 24)
        #expect(try describe(cpu.processor(xcr0: xcr0)).isa == expected)
    }

    @Test("a leaf beyond the largest one is not believed")
    func leavesBeyondTheLargest() throws {
        var cpu = FakeCPUID(vendor: "GenuineIntel", signature: 0x0003_06F2)
        // Old processors answer a leaf they lack with the contents of their last one.
        cpu[0].eax = 1
        cpu[7].ebx = .max
        #expect(try describe(cpu.processor(xcr0: 0xE7)).isa == [])
        // Subleaf 1 of leaf 7 exists only when leaf 7 says so.
        cpu[0].eax = 7
        cpu[7] = CPUIDRegisters(eax: 0)
        cpu[7, 1].eax = 1 << 4
        #expect(try !describe(cpu.processor(xcr0: 0xE7)).isa.contains("avx_vnni"))
        cpu[7].eax = 1
        #expect(try describe(cpu.processor(xcr0: 0xE7)).isa == ["avx_vnni"])
    }

    @Test("stated clocks come from cpufreq, then from CPUID; a zero is no clock")
    func statedClocks() throws {
        var cpu = FakeCPUID(vendor: "GenuineIntel", signature: 0x0003_06F2)
        cpu[0].eax = 0x16
        #expect(try describe(cpu.processor()).baseHertz == nil)
        cpu[0x16] = CPUIDRegisters(eax: 2000, ebx: 3500)
        #expect(try describe(cpu.processor()).baseHertz == 2.0e9)
        #expect(try describe(cpu.processor()).maxHertz == 3.5e9)
        let tree = try TemporaryTree(["/sys/devices/system/cpu/cpu0/cpufreq/cpuinfo_max_freq": "3800000\n"])
        #expect(try describe(cpu.processor(), tree.files).maxHertz == 3.8e9)
    }

    private func describe(
        _ processor: ProcessorInterface, _ files: FileTree = FileTree(root: "/nowhere")
    ) throws -> CPUDescription {
        try MachineProbe(files: files, topology: .synthetic("pu:1"), processor: processor, environment: [:])
            .describe().cpu
    }

    // The kernel decides from the same bits on its own; agreement over all names we know is an independent check.
    @Test("this machine's features are those of /proc/cpuinfo", .enabled(if: Self.hasFlags))
    func featuresAgreeWithTheKernel() throws {
        let known = Set(try describe(FakeCPUID.everything.processor(xcr0: .max)).isa)
        let flags = Set(Self.flags.split(separator: " ").map(String.init))
        let ours = try MachineProbe(topology: .synthetic("pu:1")).describe().cpu.isa
        #expect(known.count > 35)
        #expect(Set(ours) == flags.intersection(known))
    }

    private static let flags: String = {
        let info = FileTree.live.text(at: "/proc/cpuinfo") ?? ""
        let line = info.split(separator: "\n").first { $0.hasPrefix("flags\t") } ?? ""
        return line.split(separator: ":").last.map(String.init) ?? ""
    }()

    private static var hasFlags: Bool {
        if flags.isEmpty { print("not run: /proc/cpuinfo has no flags, so features have nothing to agree with") }
        return !flags.isEmpty
    }
}

extension FakeCPUID {
    /// A processor that claims every feature.
    static var everything: FakeCPUID {
        var cpu = FakeCPUID(vendor: "GenuineIntel", signature: 0x0008_06F8)
        let all = CPUIDRegisters(eax: .max, ebx: .max, ecx: .max, edx: .max)
        cpu[1] = all
        cpu[7] = CPUIDRegisters(eax: 1, ebx: .max, ecx: .max, edx: .max)
        cpu[7, 1] = all
        cpu[0x8000_0001] = all
        return cpu
    }
}
