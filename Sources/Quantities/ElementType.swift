// ElementType.swift: the number formats that kernels compute in.

/// The format of one matrix or vector element.
public enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
    /// IEEE 754 binary64.
    case f64
    /// IEEE 754 binary32.
    case f32

    /// Bytes one element occupies in memory.
    public var bytes: Int {
        switch self {
        case .f64: 8
        case .f32: 4
        }
    }
}
