// CorePeakTests.swift: stated peaks against figures that vendors and the field publish.

import ComputeKernels
import Quantities
import Testing

private func peak(
    _ type: ElementType, _ core: String?, model: String? = nil, isa: [String]
) -> Result<Double, CorePeakUnknown> {
    CorePeak.fmaPeak(elementType: type, microarchitecture: core, modelName: model, isa: isa)
}

private let avx2 = ["sse2", "avx2", "fma"]
private let avx512 = ["sse2", "avx2", "fma", "avx512f"]

@Suite("Core peaks")
struct CorePeakTests {
    // f64 flop per cycle and core as vendors give them: two 256-bit FMA 16, two 512-bit FMA 32, one 128-bit FMA 4.
    @Test(
        "the FMA-only peak is that of the published pipes",
        arguments: [
            ("haswell", 16), ("broadwell", 16), ("skylake", 16), ("zen1", 8), ("zen2", 16), ("zen3", 16),
            ("gracemont", 8), ("sierraforest", 8),
        ] as [(String, Double)])
    func withAVX2(core: String, flop: Double) {
        #expect(peak(.f64, core, isa: avx2) == .success(flop))
        #expect(peak(.f32, core, isa: avx2) == .success(2 * flop))
    }

    @Test(
        "with AVX-512 the number of 512-bit units decides",
        arguments: [
            ("zen4", nil, 16), ("sapphirerapids", nil, 32), ("icelake", nil, 16), ("rocketlake", nil, 16),
            ("skylake-sp", "Intel(R) Xeon(R) Platinum 8175M CPU @ 2.50GHz", 32),
            ("skylake-sp", "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz", 32),
            ("skylake-sp", "Intel(R) Xeon(R) Gold 5118 CPU @ 2.30GHz", 16),
            ("skylake-sp", "Intel(R) Xeon(R) Gold 5122 CPU @ 3.60GHz", 32),
            ("skylake-sp", "Intel(R) Xeon(R) Silver 4110 CPU @ 2.10GHz", 16),
            ("skylake-sp", "Intel(R) Xeon(R) W-2145 CPU @ 3.70GHz", 32),
            ("cascadelake", "Intel(R) Xeon(R) Gold 5218 CPU @ 2.30GHz", 16),
            ("icelake-sp", "Intel(R) Xeon(R) Silver 4310 CPU @ 2.10GHz", 32),
            ("zen5", "AMD EPYC 9755 128-Core Processor", 32), ("zen5", "AMD Ryzen 9 9950X 16-Core Processor", 32),
            ("zen5", "AMD Ryzen AI 9 HX 370 w/ Radeon 890M", 16),
        ] as [(String, String?, Double)])
    func withAVX512(core: String, model: String?, flop: Double) {
        #expect(peak(.f64, core, model: model, isa: avx512) == .success(flop))
        #expect(peak(.f32, core, model: model, isa: avx512) == .success(2 * flop))
    }

    @Test(
        "arm64 cores count 128-bit pipes, and SVE where it is wider",
        arguments: [
            ("cortex-a72", 4), ("neoverse-n1", 8), ("neoverse-n2", 8), ("neoverse-v1", 16), ("neoverse-v2", 16),
            ("tsv110", 4), ("a64fx", 8),
        ] as [(String, Double)])
    func arm(core: String, flop: Double) {
        #expect(peak(.f64, core, isa: ["fp", "asimd"]) == .success(flop))
        // SVE adds nothing but on A64FX, whose 512 bits are four times NEON's: 32 flop, 2.7 TFLOPS of 48 at 1.8 GHz.
        #expect(
            CorePeak.flopPerCycle(variant: "swift", elementType: .f64, microarchitecture: core, modelName: nil)
                == CorePeak.flopPerCycle(variant: "scalar", elementType: .f64, microarchitecture: core, modelName: nil)
                .map { 2 * $0 })
        guard ["neoverse-n2", "neoverse-v1", "neoverse-v2", "a64fx"].contains(core) else { return }
        #expect(peak(.f64, core, isa: ["fp", "asimd", "sve"]) == .success(core == "a64fx" ? 32 : flop))
    }

    @Test("unfused variants are limited by how adders and multipliers share ports")
    func unfused() {
        func sse2(_ core: String) -> Result<Double, CorePeakUnknown> {
            CorePeak.flopPerCycle(variant: "sse2", elementType: .f64, microarchitecture: core, modelName: nil)
        }
        // Two lanes, two flop a pair: 4 at one pair a cycle, 8 where two adders stand beside two multipliers.
        #expect(sse2("haswell") == .success(4))
        #expect(sse2("skylake") == .success(4))
        #expect(sse2("zen3") == .success(8))
        #expect(sse2("sapphirerapids") == .success(6))
        func avx(_ core: String) -> Result<Double, CorePeakUnknown> {
            CorePeak.flopPerCycle(variant: "avx", elementType: .f64, microarchitecture: core, modelName: nil)
        }
        // 256-bit vectors do twice as much, but on Zen 1 and Gracemont, which split them.
        #expect(avx("haswell") == .success(8))
        #expect(avx("zen3") == .success(16))
        #expect(avx("zen1") == .success(8))
        #expect(avx("gracemont") == .success(4))
        #expect(
            CorePeak.flopPerCycle(variant: "scalar", elementType: .f32, microarchitecture: "zen4", modelName: nil)
                == .success(4))
    }

    // As vendors and the field give them: Zen 4 one vdpbf16ps (64 flop) and one vpdpbusd (128) on 512 bits a cycle;
    // Xeons with two units 256 operations on bytes by VNNI, 2048 by AMX and 1024 on bf16, 128 flop in f16; Neoverse cores
    // an instruction of 32 (SDOT, BFMMLA), 64 (SMMLA) or 16 (FMLA on 8 f16) operations per pipe.
    @Test(
        "narrower formats",
        arguments: [
            ("zen4", "avx512-bf16", .bf16, 64), ("zen4", "avx512-vnni", .i8, 128),
            ("sapphirerapids", "avx512-vnni", .i8, 256), ("sapphirerapids", "avx-vnni", .i8, 128),
            ("sapphirerapids", "amx-int8", .i8, 2048), ("graniterapids", "amx-bf16", .bf16, 1024),
            ("sapphirerapids", "avx512-fp16", .f16, 128), ("icelake", "avx512-vnni", .i8, 128),
            ("neoverse-n1", "neon-fp16", .f16, 32), ("neoverse-n1", "neon-dotprod", .i8, 64),
            ("neoverse-n2", "neon-i8mm", .i8, 128), ("neoverse-v1", "neon-bf16", .bf16, 128),
            ("neoverse-v2", "neon-i8mm", .i8, 256),
        ] as [(String, String, ElementType, Double)])
    func narrow(core: String, variant: String, type: ElementType, operations: Double) {
        #expect(
            CorePeak.flopPerCycle(variant: variant, elementType: type, microarchitecture: core, modelName: nil)
                == .success(operations))
    }

    // Three operations per lane for a multiply-add and an addition: two pairs of 256 bits on Zen 2 to 4, one on Skylake
    // and its like, where both take the same ports, three pairs in two cycles on Golden Cove, one of 512 bits there.
    @Test(
        "mixes of multiply-adds and additions",
        arguments: [
            ("zen2", "avx2-mix", 24), ("zen4", "avx2-mix", 24), ("zen4", "avx512-mix", 24), ("zen1", "avx2-mix", 12),
            ("skylake", "avx2-mix", 12), ("sapphirerapids", "avx2-mix", 18), ("sapphirerapids", "avx512-mix", 24),
            ("icelake", "avx512-mix", 12),
        ] as [(String, String, Double)])
    func mixes(core: String, variant: String, flop: Double) {
        for (type, lanes) in [(.f64, 1), (.f32, 2)] as [(ElementType, Double)] {
            #expect(
                CorePeak.flopPerCycle(variant: variant, elementType: type, microarchitecture: core, modelName: nil)
                    == .success(flop * lanes))
        }
        // The mix never becomes the FMA-only peak.
        #expect(peak(.f64, "zen4", isa: avx512) == .success(16))
    }

    @Test("a core without the instructions is told from one whose rate is not known")
    func absentOrUnknown() {
        func peak(_ core: String, _ variant: String, _ type: ElementType) -> Result<Double, CorePeakUnknown> {
            CorePeak.flopPerCycle(variant: variant, elementType: type, microarchitecture: core, modelName: nil)
        }
        #expect(
            peak("zen3", "avx512-vnni", .i8)
                == .failure(.notOnThisCore(variant: "avx512-vnni", microarchitecture: "zen3")))
        #expect(
            peak("zen4", "amx-int8", .i8) == .failure(.notOnThisCore(variant: "amx-int8", microarchitecture: "zen4")))
        #expect(
            peak("cortex-a72", "neon-fp16", .f16)
                == .failure(.notOnThisCore(variant: "neon-fp16", microarchitecture: "cortex-a72")))
        #expect(
            peak("neoverse-v1", "avx2-mix", .f64)
                == .failure(.notOnThisCore(variant: "avx2-mix", microarchitecture: "neoverse-v1")))
        #expect(
            peak("cooperlake", "avx512-bf16", .bf16)
                == .failure(.unpublished(elementType: .bf16, microarchitecture: "cooperlake")))
        #expect(peak("zen5", "avx512-vnni", .i8) == .failure(.unpublished(elementType: .i8, microarchitecture: "zen5")))
        let cloud = "Intel(R) Xeon(R) CPU @ 2.00GHz"
        #expect(
            CorePeak.flopPerCycle(
                variant: "avx512-vnni", elementType: .i8, microarchitecture: "cascadelake", modelName: cloud)
                == .failure(.unitsUnknown(microarchitecture: "cascadelake", modelName: cloud)))
    }

    @Test("the widest products decide the peak of a narrow format")
    func widestProducts() {
        let xeon = ["avx512_vnni", "avx_vnni", "amx_tile", "amx_int8"]
        #expect(peak(.i8, "sapphirerapids", isa: xeon) == .success(2048))
        #expect(peak(.i8, "sapphirerapids", isa: ["avx512_vnni", "avx_vnni"]) == .success(256))
        #expect(peak(.i8, "neoverse-n2", isa: ["asimddp", "i8mm"]) == .success(128))
        #expect(peak(.f16, "zen4", isa: avx512) == .failure(.noFusedMultiplyAdd))
    }

    @Test("features that the system hides do not count")
    func hiddenFeatures() {
        #expect(peak(.f64, "sapphirerapids", isa: avx2) == .success(16))
        #expect(peak(.f64, "zen4", isa: ["sse2"]) == .failure(.noFusedMultiplyAdd))
    }

    @Test("what is not known is refused by name, not guessed")
    func unknown() {
        #expect(peak(.f64, nil, isa: avx2) == .failure(.microarchitectureUnknown))
        #expect(peak(.f64, "m68k", isa: avx2) == .failure(.notInTable(microarchitecture: "m68k")))
        let cloud = "Intel(R) Xeon(R) CPU @ 2.00GHz"
        #expect(
            peak(.f64, "skylake-sp", model: cloud, isa: avx512)
                == .failure(.unitsUnknown(microarchitecture: "skylake-sp", modelName: cloud)))
        #expect(
            peak(.f64, "zen5", isa: avx512) == .failure(.unitsUnknown(microarchitecture: "zen5", modelName: nil)))
        #expect(
            peak(.f32, "tsv110", isa: ["asimd"])
                == .failure(.unpublished(elementType: .f32, microarchitecture: "tsv110")))
        #expect(
            CorePeak.flopPerCycle(variant: "avx512", elementType: .f64, microarchitecture: "zen3", modelName: nil)
                == .failure(.notOnThisCore(variant: "avx512", microarchitecture: "zen3")))
        #expect(
            CorePeakUnknown.unitsUnknown(microarchitecture: "zen5", modelName: nil).description
                == "zen5 was built with different vector units, and the model name is not known")
    }

    @Test(
        "every core that the probe can name has a row",
        arguments: [
            "haswell", "broadwell", "skylake", "skylake-sp", "cascadelake", "cooperlake", "icelake", "icelake-sp",
            "tigerlake", "rocketlake", "alderlake-p", "sapphirerapids", "emeraldrapids", "graniterapids",
            "sierraforest",
            "gracemont", "zen1", "zen2", "zen3", "zen4", "zen5", "cortex-a72", "neoverse-n1", "neoverse-v1",
            "neoverse-n2", "neoverse-v2", "tsv110", "a64fx",
        ])
    func complete(core: String) throws {
        let scalar = CorePeak.flopPerCycle(
            variant: "scalar", elementType: .f64, microarchitecture: core, modelName: nil)
        #expect(try (2...4).contains(scalar.get()))
    }
}
