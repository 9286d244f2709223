// WhatIf.swift: how much of one class would have to be added for it to reach a share of the whole.

/// The answer to "what if a class is to have the share b?" when nothing else changes.
public struct WhatIf: Sendable, Hashable {
    /// x, to be added to the class.
    public let added: Double
    /// T + x.
    public let total: Double

    /// x = (b T − A) / (1 − b), from (A + x) / (T + x) = b.
    ///
    /// - Parameters:
    ///   - present: A, the class's capacity, 0 ≤ A ≤ T.
    ///   - total: T, over all classes in the same unit, > 0.
    ///   - share: b, A / T < b < 1.
    /// - Throws: `MarketError.nothingThere` for T = 0, `.notAnAmount` for other numbers that are no amounts,
    ///   `.shareOutOfReach` for a share that adding does not reach.
    public init(present: Double, total: Double, share: Double) throws(MarketError) {
        guard total.isFinite, total >= 0 else { throw .notAnAmount(field: "the total", number: total) }
        guard total > 0 else { throw .nothingThere }
        guard present.isFinite, (0...total).contains(present) else {
            throw .notAnAmount(field: "the class's part of \(total)", number: present)
        }
        guard share > present / total, share < 1 else {
            throw .shareOutOfReach(asked: share, present: present / total)
        }
        added = (share * total - present) / (1 - share)
        self.total = total + added
    }
}
