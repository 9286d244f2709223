// SupplyAndDemand.swift: capacity that is there against capacity that is wanted, class by class.
// Surplus of one class does not serve another, so the sums of minima count and not the totals.

import SampleStatistics

/// Supply S_c and demand D_c by class c, both in one unit.
public struct SupplyAndDemand: Sendable, Hashable {
    /// What one class has and wants, each finite and ≥ 0.
    public struct Line: Sendable, Hashable {
        public let computeClass: ComputeClass
        public let supply: Double
        public let demand: Double

        /// What of the demand is met, min(S, D).
        public var met: Double { min(supply, demand) }
    }

    /// In the order of `ComputeClass`; classes without supply and demand are left out.
    public let lines: [Line]
    /// ΣS.
    public let supply: Double
    /// ΣD.
    public let demand: Double
    /// Σ min(S_c, D_c).
    public let met: Double

    /// - Throws: `MarketError.notAnAmount` for a number that is negative or not finite.
    public init(supply: [ComputeClass: Double], demand: [ComputeClass: Double]) throws(MarketError) {
        for (side, amounts) in [("supply", supply), ("demand", demand)] {
            for computeClass in ComputeClass.allCases {
                guard let amount = amounts[computeClass] else { continue }
                guard amount.isFinite, amount >= 0 else {
                    throw .notAnAmount(field: "\(side) of \(computeClass.rawValue)", number: amount)
                }
            }
        }
        lines = ComputeClass.allCases.map {
            Line(computeClass: $0, supply: supply[$0] ?? 0, demand: demand[$0] ?? 0)
        }.filter { $0.supply > 0 || $0.demand > 0 }
        self.supply = CompensatedSum(lines.lazy.map(\.supply)).value
        self.demand = CompensatedSum(lines.lazy.map(\.demand)).value
        met = CompensatedSum(lines.lazy.map(\.met)).value
    }

    /// 1 − Σ min(S_c, D_c) / ΣD: the share of the demand that no capacity of its class meets; nil without demand.
    public var unmet: Double? { demand > 0 ? max(0, 1 - met / demand) : nil }

    /// 1 − Σ min(S_c, D_c) / ΣS: the share of the supply that no demand of its class uses; nil without supply.
    public var idle: Double? { supply > 0 ? max(0, 1 - met / supply) : nil }

    /// ½ Σ |s_c − d_c| over the shares of the classes: the part of the supply that would have to change its class for the
    /// proportions to match, in 0 … 1, whatever the totals; nil unless there are both supply and demand.
    ///
    /// - Source: the index of dissimilarity, O. D. Duncan, B. Duncan, Am. Sociol. Rev. 20 (1955) 210.
    public var distance: Double? {
        guard supply > 0, demand > 0 else { return nil }
        return CompensatedSum(lines.lazy.map { abs($0.supply / supply - $0.demand / demand) }).value / 2
    }
}

/// Why supply, demand or a wish for a share cannot be reckoned with.
public enum MarketError: Error, Sendable, Hashable, CustomStringConvertible {
    case notAnAmount(field: String, number: Double)
    /// The share asked for is not above the present one, or not below 1.
    case shareOutOfReach(asked: Double, present: Double)
    /// A share of nothing.
    case nothingThere

    public var description: String {
        switch self {
        case .notAnAmount(let field, let number): "\(field) must be a number ≥ 0 and is \(number)"
        case .shareOutOfReach(let asked, let present):
            "a share of \(asked) is not reached by adding: it must lie above the present \(present) and below 1"
        case .nothingThere: "there is no capacity, so no class has a share"
        }
    }
}
