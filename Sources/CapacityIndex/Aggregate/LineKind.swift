// LineKind.swift: class and basis of a line, which every total keeps apart, as a small number.

/// One of the nine kinds of lines: a class of compute and how its figure came to be.
struct LineKind: Sendable, Hashable {
    let computeClass: ComputeClass
    let basis: Basis

    static let count = 9

    /// All kinds in the order of their codes: by class, then by basis.
    static let all = ComputeClass.allCases.flatMap { computeClass in
        Basis.allCases.map { LineKind(computeClass: computeClass, basis: $0) }
    }

    /// 0 ..< 9.
    var code: UInt32 { UInt32(computeClass.number * 3 + basis.number) }
}

extension ComputeClass {
    /// Position in `allCases`.
    var number: Int {
        switch self {
        case .general: 0
        case .intelligent: 1
        case .super: 2
        }
    }
}

extension Basis {
    /// Position in `allCases`.
    var number: Int {
        switch self {
        case .measured: 0
        case .extrapolated: 1
        case .nameplate: 2
        }
    }
}

/// One node's amount in one class.
public struct CapacityLine: Sendable, Hashable {
    public let amount: CapacityAmount
    public let computeClass: ComputeClass
    public let basis: Basis

    public init(_ amount: CapacityAmount, in computeClass: ComputeClass, basis: Basis) {
        self.amount = amount
        self.computeClass = computeClass
        self.basis = basis
    }

    var kind: LineKind { LineKind(computeClass: computeClass, basis: basis) }
}
