// Score.swift: how fast a node is against a reference node, as one number without a unit.
// A type of its own without a sum: scores are compared, capacities are added.

import RealModule
import SampleStatistics

/// 1000 · exp(Σ w_k ln(R_k / R_k,ref)): the weighted geometric mean of a node's rates over the reference's, 1000 for the
/// reference itself.
///
/// The ratio of two scores does not depend on the reference. A score is no amount: the score of two nodes is not the sum
/// of theirs, and there is no operator that says otherwise.
///
/// - Source: P. J. Fleming, J. J. Wallace, How not to lie with statistics, CACM 29 (1986) 218.
public struct Score: Sendable, Hashable {
    /// > 0.
    public let value: Double
    /// Name and version of the reference node.
    public let reference: String

    /// One kernel's rate and the reference's, in one unit.
    public struct Kernel: Sendable, Hashable {
        public let name: String
        public let rate: Double
        public let referenceRate: Double
        public let weight: Double

        public init(_ name: String, rate: Double, referenceRate: Double, weight: Double) {
            self.name = name
            self.rate = rate
            self.referenceRate = referenceRate
            self.weight = weight
        }
    }

    /// How far the sum of the weights may be from 1: weights are typed in decimals.
    static let weightTolerance = 1e-9

    /// - Throws: `ScoreError`, naming the kernel and the number.
    public init(_ kernels: some Collection<Kernel>, reference: String) throws(ScoreError) {
        guard !kernels.isEmpty else { throw .noKernels }
        for kernel in kernels {
            for (field, number) in [("rate", kernel.rate), ("reference rate", kernel.referenceRate)] {
                guard number.isFinite, number > 0 else {
                    throw .notARate(kernel: kernel.name, field: field, number: number)
                }
            }
            guard kernel.weight.isFinite, kernel.weight >= 0 else {
                throw .badWeight(kernel: kernel.name, number: kernel.weight)
            }
        }
        let weights = CompensatedSum(kernels.lazy.map(\.weight)).value
        guard abs(weights - 1) <= Self.weightTolerance else { throw .weightsDoNotAddUp(weights) }
        let logarithm = CompensatedSum(
            kernels.lazy.map { $0.weight * (Double.log($0.rate) - Double.log($0.referenceRate)) })
        value = 1000 * Double.exp(logarithm.value / weights)
        self.reference = reference
    }
}

/// Why there is no score.
public enum ScoreError: Error, Sendable, Hashable, CustomStringConvertible {
    case noKernels
    case notARate(kernel: String, field: String, number: Double)
    case badWeight(kernel: String, number: Double)
    case weightsDoNotAddUp(Double)

    public var description: String {
        switch self {
        case .noKernels: "a score needs one kernel at least"
        case .notARate(let kernel, let field, let number): "the \(field) of \(kernel) must be above 0 and is \(number)"
        case .badWeight(let kernel, let number): "the weight of \(kernel) must be a number ≥ 0 and is \(number)"
        case .weightsDoNotAddUp(let sum): "the weights of a score must add up to 1 and add up to \(sum)"
        }
    }
}
