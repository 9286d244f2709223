// Pipeline.swift: the stages one after the other.

/// An index by its definition: the tree and the choices.
public struct CompositeDefinition: Sendable, Hashable {
    public var tree: IndicatorTree
    public var method: CompositeMethod

    public init(tree: IndicatorTree, method: CompositeMethod = CompositeMethod()) {
        self.tree = tree
        self.method = method
    }

    /// Runs every stage.
    ///
    /// - Throws: `CompositeError`, which says where the fault stands.
    /// - Complexity: O(units · indicators · log units) but for Copeland with gaps and benefit-of-the-doubt weights, which
    ///   compare all pairs of units.
    public func result(for data: CompositeData) throws(CompositeError) -> CompositeResult {
        try method.validate(for: tree)
        let prepared = try prepare(data)
        return try score(prepared)
    }

    /// What does not depend on normalisation, weights or aggregation.
    struct Prepared: Sendable {
        var tables: [Stage: DataTable]
        /// Rows of the data that were screened in.
        let rows: [Int]
        let units: [CompositeUnit]
        let screenedOut: [CompositeUnit]
        let imputed: [ImputedCell]
        let treatments: [TreatmentReport]
    }

    func prepare(_ data: CompositeData) throws(CompositeError) -> Prepared {
        let codes = tree.indicators.map(\.code)
        let missing = codes.filter { data.indicators[$0] == nil }
        guard missing.isEmpty else { throw .missingColumns(missing) }
        let known = Set(codes)
        let unknown = data.indicators.codes.filter { !known.contains($0) }
        guard unknown.isEmpty else { throw .unknownColumns(unknown) }
        let raw = DataTable(codes: codes, columns: codes.compactMap { data.indicators[$0] })

        var tables: [Stage: DataTable] = [.raw: raw]
        var table = raw
        if method.denominates { table = try Preparation.denominate(table, tree: tree, data: data) }
        tables[.denominate] = table
        let filled = try Preparation.impute(
            table, by: method.imputation, units: data.units, groupColumns: data.groupColumns)
        tables[.impute] = filled.table
        var units = data.units
        var screenedOut: [CompositeUnit] = []
        table = filled.table
        var rows = Array(units.indices)
        if let minimum = method.screening {
            rows = Preparation.rowsWithData(table, minimum: minimum)
            guard !rows.isEmpty else { throw .nothingLeft(screenedAt: minimum) }
            let kept = Set(rows)
            screenedOut = units.indices.filter { !kept.contains($0) }.map { units[$0] }
            units = rows.map { data.units[$0] }
            table = table.rows(rows)
        }
        tables[.screen] = table
        let treated = Treating.treat(table, by: method.treatment, limits: method.shapeLimits, units: units)
        tables[.treat] = treated.table
        return Prepared(
            tables: tables, rows: rows, units: units, screenedOut: screenedOut, imputed: filled.imputed,
            treatments: treated.reports)
    }

    /// - Parameter noise: What each weight is multiplied by before siblings are scaled to 1; 1 where there is no entry.
    func score(_ prepared: Prepared, noise: [String: Double] = [:]) throws(CompositeError) -> CompositeResult {
        guard let treated = prepared.tables[.treat] else { throw .noUnits }
        let units = prepared.units
        var unscored: [UnscoredIndicator] = []
        var columns: [DataColumn] = []
        for (indicator, column) in zip(tree.indicators, treated.columns) {
            let (scores, reason) = try Normalising.normalise(
                column, of: indicator, by: method.normalisation(of: indicator.code), units: units)
            if let reason { unscored.append(UnscoredIndicator(code: indicator.code, reason: reason)) }
            for row in units.indices where column[row] != nil && scores[row] == nil && reason == nil {
                throw .valueOverflows(stage: .normalise, unit: units[row].label, code: indicator.code)
            }
            columns.append(scores)
        }
        guard unscored.count < tree.indicators.count else { throw .nothingScored(unscored) }
        var tables = prepared.tables
        tables[.normalise] = DataTable(codes: tree.indicators.map(\.code), columns: columns)
        let (aggregated, weights) = try climb(from: columns, units: units, noise: noise)
        tables[.aggregate] = aggregated
        guard let index = aggregated[tree.root], index.presentCount > 0 else {
            throw .noIndex(root: tree.root, availability: method.dataAvailability, unscored: unscored)
        }
        let ranks = Ranks.descending(index, periods: CompositeData.periods(of: units))
        return CompositeResult(
            tree: tree, method: method, units: units, screenedOut: prepared.screenedOut, tables: tables,
            imputed: prepared.imputed, treatments: prepared.treatments, unscored: unscored, weights: weights,
            ranks: ranks)
    }

    /// Weighs and adds up, from the lowest aggregates to the index.
    private func climb(
        from indicators: [DataColumn], units: [CompositeUnit], noise: [String: Double]
    ) throws(CompositeError) -> (DataTable, UsedWeights) {
        let periods = CompositeData.periods(of: units)
        var scores = Dictionary(uniqueKeysWithValues: zip(tree.indicators.map(\.code), indicators))
        var weights = UsedWeights()
        for parent in tree.bottomUp {
            let codes = tree.children[parent, default: []]
            let parts = codes.map { scores[$0] ?? DataColumn(missing: units.count) }
            if method.weighting == .benefitOfTheDoubt {
                let outcome = try doubt(parts, codes: codes, parent: parent, units: units)
                scores[parent] = outcome.score
                for (index, code) in codes.enumerated() {
                    weights.perUnit[code] = outcome.weights[index]
                    weights.shares[code] =
                        outcome.weights[index].reduce(0, +) / Double(max(1, outcome.weights[index].count))
                }
                continue
            }
            var shares = try shares(of: parts, codes: codes, parent: parent, units: units, used: &weights)
            if !noise.isEmpty {
                let noisy = zip(codes, shares).map { $1 * noise[$0, default: 1] }
                shares = try DataWeights.shares(
                    noisy, method: MethodNames.name(of: method.weighting), parent: parent)
            }
            for (code, share) in zip(codes, shares) { weights.shares[code] = share }
            let group = Group(
                parent: parent, codes: codes, columns: parts, weights: shares, threshold: method.dataAvailability)
            let how = method.aggregation(at: tree.levels[parent] ?? tree.height, height: tree.height)
            scores[parent] = try Aggregating.aggregate(group, by: how, units: units, periods: periods)
        }
        let codes = tree.indicators.map(\.code) + tree.bottomUp
        return (DataTable(codes: codes, columns: codes.compactMap { scores[$0] }), weights)
    }

    private func shares(
        of parts: [DataColumn], codes: [String], parent: String, units: [CompositeUnit], used: inout UsedWeights
    ) throws(CompositeError) -> [Double] {
        // What has no score for anyone tells nothing, and complete rows would otherwise be none.
        let scored = parts.indices.filter { parts[$0].presentCount > 0 }
        func spread(_ shares: [Double]) -> [Double] {
            var all = [Double](repeating: 0, count: parts.count)
            for (index, share) in zip(scored, shares) { all[index] = share }
            return all
        }
        let equal = [Double](repeating: 1 / Double(codes.count), count: codes.count)
        let given = try DataWeights.shares(
            codes.map { tree.givenWeights[$0, default: 0] }, method: MethodNames.name(of: method.weighting),
            parent: parent)
        switch method.weighting {
        case .given: return given
        case .equal, .benefitOfTheDoubt: return equal
        case .analyticHierarchy(let comparisons):
            let outcome = try comparisons.weights(of: codes, parent: parent)
            used.consistencyRatios[parent] = outcome.ratio
            return outcome.shares
        case .entropy, .critic, .principalComponents: break
        }
        guard codes.count > 1, scored.count > 0 else { return equal }
        guard scored.count > 1 else { return spread([1]) }
        let columns = scored.map { parts[$0] }
        switch method.weighting {
        case .entropy:
            return spread(
                try DataWeights.entropy(columns, codes: scored.map { codes[$0] }, parent: parent, units: units))
        case .critic: return spread(try DataWeights.critic(columns, parent: parent))
        default: return spread(try DataWeights.principalComponents(columns, parent: parent))
        }
    }

    /// Benefit-of-the-doubt scores: each unit's own weights, the best value that occurs being 1.
    private func doubt(
        _ parts: [DataColumn], codes: [String], parent: String, units: [CompositeUnit]
    ) throws(CompositeError) -> (score: DataColumn, weights: [[Double]]) {
        let group = Group(
            parent: parent, codes: codes, columns: parts, weights: codes.map { _ in 1 },
            threshold: method.dataAvailability)
        for (part, code) in zip(parts, codes) {
            if let row = part.raw.firstIndex(where: { $0 < 0 }) {
                throw .negativeValue(
                    method: "bod", unit: units[row].label, code: code, value: part.raw[row])
            }
        }
        let rows = units.indices.map { row in parts.map { $0[row] ?? 0 } }
        let program = BenefitOfTheDoubt(rows: rows)
        var score = DataColumn(missing: units.count)
        var weights = codes.map { _ in [Double](repeating: 0, count: units.count) }
        for row in units.indices where group.presentWeight(row, total: group.totalWeight) != nil {
            guard let outcome = program.weights(for: rows[row]) else {
                throw .linearProgramFailed(unit: units[row].label, parent: parent)
            }
            score[row] = outcome.score
            for index in codes.indices { weights[index][row] = outcome.weights[index] }
        }
        return (score, weights)
    }
}
