// KernelMix.swift: which kernels a node's rate is computed from.
// Compute-bound multiplication only: bandwidth-bound kernels say what memory delivers and would hide it in one number.

package import CapacityIndex
package import Quantities

/// Square matrix multiplications of fixed sizes, each with its share of the work.
package struct KernelMix: Sendable, Hashable {
    /// One size of the mix.
    package struct Part: Sendable, Hashable {
        /// Order of the matrices, > 0.
        package let n: Int
        /// How often the mix runs it, > 0.
        package let multiplicity: Double

        package init(n: Int, multiplicity: Double = 1) {
            self.n = n
            self.multiplicity = multiplicity
        }

        /// W = 2 n³: a multiplication and an addition for each of n³ products.
        package var operations: Double { 2 * Double(n) * Double(n) * Double(n) }
    }

    package let id: MixID
    /// First piece of a result's name, `gemm`.
    package let kernel: String
    /// Last piece of a result's name, `node`.
    package let scope: String
    package let parts: [Part]

    package init(id: MixID, kernel: String, scope: String, parts: [Part]) {
        self.id = id
        self.kernel = kernel
        self.scope = scope
        self.parts = parts
    }

    /// GEMM over the whole node at n = 1024 and n = 2048, once each.
    ///
    /// 1024 still shows what threads cost; 2048 comes near a library's best, and its three matrices hold 101 MB in FP64,
    /// more than most last-level caches, yet any server has that much memory.
    package static let gemmNode1 = KernelMix(
        id: MixID("gemm-node/1")!, kernel: "gemm", scope: "node", parts: [Part(n: 1024), Part(n: 2048)])
}

extension Precision {
    /// The precision that an element type is counted in.
    package init(_ elementType: ElementType) {
        switch elementType {
        case .f64: self = .fp64
        case .f32: self = .fp32
        case .f16: self = .fp16
        case .bf16: self = .bf16
        case .i8: self = .int8
        }
    }

    /// The element type that our kernels compute this precision in; nil when they do not.
    package var elementType: ElementType? {
        switch self {
        case .fp64: .f64
        case .fp32: .f32
        case .tf32, .fp16, .bf16, .int8: nil
        }
    }
}
