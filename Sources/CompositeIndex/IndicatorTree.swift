// IndicatorTree.swift: indicators under aggregates of any depth, checked once so that every stage may rely on it.

/// A tree whose leaves are indicators, with one root, without cycles and with weights that can be used.
public struct IndicatorTree: Sendable, Hashable {
    /// In the order given.
    public let indicators: [Indicator]
    /// In the order given.
    public let aggregates: [Aggregate]
    /// The code of the index itself.
    public let root: String
    /// Aggregates from the lowest level up; the root is last.
    public let bottomUp: [String]
    /// Codes of the parts of each aggregate, indicators first, in the order given.
    public let children: [String: [String]]
    /// 1 for an indicator; for an aggregate one more than the highest of its parts.
    public let levels: [String: Int]
    /// Of every code, as given.
    let givenWeights: [String: Double]

    /// - Complexity: O(number of codes), but for sorting.
    public init(indicators: [Indicator], aggregates: [Aggregate]) throws(TreeError) {
        guard !indicators.isEmpty else { throw .noIndicators }
        self.indicators = indicators
        self.aggregates = aggregates
        let entries =
            indicators.map { (code: $0.code, weight: $0.weight, parent: Optional($0.parent)) }
            + aggregates.map { (code: $0.code, weight: $0.weight, parent: $0.parent) }
        var weights: [String: Double] = [:]
        for entry in entries {
            guard !entry.code.isEmpty else { throw .emptyCode }
            guard entry.weight.isFinite, entry.weight >= 0 else {
                throw .badWeight(code: entry.code, weight: entry.weight)
            }
            guard weights.updateValue(entry.weight, forKey: entry.code) == nil else {
                throw .duplicateCode(entry.code)
            }
        }
        for indicator in indicators {
            if let target = indicator.target, !target.isFinite {
                throw .badTarget(code: indicator.code, target: target)
            }
        }
        givenWeights = weights

        let inner = Set(aggregates.map(\.code))
        var children: [String: [String]] = [:]
        for entry in entries {
            guard let parent = entry.parent else { continue }
            guard weights[parent] != nil else { throw .orphan(code: entry.code, parent: parent) }
            guard inner.contains(parent) else { throw .parentIsIndicator(code: entry.code, parent: parent) }
            children[parent, default: []].append(entry.code)
        }
        try Self.refuseCycles(aggregates)
        let roots = aggregates.filter { $0.parent == nil }.map(\.code)
        guard let root = roots.first else { throw .noRoot }
        guard roots.count == 1 else { throw .severalRoots(roots) }
        self.root = root
        for aggregate in aggregates {
            guard let parts = children[aggregate.code] else { throw .childless(aggregate: aggregate.code) }
            guard parts.contains(where: { weights[$0, default: 0] > 0 }) else {
                throw .allWeightsZero(parent: aggregate.code)
            }
        }
        self.children = children

        var levels = Dictionary(uniqueKeysWithValues: indicators.map { ($0.code, 1) })
        // Each turn settles the aggregates whose parts are settled; without cycles there is always one.
        var open = aggregates.map(\.code)
        var order: [String] = []
        while !open.isEmpty {
            let settled = open.filter { code in children[code, default: []].allSatisfy { levels[$0] != nil } }
            for code in settled {
                levels[code] = 1 + (children[code, default: []].compactMap { levels[$0] }.max() ?? 0)
            }
            order += settled
            open.removeAll { levels[$0] != nil }
        }
        self.levels = levels
        bottomUp = order
    }

    /// The level of the index; at least 2.
    public var height: Int { levels[root] ?? 1 }

    /// Names for people, of indicators and aggregates.
    public var names: [String: String] {
        var names = Dictionary(uniqueKeysWithValues: indicators.map { ($0.code, $0.name) })
        for aggregate in aggregates { names[aggregate.code] = aggregate.name }
        return names
    }

    private static func refuseCycles(_ aggregates: [Aggregate]) throws(TreeError) {
        let parents = Dictionary(uniqueKeysWithValues: aggregates.map { ($0.code, $0.parent) })
        var safe: Set<String> = []
        for aggregate in aggregates {
            var path: [String] = []
            var seen: Set<String> = []
            var code: String? = aggregate.code
            while let current = code, !safe.contains(current) {
                guard seen.insert(current).inserted else {
                    let start = path.firstIndex(of: current) ?? 0
                    throw .cycle(Array(path[start...]) + [current])
                }
                path.append(current)
                code = parents[current] ?? nil
            }
            safe.formUnion(path)
        }
    }
}
