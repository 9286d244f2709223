// CorePeak.swift: operations per cycle that a core design can do, from its pipes and their widths.
// Stated per variant, since the fraction of peak of an sse2 run says nothing when the peak is that of AVX-512.

package import Quantities

/// The stated peak of one core, in operations per cycle; multiplications and additions count as one each.
///
/// Peaks are those of the instructions that the kernels have: fused multiply-adds alone, dot products alone, as many
/// multiplications as additions, or as many fused multiply-adds as additions. The last exceed `fmaPeak` on cores with
/// separate adders: Zen 4 does 24 f64 flop per cycle, against an FMA-only peak of 16.
package enum CorePeak {
    /// Operations per cycle that `variant` can reach.
    ///
    /// For pipe mixes it is what the ports allow. A kernel may be held below that by its registers: `avx2-mix` has 14
    /// for its state, enough for seven eighths of it at latency 4.
    ///
    /// - Parameters:
    ///   - variant: Of `FMAKernel`.
    ///   - microarchitecture: As MachineProbe names it (`zen4`); nil when it does not know the core.
    ///   - modelName: The processor's model name, which alone tells some cores with one 512-bit unit from those with two.
    package static func flopPerCycle(
        variant: String, elementType: ElementType, microarchitecture: String?, modelName: String?
    ) -> Result<Double, CorePeakUnknown> {
        guard let microarchitecture else { return .failure(.microarchitectureUnknown) }
        guard let core = CoreDesign.named[microarchitecture] else {
            return .failure(.notInTable(microarchitecture: microarchitecture))
        }
        guard let kernel = FMAKernel.named(variant: variant, elementType: elementType) else {
            return .failure(.notOnThisCore(variant: variant, microarchitecture: microarchitecture))
        }
        return core.instructionsPerCycle(of: kernel, modelName: modelName)
            .map { $0 * Double(operationsPerInstruction(of: kernel)) }
    }

    /// The most that kernels of fused multiply-adds or dot products, no mixes, reach with the features that the system
    /// offers.
    ///
    /// - Parameter isa: Features in the spelling of /proc/cpuinfo. Without `avx512f` the 512-bit units do not count,
    ///   whatever the core has: a guest cannot use what its hypervisor hides.
    package static func fmaPeak(
        elementType: ElementType, microarchitecture: String?, modelName: String?, isa: some Sequence<String>
    ) -> Result<Double, CorePeakUnknown> {
        let features = Set(isa)
        let kernels = FMAKernel.all.filter {
            $0.elementType == elementType && $0.recurrence != .mix && $0.recurrence != .unfused
                && $0.missingFeatures(in: features).isEmpty
        }
        var best: Double?
        for kernel in kernels {
            switch flopPerCycle(
                variant: kernel.variant, elementType: elementType, microarchitecture: microarchitecture,
                modelName: modelName)
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

    /// Operations of what `CoreDesign` counts: one instruction, or a multiplication or multiply-add with its addition.
    private static func operationsPerInstruction(of kernel: FMAKernel) -> Int {
        // SVE is counted in 512 bits, whatever the processor has; Swift's vectors are made of 128-bit registers.
        let lanes =
            switch kernel.variant {
            case "sve": 64 / kernel.accumulator.bytes
            case FMAKernel.swiftVariant: 16 / kernel.accumulator.bytes
            default: kernel.lanes
            }
        return switch kernel.recurrence {
        case .unfused, .fused: 2 * lanes
        case .mix: 3 * lanes
        case .dot(let depth): 2 * depth * lanes
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
