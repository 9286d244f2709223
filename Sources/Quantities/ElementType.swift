// ElementType.swift: the number formats that kernels compute in.

/// The format of one matrix or vector element, or of one factor where products are added up in a wider format.
public enum ElementType: String, Sendable, Hashable, Codable, CaseIterable {
    /// IEEE 754 binary64.
    case f64
    /// IEEE 754 binary32.
    case f32
    /// IEEE 754 binary16.
    case f16
    /// The upper half of a binary32: 8 bits of significand. Added up in f32.
    case bf16
    /// Integers of 8 bits, signed or not. Added up in 32 bits.
    case i8

    /// The formats that matrix multiplication is measured in.
    public static let matrixTypes: [ElementType] = [.f64, .f32]

    /// Bytes one element occupies in memory.
    public var bytes: Int {
        switch self {
        case .f64: 8
        case .f32: 4
        case .f16, .bf16: 2
        case .i8: 1
        }
    }

    /// The unit of rates: `FLOPS`, or `OPS` for integers. A multiplication and an addition count as two.
    public var unit: String { self == .i8 ? "OPS" : "FLOPS" }
}
