// Kinds.swift: the closed lists of the index: number formats, classes of compute, and how a figure came to be.

/// A number format that a rate was measured in. Rates of `int8` are OPS until a policy converts them.
public enum Precision: String, Sendable, Hashable, Codable, CaseIterable {
    case fp64 = "FP64"
    case fp32 = "FP32"
    case tf32 = "TF32"
    case fp16 = "FP16"
    case bf16 = "BF16"
    case int8 = "INT8"
}

/// What a node is counted as: general (通算), intelligent (智算) or super (超算) computing.
public enum ComputeClass: String, Sendable, Hashable, Codable, CaseIterable {
    case general
    case intelligent
    case `super`

    /// The precisions that represent the class, the preferred first; a later one serves when an earlier was not
    /// measured. FP16 and BF16 rank equal.
    var representatives: [[Precision]] {
        switch self {
        case .general: [[.fp32]]
        case .intelligent: [[.fp16, .bf16], [.fp32]]
        case .super: [[.fp64]]
        }
    }
}

/// How a capacity is known, most direct first.
public enum Basis: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
    /// From a run on the node itself.
    case measured
    /// From measured nodes of the same kind.
    case extrapolated
    /// From a data sheet.
    case nameplate

    public static func < (left: Basis, right: Basis) -> Bool {
        allCases.firstIndex(of: left)! < allCases.firstIndex(of: right)!
    }
}
