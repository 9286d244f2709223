// StreamKernel.swift: the loops over arrays as Swift values: what they are, and which of them run here.

internal import CKernels
package import Quantities

/// One loop over arrays in one element type for one instruction set: a row of the C table, with its data sheet.
///
/// Rows of other architectures are values too, so that they can be listed with the reason why they do not run.
package struct StreamKernel: InstructionSetKernel, Sendable, Hashable {
    /// What one element is made of; docs/memory.md has the bytes.
    package enum Formula: String, Sendable, Hashable, CaseIterable {
        /// a = b
        case copy
        /// a = s·b
        case scale
        /// a = b + c
        case add
        /// a = b + s·c
        case triad
        /// Sum over a.
        case read
        /// a = s
        case write
    }

    package let formula: Formula
    package let elementType: ElementType
    /// `scalar`, `sse2`, `avx2`, `avx512` or `neon`; with `-nt` when stores go past the caches.
    package let variant: String
    /// `x86_64`, `arm64`, or `any` for portable C.
    package let architecture: String
    /// In the spelling of /proc/cpuinfo.
    package let requiredFeatures: [String]
    /// Elements per register.
    package let lanes: Int
    /// Elements of each array that one turn of the loop handles. Arrays of whole turns run at full speed.
    package let elementsPerTurn: Int
    /// Arrays in the working set. Copy and scale touch two of their three in each pass.
    package let arrayCount: Int
    /// Bytes per element as STREAM counts: what the formula loads and stores.
    package let bytesLoadedPerElement: Int
    package let bytesStoredPerElement: Int
    /// Bytes per element that a cache loads only to overwrite them, when it does not hold the line.
    package let bytesAllocatedPerElement: Int
    package let flopPerElement: Int
    /// Whether stores go past the caches.
    package let isNonTemporal: Bool
    /// Where to call it; nil when it belongs to another architecture than this build.
    package let entry: Entry?

    /// Every row of the table, other architectures' included; of one kernel, narrower ones come first.
    package static let all: [StreamKernel] = {
        var count = 0
        guard let rows = sl_stream_kernels(&count) else { return [] }
        return UnsafeBufferPointer(start: rows, count: count).map(StreamKernel.init)
    }()

    private init(row: sl_stream_kernel) {
        formula = Formula(rawValue: String(String(cString: row.kernel).dropFirst(Self.prefix.count)))!
        elementType = ElementType(rawValue: String(cString: row.dtype))!
        variant = String(cString: row.variant)
        architecture = String(cString: row.architecture)
        requiredFeatures = String(cString: row.required_features).split(separator: " ").map(String.init)
        lanes = Int(row.lanes)
        elementsPerTurn = Int(row.elements_per_turn)
        arrayCount = Int(row.arrays)
        bytesLoadedPerElement = Int(row.bytes_loaded)
        bytesStoredPerElement = Int(row.bytes_stored)
        bytesAllocatedPerElement = Int(row.bytes_allocated)
        flopPerElement = Int(row.flop)
        isNonTemporal = row.non_temporal != 0
        entry = row.run.map(Entry.init)
    }

    private static let prefix = "stream-"

    /// Formula, element type and variant name the row.
    package static func == (a: StreamKernel, b: StreamKernel) -> Bool {
        a.formula == b.formula && a.variant == b.variant && a.elementType == b.elementType
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(formula)
        hasher.combine(variant)
        hasher.combine(elementType)
    }
}

extension StreamKernel {
    /// First piece of the name: `stream-triad`.
    package var kernel: String { Self.prefix + formula.rawValue }

    /// Bytes per element as STREAM counts, loaded and stored together.
    package var bytesPerElement: Int { bytesLoadedPerElement + bytesStoredPerElement }

    /// Bytes moved to and from memory over those that STREAM counts, when no cache holds the lines that are stored.
    package var writeAllocateFactor: Double {
        Double(bytesPerElement + bytesAllocatedPerElement) / Double(bytesPerElement)
    }

    /// The row of that name, also when it cannot run here.
    package static func named(kernel: String, variant: String, elementType: ElementType = .f64) -> StreamKernel? {
        all.first { $0.kernel == kernel && $0.variant == variant && $0.elementType == elementType }
    }

    /// The row of a kernel to measure with on a processor with these features: the widest that runs there.
    ///
    /// - Parameter microarchitecture: As MachineProbe names it. Zen 4 passes 512 bits through units of 256 and moves
    ///   less with them, from the first cache (0.87 of avx2) to main memory (0.8): there avx2 is the best.
    /// - Returns: nil where there is none: no stores to go past the caches, for example.
    package static func best(
        kernel: String, isa: some Sequence<String>, nonTemporal: Bool, elementType: ElementType = .f64,
        microarchitecture: String? = nil
    ) -> StreamKernel? {
        let features = Set(isa)
        return all.last {
            $0.kernel == kernel && $0.elementType == elementType && $0.isNonTemporal == nonTemporal
                && $0.unavailability(isa: features) == nil
                && !(microarchitecture == "zen4" && $0.variant.hasPrefix("avx512"))
        }
    }

    package var isCompiledHere: Bool { entry != nil }

    /// What it computes and moves, in one line.
    package var dataSheet: String {
        let text =
            switch formula {
            case .copy: "a = b"
            case .scale: "a = s·b"
            case .add: "a = b + c"
            case .triad: "a = b + s·c"
            case .read: "sum of a"
            case .write: "a = s"
            }
        let stores = isNonTemporal ? ", non-temporal stores" : ""
        let allocated =
            bytesAllocatedPerElement > 0 ? ", \(bytesPerElement + bytesAllocatedPerElement) B with write-allocate" : ""
        return "\(text), \(lanes * elementType.bytes * 8) bits wide\(stores); per element \(bytesLoadedPerElement) B "
            + "loaded, \(bytesStoredPerElement) B stored\(allocated), \(flopPerElement) flop"
    }
}

extension StreamKernel {
    /// A kernel's function: trivial to copy, so that a call allocates nothing and counts no references.
    package struct Entry: Sendable {
        private let function: sl_stream_function

        fileprivate init(function: sl_stream_function) { self.function = function }

        /// Makes `passes` ≥ 0 over the arrays of `task`, which it moves on to what the next call needs.
        @inline(__always)
        func run(passes: Int, task: inout sl_stream_task) -> Double {
            function(UInt64(truncatingIfNeeded: passes), &task)
        }
    }
}
