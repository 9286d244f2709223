// ConversionPolicy.swift: how rates in several precisions become one comparable number.
// One piece of silicon counts once: a policy picks one precision per node, and no function here adds two of them.

/// Weights that convert a rate of each precision, E = w · S; named and versioned.
public struct ConversionPolicy: Sendable, Hashable {
    public let id: PolicyID
    /// The precision that converted capacities are counted in.
    public let referencePrecision: Precision
    /// Finite and > 0; a precision without a weight cannot be converted.
    public let weights: [Precision: Double]
    /// What a converted value is counted in, `FLOPS` unless the policy converts to pieces.
    public let unit: String
    /// Which precision of a node counts.
    public let selection: Selection

    /// Which of a node's converted rates stands for it.
    public enum Selection: String, Sendable, Hashable, Codable {
        /// The precision that represents the node's class.
        case byClass = "by-class"
        /// The largest converted rate.
        case max
    }

    /// FLOPS of FP32, as device-side national statistics count; the default.
    public static let fp32Native = builtIn("fp32-native", .fp32, [.fp32: 1])
    /// FLOPS of FP32, other formats weighted by their width: the shape of TPP / 32.
    public static let bitwidth = builtIn(
        "bitwidth", .fp32, [.fp64: 2, .fp32: 1, .fp16: 0.5, .bf16: 0.5, .int8: 0.25])
    /// FLOPS of FP64 and nothing else: the shape of TOP500 and of adjusted peak performance.
    public static let fp64Only = builtIn("fp64-only", .fp64, [.fp64: 1])
    /// Pieces of an accelerator with 989.4 TFLOPS of dense FP16: the shape of accelerator-stock estimates.
    public static let h100Equivalents = builtIn(
        "h100eq", .fp16, [.fp16: 1 / 989.4e12, .bf16: 1 / 989.4e12], unit: "H100-eq")

    public static let builtIns = [fp32Native, bitwidth, fp64Only, h100Equivalents]

    /// The built-in policy of that name (`bitwidth`) or identifier (`bitwidth/1`); nil when there is none.
    public static func named(_ text: String) -> ConversionPolicy? {
        builtIns.first { $0.id.name == text || $0.id.description == text }
    }

    private static func builtIn(
        _ name: String, _ reference: Precision, _ weights: [Precision: Double], unit: String = "FLOPS"
    ) -> ConversionPolicy {
        ConversionPolicy(
            unchecked: PolicyID(name: name, version: 1)!, reference: reference, weights: weights, unit: unit,
            selection: .byClass)
    }

    private init(
        unchecked id: PolicyID, reference: Precision, weights: [Precision: Double], unit: String, selection: Selection
    ) {
        self.id = id
        referencePrecision = reference
        self.weights = weights
        self.unit = unit
        self.selection = selection
    }

    /// A policy of your own.
    ///
    /// - Parameter unit: What one converted unit is called; not empty.
    /// - Throws: `PolicyError` for a built-in's name, weights that are not above 0, or a reference without weight.
    public init(
        id: PolicyID, referencePrecision: Precision, weights: [Precision: Double], unit: String = "FLOPS",
        selection: Selection = .byClass
    ) throws(PolicyError) {
        guard !Self.builtIns.contains(where: { $0.id.name == id.name }) else { throw .nameIsTaken(id) }
        for (precision, weight) in weights where !weight.isFinite || weight <= 0 {
            throw .badWeight(precision, weight)
        }
        guard weights[referencePrecision] != nil else { throw .referenceWithoutWeight(referencePrecision) }
        guard !unit.isEmpty else { throw .noUnit(id) }
        self.init(
            unchecked: id, reference: referencePrecision, weights: weights, unit: unit, selection: selection)
    }

    /// The same weights, with the largest converted rate standing for a node; the name gains `-max`, as figures
    /// made this way are not comparable with the others.
    public var takingMaximum: ConversionPolicy {
        guard selection != .max, let id = PolicyID(name: id.name + "-max", version: id.version) else { return self }
        return ConversionPolicy(
            unchecked: id, reference: referencePrecision, weights: weights, unit: unit, selection: .max)
    }
}

/// Why a set of weights is not a policy.
public enum PolicyError: Error, Sendable, Hashable, CustomStringConvertible {
    case nameIsTaken(PolicyID)
    case badWeight(Precision, Double)
    case referenceWithoutWeight(Precision)
    case noUnit(PolicyID)

    public var description: String {
        switch self {
        case .nameIsTaken(let id): "\(id.name) is a built-in policy; give yours another name"
        case .badWeight(let precision, let weight):
            "the weight of \(precision.rawValue) must be a number above 0 and is \(weight)"
        case .referenceWithoutWeight(let precision):
            "the reference precision \(precision.rawValue) has no weight"
        case .noUnit(let id): "policy \(id) names no unit"
        }
    }
}
