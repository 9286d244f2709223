// IndexWish.swift: "what if a class had this share?", asked of an index, and its answer.

package import CapacityIndex

package struct IndexWish: Sendable, Hashable, Encodable {
    package let computeClass: ComputeClass
    /// The share asked for.
    package let share: Double
    /// To be added to the class, and the total then, in the unit of the index.
    package let added: Double
    package let total: Double

    /// - Throws: `MarketError` for a share that adding does not reach.
    package init(_ computeClass: ComputeClass, share: Double, in snapshot: IndexSnapshot) throws(MarketError) {
        let present = snapshot.total.classes.first { $0.computeClass == computeClass }?.capacity.value ?? 0
        let answer = try WhatIf(present: present, total: snapshot.total.capacity.value, share: share)
        self.computeClass = computeClass
        self.share = share
        added = answer.added
        total = answer.total
    }

    enum CodingKeys: String, CodingKey {
        case share, added, total
        case computeClass = "class"
    }
}
