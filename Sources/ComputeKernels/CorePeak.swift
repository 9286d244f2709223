// CorePeak.swift: floating-point operations per cycle that a core design can do, from its pipes and their widths.
// Stated per variant, since the fraction of peak of an sse2 run says nothing when the peak is that of AVX-512.

package import Quantities

/// The stated peak of one core, in floating-point operations per cycle.
///
/// Peaks are those of the operation mix that the kernels have: fused multiply-adds alone, or as many multiplications
/// as additions. A mix of both can exceed `fmaPeak` on cores with separate adders: Zen 3 has been measured at 18 to
/// 19 f64 flop per cycle with one 256-bit addition beside every FMA, against an FMA-only peak of 16.
package enum CorePeak {
    /// Floating-point operations per cycle that `variant` can reach.
    ///
    /// - Parameters:
    ///   - variant: `scalar`, `sse2`, `avx2`, `avx512` or `neon`.
    ///   - microarchitecture: As MachineProbe names it (`zen4`); nil when it does not know the core.
    ///   - modelName: The processor's model name, which alone tells some cores with one 512-bit unit from those with two.
    package static func flopPerCycle(
        variant: String, elementType: ElementType, microarchitecture: String?, modelName: String?
    ) -> Result<Double, CorePeakUnknown> {
        guard let microarchitecture else { return .failure(.microarchitectureUnknown) }
        guard let core = CoreDesign.named[microarchitecture] else {
            return .failure(.notInTable(microarchitecture: microarchitecture))
        }
        return core.operationsPerCycle(of: variant, elementType: elementType, modelName: modelName)
            .map { operations in operations * Double(lanes(of: variant, elementType)) * 2 }
    }

    /// The FMA-only peak: the most that any fused variant reaches with the features that the system offers.
    ///
    /// Counts vector lengths for which there is no kernel, such as the 512-bit SVE of A64FX: the peak is the core's.
    ///
    /// - Parameter isa: Features in the spelling of /proc/cpuinfo. Without `avx512f` the 512-bit units do not count,
    ///   whatever the core has: a guest cannot use what its hypervisor hides.
    package static func fmaPeak(
        elementType: ElementType, microarchitecture: String?, modelName: String?, isa: some Sequence<String>
    ) -> Result<Double, CorePeakUnknown> {
        let features = Set(isa)
        var variants: [String] = []
        if features.isSuperset(of: ["avx2", "fma"]) { variants.append("avx2") }
        if features.contains("avx512f") { variants.append("avx512") }
        if features.contains("asimd") { variants.append("neon") }
        if features.contains("sve") { variants.append("sve") }
        var best: Double?
        for variant in variants {
            switch flopPerCycle(
                variant: variant, elementType: elementType, microarchitecture: microarchitecture, modelName: modelName)
            {
            case .success(let flop): best = max(best ?? 0, flop)
            // A core without the wider vectors is described by its narrower ones.
            case .failure(.notOnThisCore): continue
            // An unknown number of units could raise the peak, so nothing can be said about it.
            case .failure(let unknown): return .failure(unknown)
            }
        }
        guard let best else {
            return .failure(microarchitecture == nil ? .microarchitectureUnknown : .noFusedMultiplyAdd)
        }
        return .success(best)
    }

    private static func lanes(of variant: String, _ elementType: ElementType) -> Int {
        switch variant {
        case "scalar": 1
        case "avx2": 32 / elementType.bytes
        case "avx512", "sve": 64 / elementType.bytes
        default: 16 / elementType.bytes
        }
    }
}

/// Why no peak is stated.
package enum CorePeakUnknown: Error, Sendable, Hashable, CustomStringConvertible {
    /// The probe could not name the core.
    case microarchitectureUnknown
    case notInTable(microarchitecture: String)
    /// The core has no such instructions, or the product switches them off.
    case notOnThisCore(variant: String, microarchitecture: String)
    /// The design was sold with different vector units, and the model name does not tell with which.
    case unitsUnknown(microarchitecture: String, modelName: String?)
    /// No reliable figure is known to the table.
    case unpublished(elementType: ElementType, microarchitecture: String)
    /// The system offers none of the instructions.
    case noFusedMultiplyAdd

    package var description: String {
        switch self {
        case .microarchitectureUnknown: "the microarchitecture is not known"
        case .notInTable(let name): "the table of core peaks has no row for \(name)"
        case .notOnThisCore(let variant, let name): "\(name) has no \(variant)"
        case .unitsUnknown(let name, let model):
            "\(name) was built with different vector units, and the model name "
                + (model.map { "\"\($0)\" does not tell with which" } ?? "is not known")
        case .unpublished(let type, let name): "no reliable \(type.rawValue) figure for \(name) is known"
        case .noFusedMultiplyAdd: "the processor offers no fused multiply-add"
        }
    }
}
