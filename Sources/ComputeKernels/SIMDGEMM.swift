// SIMDGEMM.swift: the matrix products of our own as Swift values: what they are, and which of them run here.

internal import CKernels
package import Quantities

/// One matrix product: an element type on one instruction set.
///
/// A row of the C table. Those of other architectures are values too, so that they can be listed with the reason why
/// they do not run. It measures how much of the multiply-add rate a product can reach, and it is the witness that
/// libraries are compared with, which shares no code with them; docs/gemm.md describes it.
package struct SIMDGEMM: InstructionSetKernel, Sendable, Hashable {
    package let elementType: ElementType
    /// `simd-scalar`, `simd-avx2`, `simd-avx512` or `simd-neon`.
    package let variant: String
    /// `x86_64`, `arm64`, or `any` for portable C.
    package let architecture: String
    /// In the spelling of /proc/cpuinfo.
    package let requiredFeatures: [String]
    /// Elements per register.
    package let lanes: Int
    /// The part of C that is held in registers.
    package let tile: Tile
    /// Whether this build contains the code.
    package let isCompiledHere: Bool
    /// Place in the C table.
    let index: Int

    /// Rows and columns of C.
    package struct Tile: Sendable, Hashable {
        package let rows, columns: Int
    }

    /// Every product of the table, other architectures' included; of one element type, narrower ones come first.
    package static let all: [SIMDGEMM] = {
        var count = 0
        guard let rows = sl_gemm_kernels(&count) else { return [] }
        return (0..<count).map { SIMDGEMM(row: rows[$0], index: $0) }
    }()

    /// The product of that name, also when it cannot run here.
    package static func named(variant: String, elementType: ElementType) -> SIMDGEMM? {
        all.first { $0.variant == variant && $0.elementType == elementType }
    }

    /// The widest product that runs on a processor with these features; nil only where none is compiled.
    package static func best(for elementType: ElementType, isa: some Sequence<String>) -> SIMDGEMM? {
        let features = Set(isa)
        return all.last { $0.elementType == elementType && $0.unavailability(isa: features) == nil }
    }

    private init(row: sl_gemm_kernel, index: Int) {
        elementType = ElementType(rawValue: String(cString: row.dtype))!
        variant = String(cString: row.variant)
        architecture = String(cString: row.architecture)
        requiredFeatures = String(cString: row.required_features).split(separator: " ").map(String.init)
        lanes = Int(row.lanes)
        tile = Tile(rows: Int(row.mr), columns: Int(row.nr))
        isCompiledHere = row.code != nil
        self.index = index
    }
}

extension SIMDGEMM {
    /// C = alpha·op(A)·op(B) + beta·C on the calling thread, with memory of its own; for checks, not for timing.
    ///
    /// - Parameters:
    ///   - a: What the shape says, row by row; likewise `b` and `c`. The elements are this product's.
    ///   - caches: What the blocking is chosen for; any give the same result but for rounding.
    /// - Precondition: This build contains the code and the processor has its features.
    package func multiply<Element: BinaryFloatingPoint>(
        _ shape: SIMDGEMMShape, alpha: Double = 1, _ a: [Element], _ b: [Element], beta: Double = 0,
        into c: inout [Element], caches: SIMDGEMMCaches = SIMDGEMMCaches()
    ) {
        precondition(MemoryLayout<Element>.size == elementType.bytes, "elements of another type")
        precondition(
            a.count >= shape.elementsOfA && b.count >= shape.elementsOfB && c.count >= shape.elementsOfC,
            "a matrix has fewer elements than its shape")
        let plan = SIMDGEMMPlan(self, shape, threads: 1, caches: caches)
        let workspace = UnsafeMutableRawPointer.allocate(
            byteCount: plan.workspaceByteCount, alignment: SIMDGEMMPlan.workspaceAlignment)
        defer { workspace.deallocate() }
        a.withUnsafeBytes { a in
            b.withUnsafeBytes { b in
                c.withUnsafeMutableBytes { c in
                    // The address of an empty array may be nil, and is not followed then.
                    plan.run(
                        member: 0, alpha: alpha, a: a.baseAddress ?? UnsafeRawPointer(workspace),
                        b: b.baseAddress ?? UnsafeRawPointer(workspace), beta: beta, c: c.baseAddress ?? workspace,
                        workspace: workspace)
                }
            }
        }
    }
}
