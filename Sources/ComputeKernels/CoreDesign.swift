// CoreDesign.swift: how many vector operations each core design starts per cycle, with the source of each row.

internal import Quantities

/// Instructions that one core can start per cycle, sustained.
struct CoreDesign: Sendable {
    let name: String
    /// Pairs of one multiplication, fused with another addition or not, and one addition per cycle, scalar or 128-bit.
    let pairs: Double
    /// The same with 256-bit vectors; nil where there are none.
    var pairs256: Double?
    /// The same with 512-bit vectors, per 512-bit fused multiply-add; nil where it is not known.
    var pairsPerFMA512: Double?
    /// 128-bit fused multiply-adds; arm64 only.
    var fma128: Double?
    /// 256-bit fused multiply-adds.
    var fma256: Double?
    /// 512-bit fused multiply-adds.
    var fma512 = Units512.none
    /// Fused multiply-adds of SVE in 512-bit equivalents; nil without SVE.
    var sve512: Double?
    /// Variants of other element types that run at the rate of 512-bit, on arm64 128-bit, fused multiply-adds.
    var atFMARate: Set<String> = []
    /// Variants with a rate of their own.
    var rates: [String: Double] = [:]
    /// Variants that the core has, at a rate that is not known.
    var unpublished: Set<String> = []
    /// False where only the f64 rates are known.
    var singlePrecisionKnown = true

    /// 512-bit fused multiply-adds per cycle.
    enum Units512: Sendable {
        case none
        case perCycle(Double)
        /// Sold with one unit and with two, or with half-width ones.
        case byModelName(@Sendable (String) -> Double?)
    }

    func instructionsPerCycle(of kernel: FMAKernel, modelName: String?) -> Result<Double, CorePeakUnknown> {
        let variant = kernel.variant
        let unknown = CorePeakUnknown.unpublished(elementType: kernel.elementType, microarchitecture: name)
        let absent = CorePeakUnknown.notOnThisCore(variant: variant, microarchitecture: name)
        if unpublished.contains(variant) || (kernel.elementType == .f32 && !singlePrecisionKnown) {
            return .failure(unknown)
        }
        let isX86 = fma128 == nil
        switch variant {
        case "avx512":
            return units512(modelName) ?? .failure(absent)
        case "avx512-mix":
            guard let units = units512(modelName) else { return .failure(absent) }
            guard let pairsPerFMA512 else { return .failure(unknown) }
            return units.map { $0 * pairsPerFMA512 }
        case _ where isX86 && atFMARate.contains(variant):
            return units512(modelName) ?? .failure(absent)
        default:
            let rate: Double? =
                switch variant {
                case "scalar", FMAKernel.swiftVariant: pairs
                case "sse2": isX86 ? pairs : nil
                case "avx", "avx2-mix": pairs256
                case "avx2": fma256
                case "neon": fma128
                case "sve": sve512
                default: atFMARate.contains(variant) ? fma128 : rates[variant]
                }
            return rate.map { .success($0) } ?? .failure(absent)
        }
    }

    /// nil without 512-bit vectors.
    private func units512(_ modelName: String?) -> Result<Double, CorePeakUnknown>? {
        switch fma512 {
        case .none: nil
        case .perCycle(let rate): .success(rate)
        case .byModelName(let units):
            modelName.flatMap(units).map { .success($0) }
                ?? .failure(.unitsUnknown(microarchitecture: name, modelName: modelName))
        }
    }

    static let named = Dictionary(uniqueKeysWithValues: (intel + amd + arm).map { ($0.name, $0) })

    private static let intel: [CoreDesign] = [
        // FMA and FMUL on ports 0 and 1, FADD on port 1 only, so one pair a cycle.
        // A. Fog, The microarchitecture of Intel, AMD and VIA CPUs, chapter Haswell and Broadwell.
        CoreDesign(name: "haswell", pairs: 1, pairs256: 1, fma256: 2),
        CoreDesign(name: "broadwell", pairs: 1, pairs256: 1, fma256: 2),
        // FADD, FMUL and FMA all on ports 0 and 1. A. Fog, ibid., chapter Skylake.
        CoreDesign(name: "skylake", pairs: 1, pairs256: 1, fma256: 2),
        // Ports 0 and 1 join to one 512-bit unit; port 5 has a second one in some products. Both do FADD, FMUL and FMA,
        // so a pair takes two of them. Intel 64 and IA-32 Architectures Optimization Reference Manual, section on Skylake
        // Server. Dot products of bytes are made by the same units: uops.info, VPDPBUSD on CLX, ports 0 and 5.
        server("skylake-sp", AVX512Units.skylakeServer, atFMARate: []),
        server("cascadelake", AVX512Units.skylakeServer, atFMARate: ["avx512-vnni"]),
        // No measurement of vdpbf16ps on this core is known.
        server("cooperlake", AVX512Units.cooperLake, atFMARate: ["avx512-vnni"], unpublished: ["avx512-bf16"]),
        // Client cores have the joined unit alone: uops.info, VFMADD231PD, VADDPD and VPDPBUSD zmm, throughput 1.00 on
        // ICL, TGL and RKL.
        client("icelake"), client("tigerlake"), client("rocketlake"),
        // Intel ARK, "# of AVX-512 FMA Units": 2 for the third-generation Xeon Scalable products, Silver included.
        server("icelake-sp", AVX512Units.iceLakeServer, atFMARate: ["avx512-vnni"]),
        // FMUL and FMA on ports 0 and 1, FADD on 1 and 5: three ports for two operations, 1.5 pairs a cycle at most.
        // Intel optimization manual, section on Golden Cove; uops.info, ADDPD p15, MULPD and VEX VPDPBUSD p01 on ADL-P.
        // AVX-512 was switched off in most of these; vdpbf16ps takes several operations, sources differ in how many.
        CoreDesign(
            name: "alderlake-p", pairs: 1.5, pairs256: 1.5, fma256: 2, fma512: .perCycle(1),
            atFMARate: ["avx512-vnni", "avx512-fp16"], rates: ["avx-vnni": 2],
            unpublished: ["avx512-mix", "avx512-bf16"]),
        // The same core with the second 512-bit unit, and TMUL. Intel ARK, fourth to sixth generation Xeon.
        goldenCoveServer("sapphirerapids"), goldenCoveServer("emeraldrapids"), goldenCoveServer("graniterapids"),
        // Two 128-bit pipes for FADD, FMUL and FMA; 256-bit instructions take both: uops.info, ADL-E.
        CoreDesign(name: "gracemont", pairs: 1, pairs256: 0.5, fma256: 1, unpublished: ["avx-vnni"]),
        // Crestmont, with Gracemont's floating-point side. Intel optimization manual, section on Crestmont.
        CoreDesign(name: "sierraforest", pairs: 1, pairs256: 0.5, fma256: 1, unpublished: ["avx-vnni"]),
    ]

    private static func server(
        _ name: String, _ units: @escaping @Sendable (String) -> Double?, atFMARate: Set<String>,
        unpublished: Set<String> = []
    ) -> CoreDesign {
        CoreDesign(
            name: name, pairs: 1, pairs256: 1, pairsPerFMA512: 0.5, fma256: 2, fma512: .byModelName(units),
            atFMARate: atFMARate, unpublished: unpublished)
    }

    private static func client(_ name: String) -> CoreDesign {
        CoreDesign(
            name: name, pairs: 1, pairs256: 1, pairsPerFMA512: 0.5, fma256: 2, fma512: .perCycle(1),
            atFMARate: ["avx512-vnni"])
    }

    /// 512-bit FMA, FADD and VPDPBUSD on ports 0 and 5, in f16 as in f32: Intel optimization manual, section on Golden
    /// Cove, and Intel's technology guide to AVX512-FP16. TMUL finishes a 16 × 16 tile of sums every 16 cycles, 2048
    /// operations on bytes or 1024 on bf16 a cycle: ibid., chapter on AMX.
    private static func goldenCoveServer(_ name: String) -> CoreDesign {
        CoreDesign(
            name: name, pairs: 1.5, pairs256: 1.5, pairsPerFMA512: 0.5, fma256: 2, fma512: .perCycle(2),
            atFMARate: ["avx512-vnni", "avx512-fp16"],
            rates: ["avx-vnni": 2, "amx-bf16": 1.0 / 16, "amx-int8": 1.0 / 16], unpublished: ["avx512-bf16"])
    }

    private static let amd: [CoreDesign] = [
        // Four 128-bit pipes, two for FMUL and FMA, two for FADD; 256-bit instructions split in two.
        // A. Fog, ibid., chapter AMD Zen; AMD Software Optimization Guide for Family 17h Processors.
        CoreDesign(name: "zen1", pairs: 2, pairs256: 1, fma256: 1),
        // The same pipes at 256 bits. AMD Software Optimization Guides for Family 17h Models 30h+ and 19h.
        CoreDesign(name: "zen2", pairs: 2, pairs256: 2, fma256: 2),
        CoreDesign(name: "zen3", pairs: 2, pairs256: 2, fma256: 2),
        // 512-bit instructions occupy a 256-bit pipe for two cycles. AMD optimization guide, Zen 4. All measured, the
        // mix included: ports for reading registers do not limit two multiply-adds beside two additions.
        CoreDesign(
            name: "zen4", pairs: 2, pairs256: 2, pairsPerFMA512: 1, fma256: 2, fma512: .perCycle(1),
            atFMARate: ["avx512-bf16", "avx512-vnni"]),
        // 512-bit pipes in servers and desktops, 256-bit ones in most mobile products, two for FMA and two for FADD.
        // AMD Software Optimization Guide for Zen 5, section on floating-point width.
        CoreDesign(
            name: "zen5", pairs: 2, pairs256: 2, pairsPerFMA512: 1, fma256: 2,
            fma512: .byModelName(AVX512Units.zen5), unpublished: ["avx512-bf16", "avx512-vnni", "avx-vnni"]),
    ]

    /// Arm's instructions on 16 and 8 bits; LLVM's models of Neoverse, made from Arm's guides, give all of them the rate
    /// of `fmla`.
    private static let fp16AndDotProducts: Set<String> = ["neon-fp16", "neon-dotprod"]
    private static let matrixProducts: Set<String> = fp16AndDotProducts.union(["neon-bf16", "neon-i8mm"])

    private static let arm: [CoreDesign] = [
        // Two 64-bit wide pipes, which a 128-bit instruction takes together.
        // Arm Cortex-A72 Software Optimization Guide; published peaks of 4 f64 and 8 f32 flop a cycle agree.
        CoreDesign(name: "cortex-a72", pairs: 1, fma128: 1),
        // Two 128-bit pipes, V0 and V1, for everything. Arm Neoverse N1 and N2 Software Optimization Guides.
        CoreDesign(name: "neoverse-n1", pairs: 1, fma128: 2, atFMARate: fp16AndDotProducts),
        CoreDesign(name: "neoverse-n2", pairs: 1, fma128: 2, sve512: 0.5, atFMARate: matrixProducts),
        // Four 128-bit pipes; V1 joins them in pairs for 256-bit SVE. Arm Neoverse V1 and V2 guides.
        CoreDesign(name: "neoverse-v1", pairs: 2, fma128: 4, sve512: 1, atFMARate: matrixProducts),
        CoreDesign(name: "neoverse-v2", pairs: 2, fma128: 4, sve512: 1, atFMARate: matrixProducts),
        // 499.2 GFLOPS f64 published for 48 cores at 2.6 GHz, 4 flop a cycle. Sources for f32 disagree (8 or 16).
        CoreDesign(
            name: "tsv110", pairs: 1, fma128: 1, unpublished: fp16AndDotProducts, singlePrecisionKnown: false),
        // Two 512-bit pipes, FLA and FLB; a NEON instruction uses a quarter of one.
        // Fujitsu, A64FX Microarchitecture Manual.
        CoreDesign(name: "a64fx", pairs: 1, fma128: 2, sve512: 2, atFMARate: ["neon-fp16"]),
    ]
}
