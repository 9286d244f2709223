// CoreDesign.swift: how many vector operations each core design starts per cycle, with the source of each row.

internal import Quantities

/// Instructions that one core can start per cycle, sustained.
struct CoreDesign: Sendable {
    let name: String
    /// Pairs of one multiplication and one addition per cycle, scalar or 128-bit.
    let pairs: Double
    /// 128-bit fused multiply-adds; arm64 only.
    var fma128: Double?
    /// 256-bit fused multiply-adds.
    var fma256: Double?
    /// 512-bit fused multiply-adds.
    var fma512 = Units512.none
    /// Fused multiply-adds of SVE in 512-bit equivalents; nil without SVE.
    var sve512: Double?
    /// False where only the f64 rates are known.
    var singlePrecisionKnown = true

    /// 512-bit fused multiply-adds per cycle.
    enum Units512: Sendable {
        case none
        case perCycle(Double)
        /// Sold with one unit and with two, or with half-width ones.
        case byModelName(@Sendable (String) -> Double?)
    }

    func operationsPerCycle(
        of variant: String, elementType: ElementType, modelName: String?
    ) -> Result<Double, CorePeakUnknown> {
        if elementType == .f32 && !singlePrecisionKnown {
            return .failure(.unpublished(elementType: elementType, microarchitecture: name))
        }
        let isX86 = fma128 == nil
        let rate: Double? =
            switch variant {
            case "scalar": pairs
            case "sse2": isX86 ? pairs : nil
            case "avx2": fma256
            case "neon": fma128
            case "sve": sve512
            default: nil
            }
        if let rate { return .success(rate) }
        switch fma512 {
        case .perCycle(let rate) where variant == "avx512": return .success(rate)
        case .byModelName(let units) where variant == "avx512":
            guard let rate = modelName.flatMap(units) else {
                return .failure(.unitsUnknown(microarchitecture: name, modelName: modelName))
            }
            return .success(rate)
        default: return .failure(.notOnThisCore(variant: variant, microarchitecture: name))
        }
    }

    static let named = Dictionary(uniqueKeysWithValues: (intel + amd + arm).map { ($0.name, $0) })

    private static let intel: [CoreDesign] = [
        // FMA and FMUL on ports 0 and 1, FADD on port 1 only, so one pair a cycle.
        // A. Fog, The microarchitecture of Intel, AMD and VIA CPUs, chapter Haswell and Broadwell.
        CoreDesign(name: "haswell", pairs: 1, fma256: 2),
        CoreDesign(name: "broadwell", pairs: 1, fma256: 2),
        // FADD, FMUL and FMA all on ports 0 and 1. A. Fog, ibid., chapter Skylake.
        CoreDesign(name: "skylake", pairs: 1, fma256: 2),
        // Ports 0 and 1 join to one 512-bit unit; port 5 has a second one in some products.
        // Intel 64 and IA-32 Architectures Optimization Reference Manual, section on Skylake Server.
        CoreDesign(name: "skylake-sp", pairs: 1, fma256: 2, fma512: .byModelName(AVX512Units.skylakeServer)),
        CoreDesign(name: "cascadelake", pairs: 1, fma256: 2, fma512: .byModelName(AVX512Units.skylakeServer)),
        CoreDesign(name: "cooperlake", pairs: 1, fma256: 2, fma512: .byModelName(AVX512Units.cooperLake)),
        // Client cores have the joined unit alone: uops.info, VFMADD231PD zmm, throughput 1.00 on ICL, TGL and RKL.
        CoreDesign(name: "icelake", pairs: 1, fma256: 2, fma512: .perCycle(1)),
        CoreDesign(name: "tigerlake", pairs: 1, fma256: 2, fma512: .perCycle(1)),
        CoreDesign(name: "rocketlake", pairs: 1, fma256: 2, fma512: .perCycle(1)),
        // Intel ARK, "# of AVX-512 FMA Units": 2 for the third-generation Xeon Scalable products, Silver included.
        CoreDesign(name: "icelake-sp", pairs: 1, fma256: 2, fma512: .byModelName(AVX512Units.iceLakeServer)),
        // FMUL and FMA on ports 0 and 1, FADD on 1 and 5: three ports for two operations, 1.5 pairs a cycle at most.
        // Intel optimization manual, section on Golden Cove; uops.info, ADDPD p15 and MULPD p01 on ADL-P.
        CoreDesign(name: "alderlake-p", pairs: 1.5, fma256: 2, fma512: .perCycle(1)),
        // The same core with the second 512-bit unit. Intel ARK, fourth to sixth generation Xeon.
        CoreDesign(name: "sapphirerapids", pairs: 1.5, fma256: 2, fma512: .perCycle(2)),
        CoreDesign(name: "emeraldrapids", pairs: 1.5, fma256: 2, fma512: .perCycle(2)),
        CoreDesign(name: "graniterapids", pairs: 1.5, fma256: 2, fma512: .perCycle(2)),
        // Two 128-bit pipes for FADD, FMUL and FMA; 256-bit instructions take both: uops.info, ADL-E.
        CoreDesign(name: "gracemont", pairs: 1, fma256: 1),
        // Crestmont, with Gracemont's floating-point side. Intel optimization manual, section on Crestmont.
        CoreDesign(name: "sierraforest", pairs: 1, fma256: 1),
    ]

    private static let amd: [CoreDesign] = [
        // Four 128-bit pipes, two for FMUL and FMA, two for FADD; 256-bit instructions split in two.
        // A. Fog, ibid., chapter AMD Zen; AMD Software Optimization Guide for Family 17h Processors.
        CoreDesign(name: "zen1", pairs: 2, fma256: 1),
        // The same pipes at 256 bits. AMD Software Optimization Guides for Family 17h Models 30h+ and 19h.
        CoreDesign(name: "zen2", pairs: 2, fma256: 2),
        CoreDesign(name: "zen3", pairs: 2, fma256: 2),
        // 512-bit instructions occupy a 256-bit pipe for two cycles. AMD optimization guide, Zen 4; measured here.
        CoreDesign(name: "zen4", pairs: 2, fma256: 2, fma512: .perCycle(1)),
        // 512-bit pipes in servers and desktops, 256-bit ones in most mobile products.
        // AMD Software Optimization Guide for Zen 5, section on floating-point width.
        CoreDesign(name: "zen5", pairs: 2, fma256: 2, fma512: .byModelName(AVX512Units.zen5)),
    ]

    private static let arm: [CoreDesign] = [
        // Two 64-bit wide pipes, which a 128-bit instruction takes together.
        // Arm Cortex-A72 Software Optimization Guide; published peaks of 4 f64 and 8 f32 flop a cycle agree.
        CoreDesign(name: "cortex-a72", pairs: 1, fma128: 1),
        // Two 128-bit pipes, V0 and V1, for everything. Arm Neoverse N1 and N2 Software Optimization Guides.
        CoreDesign(name: "neoverse-n1", pairs: 1, fma128: 2),
        CoreDesign(name: "neoverse-n2", pairs: 1, fma128: 2, sve512: 0.5),
        // Four 128-bit pipes; V1 joins them in pairs for 256-bit SVE. Arm Neoverse V1 and V2 guides.
        CoreDesign(name: "neoverse-v1", pairs: 2, fma128: 4, sve512: 1),
        CoreDesign(name: "neoverse-v2", pairs: 2, fma128: 4, sve512: 1),
        // 499.2 GFLOPS f64 published for 48 cores at 2.6 GHz, 4 flop a cycle. Sources for f32 disagree (8 or 16).
        CoreDesign(name: "tsv110", pairs: 1, fma128: 1, singlePrecisionKnown: false),
        // Two 512-bit pipes, FLA and FLB; a NEON instruction uses a quarter of one.
        // Fujitsu, A64FX Microarchitecture Manual.
        CoreDesign(name: "a64fx", pairs: 1, fma128: 2, sve512: 2),
    ]
}
