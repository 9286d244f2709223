// FMAKernel.swift: the multiply-add kernels as Swift values: what they are, and which of them run here.

internal import CKernels
package import Quantities

/// One multiply-add kernel: a recurrence in one element type for one instruction set.
///
/// A row of the C table, whose data sheet it carries. Kernels of other architectures are values too, so that they
/// can be listed with the reason why they do not run.
package struct FMAKernel: Sendable, Hashable {
    package let elementType: ElementType
    /// `scalar`, `sse2`, `avx2`, `avx512` or `neon`.
    package let variant: String
    /// `x86_64`, `arm64`, or `any` for portable C.
    package let architecture: String
    /// In the spelling of /proc/cpuinfo.
    package let requiredFeatures: [String]
    /// Elements per register.
    package let lanes: Int
    /// Registers advanced per iteration.
    package let accumulators: Int
    /// Floating-point operations per iteration; a fused multiply-add counts as two.
    package let flopPerIteration: Int
    /// Bytes loaded and stored per iteration: 0, all of these stay in registers.
    package let bytesPerIteration: Int
    /// Whether a multiplication and its addition round once.
    package let isFused: Bool
    /// Where to call it; nil when it belongs to another architecture than this build.
    package let entry: Entry?

    /// Every kernel of the table, other architectures' included; of one element type, narrower ones come first.
    package static let all: [FMAKernel] = {
        var count = 0
        guard let rows = sl_fma_kernels(&count) else { return [] }
        return UnsafeBufferPointer(start: rows, count: count).map(FMAKernel.init)
    }()

    /// The kernel of that name, also when it cannot run here.
    package static func named(variant: String, elementType: ElementType) -> FMAKernel? {
        all.first { $0.variant == variant && $0.elementType == elementType }
    }

    /// The widest kernel that runs on a processor with these features; nil only where none is compiled.
    package static func best(for elementType: ElementType, isa: some Sequence<String>) -> FMAKernel? {
        let features = Set(isa)
        return all.last { $0.elementType == elementType && $0.unavailability(isa: features) == nil }
    }

    private init(row: sl_fma_kernel) {
        elementType = ElementType(rawValue: String(cString: row.dtype))!
        variant = String(cString: row.variant)
        architecture = String(cString: row.architecture)
        requiredFeatures = String(cString: row.required_features).split(separator: " ").map(String.init)
        lanes = Int(row.lanes)
        accumulators = Int(row.accumulators)
        flopPerIteration = Int(row.flop_per_iteration)
        bytesPerIteration = Int(row.bytes_per_iteration)
        isFused = row.fused != 0
        constants = Constants(address: row.constants)
        entry = row.run.map { Entry(function: $0, constants: row.constants) }
    }

    /// The recurrence's four constants, which the replay needs also for kernels that do not run here.
    let constants: Constants

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
    /// Elements in the state: accumulators × lanes.
    package var elementCount: Int { accumulators * lanes }

    /// Bytes that `Entry.run` reads and writes; the memory must be aligned to `stateAlignment`.
    package var stateByteCount: Int { elementCount * elementType.bytes }

    /// A cache line, and the widest register.
    package static var stateAlignment: Int { 64 }

    /// Iterations from an initial state up to which every error is proven to stay in the state.
    ///
    /// Further iterations are computed just as correctly; docs/kernels.md derives the figures.
    package var longestProvenRun: Int {
        switch (isFused, elementType) {
        case (false, _): 1 << 21
        case (true, .f32): 1 << 19
        case (true, .f64): 1 << 48
        }
    }

    /// Whether this build contains the kernel.
    package var isCompiledHere: Bool { entry != nil }

    /// The features that `isa` lacks, in the order of the data sheet.
    package func missingFeatures(in isa: some Sequence<String>) -> [String] {
        let present = Set(isa)
        return requiredFeatures.filter { !present.contains($0) }
    }

    /// Why the kernel does not run on a processor with the features `isa`, such as `needs avx512f`; nil if it does.
    package func unavailability(isa: some Sequence<String>) -> String? {
        guard isCompiledHere else { return "built for \(architecture)" }
        let missing = missingFeatures(in: isa)
        return missing.isEmpty ? nil : "needs " + missing.joined(separator: " and ")
    }
}
