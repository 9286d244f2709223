// FMAKernel.swift: the multiply-add kernels as Swift values: what they are, and which of them run here.

internal import CKernels
package import Quantities

/// One multiply-add kernel: a recurrence in one element type for one instruction set.
///
/// A row of the C table, whose data sheet it carries, or the one that Swift itself compiles. Kernels of other
/// architectures are values too, so that they can be listed with the reason why they do not run.
package struct FMAKernel: InstructionSetKernel, Sendable, Hashable {
    /// What one iteration does to the state; docs/kernels.md has the formulas.
    package enum Recurrence: Sendable, Hashable {
        /// Multiplication and addition round each: two of both per lane and accumulator.
        case unfused
        /// Fused multiply-adds, which round once: two per lane and accumulator.
        case fused
        /// A fused multiply-add and a separate addition per lane and accumulator.
        case mix
        /// Two exact sums of `depth` products per lane and accumulator.
        case dot(depth: Int)
    }

    /// The format that is added to, and that the state is held in.
    package enum Accumulator: String, Sendable, Hashable {
        case f64, f32, f16, i32

        package var bytes: Int {
            switch self {
            case .f64: 8
            case .f32, .i32: 4
            case .f16: 2
            }
        }
    }

    /// The format that is multiplied.
    package let elementType: ElementType
    package let accumulator: Accumulator
    /// Name of the instruction set, such as `avx2`, `avx512-mix` or `neon-i8mm`; `scalar` and `swift` for compiled code.
    package let variant: String
    /// `x86_64`, `arm64`, or `any` for portable code.
    package let architecture: String
    /// In the spelling of /proc/cpuinfo.
    package let requiredFeatures: [String]
    package let recurrence: Recurrence
    /// Accumulator elements per register; 0 where the processor would decide and is not here.
    package let lanes: Int
    /// Registers, or tiles, advanced per iteration.
    package let accumulators: Int
    /// Operations per iteration and lane; a fused multiply-add counts as two.
    package let flopPerLane: Int
    /// Bytes loaded and stored per iteration: 0, all of these stay in registers.
    package let bytesPerIteration: Int
    /// Where to call it; nil when it belongs to another architecture than this build.
    package let entry: Entry?
    /// The recurrence's constants, which the replay needs also for kernels that do not run here.
    let constants: Constants
    let replay: Replay

    /// Every kernel, other architectures' included; of one element type, the better ones come later.
    package static let all: [FMAKernel] = {
        var count = 0
        guard let rows = sl_fma_kernels(&count) else { return [] }
        return UnsafeBufferPointer(start: rows, count: count).flatMap { row in
            let kernel = FMAKernel(row: row)
            return [kernel] + (kernel.variant == "scalar" ? [kernel.compiledBySwift] : [])
        }
    }()

    /// The kernel of that name, also when it cannot run here.
    package static func named(variant: String, elementType: ElementType) -> FMAKernel? {
        all.first { $0.variant == variant && $0.elementType == elementType }
    }

    /// The fastest kernel on a processor with these features, pipe mixes and Swift's own apart, whose peak is not that
    /// of multiply-adds; nil where no kernel of the element type runs.
    package static func best(for elementType: ElementType, isa: some Sequence<String>) -> FMAKernel? {
        let features = Set(isa)
        return all.last {
            $0.elementType == elementType && $0.recurrence != .mix && $0.variant != Self.swiftVariant
                && $0.unavailability(isa: features) == nil
        }
    }

    private init(row: sl_fma_kernel) {
        elementType = ElementType(rawValue: String(cString: row.dtype))!
        accumulator = Accumulator(rawValue: String(cString: row.accumulator))!
        variant = String(cString: row.variant)
        architecture = String(cString: row.architecture)
        requiredFeatures = String(cString: row.required_features).split(separator: " ").map(String.init)
        lanes = withUnsafePointer(to: row) { Int(sl_fma_lanes($0)) }
        accumulators = Int(row.accumulators)
        flopPerLane = Int(row.flop_per_lane)
        bytesPerIteration = Int(row.bytes_per_iteration)
        recurrence =
            switch row.recurrence {
            case SL_FMA_UNFUSED: .unfused
            case SL_FMA_FUSED: .fused
            case SL_FMA_MIX: .mix
            case SL_FMA_DOT: .dot(depth: Int(row.flop_per_lane / row.accumulators / 4))
            default: preconditionFailure("the C table has a recurrence that is not known here")
            }
        constants = Constants(address: row.constants)
        replay = Replay(function: row.replay)
        entry = row.run.map { Entry(function: $0, constants: row.constants) }
    }

    /// A portable kernel like `model`, same recurrence, constants and replay, with another shape and function.
    init(model: FMAKernel, variant: String, lanes: Int, accumulators: Int, entry: Entry) {
        elementType = model.elementType
        accumulator = model.accumulator
        self.variant = variant
        architecture = "any"
        requiredFeatures = []
        recurrence = model.recurrence
        self.lanes = lanes
        self.accumulators = accumulators
        flopPerLane = model.flopPerLane / model.accumulators * accumulators
        bytesPerIteration = 0
        constants = model.constants
        replay = model.replay
        self.entry = entry
    }

    /// A variant exists once per element type, so these two name the row.
    package static func == (a: FMAKernel, b: FMAKernel) -> Bool {
        a.variant == b.variant && a.elementType == b.elementType
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(variant)
        hasher.combine(elementType)
    }
}

extension FMAKernel {
    /// Floating-point operations, for i8 operations, per iteration; 0 where `lanes` is.
    package var flopPerIteration: Int { flopPerLane * lanes }

    /// Elements in the state: accumulators × lanes.
    package var elementCount: Int { accumulators * lanes }

    /// Bytes that `Entry.run` reads and writes; the memory must be aligned to `stateAlignment`.
    package var stateByteCount: Int { elementCount * accumulator.bytes }

    /// A cache line, and the widest register.
    package static var stateAlignment: Int { 64 }

    /// Whether `CorePeak` states for this kernel what the kernel itself is built to reach.
    ///
    /// Not so for pipe mixes, whose peak is that of the ports, and for plain compiled code.
    package var statesReachablePeak: Bool {
        recurrence != .mix && !["scalar", Self.swiftVariant].contains(variant)
    }

    /// Whether accumulators are advanced in pairs, 2j with 2j + 1.
    package var advancesPairs: Bool { recurrence == .fused || recurrence == .mix }

    /// Iterations from an initial state up to which every error is proven to stay in the state.
    ///
    /// Further iterations are computed just as correctly, but for bf16, whose sums stop being exact; docs/kernels.md
    /// derives the figures.
    package var longestProvenRun: Int {
        switch (recurrence, accumulator) {
        case (.unfused, _): 1 << 21
        case (.fused, .f32), (.mix, .f32): 1 << 19
        case (.fused, _), (.mix, _): 1 << 48
        case (.dot, _): 1 << 18
        }
    }

    /// Whether this build contains the kernel.
    package var isCompiledHere: Bool { entry != nil }
}
