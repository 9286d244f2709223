// Robustness.swift: how much ranks move when choices move.
// Every replication has a seed of its own, so the outcome does not depend on how many cores share the work.

import SampleStatistics

/// What one unit's rank does over all replications.
public struct RankStability: Sendable, Hashable {
    public let unit: CompositeUnit
    /// Of the definition as it stands; nil where its index is missing.
    public let nominal: Int?
    /// Over the replications in which the unit has a rank; nil when there is none.
    public let mean: Double?
    public let median: Double?
    /// 5 and 95 % of the replications lie below.
    public let lower: Double?
    public let upper: Double?
}

/// One factor moved to one alternative, everything else left as defined.
public struct SingleChange: Sendable, Hashable {
    public let factor: RobustnessFactor
    /// The method's name; for weights the noise, over which the numbers are means.
    public let alternative: String
    /// Mean over the units of |rank − nominal rank|; nil when no replication came to a result.
    public let meanAbsoluteRankShift: Double?
    public let largestRankShift: Int?
    /// Why the alternative gave no index; nil when it did.
    public let failure: String?
}

/// The outcome of a robustness analysis.
public struct RobustnessResult: Sendable, Hashable {
    public let units: [RankStability]
    public let changes: [SingleChange]
    /// Of the mean absolute rank shift, by factor; nil where it does not vary or too few replications succeeded.
    public let sensitivity: [RobustnessFactor: SensitivityIndices?]
    /// Mean over the replications that vary everything at once.
    public let meanAbsoluteRankShift: Double?
    public let evaluations: Int
    /// Replications without an index, by their message; they take no part in anything else.
    public let failures: [String: Int]
}

extension CompositeDefinition {
    /// Varies one factor at a time, then all at once.
    ///
    /// Points are drawn evenly by the project's seeded generator, one stream per base point.
    ///
    /// - Throws: `CompositeError` when the definition itself has no index, an imputation is impossible, or the plan is
    ///   unusable; what single alternatives do wrong is reported in the result instead.
    /// - Complexity: samples · (factors + 2) evaluations on all cores.
    public func robustness(
        for data: CompositeData, plan: RobustnessPlan
    ) async throws(CompositeError) -> RobustnessResult {
        let experiment = try RobustnessExperiment(definition: self, data: data, plan: plan)
        return await experiment.run()
    }
}

/// Everything a replication needs, shared by all of them.
struct RobustnessExperiment: Sendable {
    typealias Outcome = Result<[Int?], CompositeError>

    let definition: CompositeDefinition
    let plan: RobustnessPlan
    let factors: [RobustnessFactor]
    let units: [CompositeUnit]
    /// By imputation.
    let prepared: [CompositeDefinition.Prepared]
    /// By row of the data.
    let nominal: [Int?]

    init(definition: CompositeDefinition, data: CompositeData, plan: RobustnessPlan) throws(CompositeError) {
        guard plan.samples >= 8 else { throw .tooFewReplications(plan.samples) }
        guard plan.weightNoise >= 0, plan.weightNoise < 1 else {
            throw .badParameter(
                method: "weight noise", value: "\(plan.weightNoise)", allowed: "a share of at least 0, below 1")
        }
        factors = plan.factors
        guard !factors.isEmpty else { throw .noFactors }
        try definition.method.validate(for: definition.tree)
        var prepared: [CompositeDefinition.Prepared] = []
        for imputation in [definition.method.imputation] + plan.imputations {
            var other = definition
            other.method.imputation = imputation
            prepared.append(try other.prepare(data))
        }
        self.definition = definition
        self.plan = plan
        self.prepared = prepared
        units = data.units
        let result = try definition.score(prepared[0])
        nominal = Self.spread(result.ranks, over: prepared[0].rows, count: data.units.count)
    }

    private static func spread(_ ranks: [Int?], over rows: [Int], count: Int) -> [Int?] {
        var all = [Int?](repeating: nil, count: count)
        for (row, rank) in zip(rows, ranks) { all[row] = rank }
        return all
    }

    func ranks(at point: RobustnessPoint) -> Outcome {
        var other = definition
        if point.normalisation > 0 {
            other.method.normalisation = plan.normalisations[point.normalisation - 1]
            other.method.normalisationByIndicator = [:]
        }
        if point.aggregation > 0 {
            other.method.aggregation = plan.aggregations[point.aggregation - 1]
            other.method.aggregationByLevel = [:]
        }
        let start = prepared[point.imputation]
        do throws(CompositeError) {
            let result = try other.score(start, noise: point.weightSet.map(noise) ?? [:])
            return .success(Self.spread(result.ranks, over: start.rows, count: units.count))
        } catch {
            return .failure(error)
        }
    }

    /// The factors of one set of weights, for codes in sorted order.
    private func noise(_ set: Int) -> [String: Double] {
        var generator = SeededGenerator(seed: plan.seed, stream: (1 << 32) + UInt64(set))
        var noise: [String: Double] = [:]
        for code in definition.tree.levels.keys.sorted() where code != definition.tree.root {
            noise[code] = 1 + plan.weightNoise * (2 * generator.uniform() - 1)
        }
        return noise
    }

    /// The alternatives that coordinates in [0, 1) stand for, one per factor.
    private func point(_ coordinates: [Double]) -> RobustnessPoint {
        var point = RobustnessPoint()
        for (factor, x) in zip(factors, coordinates) {
            switch factor {
            case .normalisation: point.normalisation = Int(x * Double(plan.normalisations.count + 1))
            case .aggregation: point.aggregation = Int(x * Double(plan.aggregations.count + 1))
            case .imputation: point.imputation = Int(x * Double(plan.imputations.count + 1))
            case .weights: point.weightSet = Int(x * Double(plan.samples))
            }
        }
        return point
    }

    /// Of every base point: A, B, and A with each factor in turn from B.
    private func samplePoints() -> [RobustnessPoint] {
        (0..<plan.samples).flatMap { index in
            var generator = SeededGenerator(seed: plan.seed, stream: UInt64(index))
            let a = factors.map { _ in generator.uniform() }
            let b = factors.map { _ in generator.uniform() }
            let mixed = factors.indices.map { factor in
                factors.indices.map { $0 == factor ? b[$0] : a[$0] }
            }
            return ([a, b] + mixed).map(point)
        }
    }

    /// Alternatives one at a time; all sets of weights together are one.
    private func singlePoints() -> [(factor: RobustnessFactor, name: String, points: [RobustnessPoint])] {
        factors.flatMap { factor -> [(factor: RobustnessFactor, name: String, points: [RobustnessPoint])] in
            switch factor {
            case .normalisation:
                plan.normalisations.enumerated().map {
                    (factor, MethodNames.name(of: $1), [RobustnessPoint(normalisation: $0 + 1)])
                }
            case .aggregation:
                plan.aggregations.enumerated().map {
                    (factor, MethodNames.name(of: $1), [RobustnessPoint(aggregation: $0 + 1)])
                }
            case .imputation:
                plan.imputations.enumerated().map {
                    (factor, MethodNames.name(of: $1), [RobustnessPoint(imputation: $0 + 1)])
                }
            case .weights:
                [
                    (
                        factor, "± \(MethodNames.short(plan.weightNoise * 100)) %",
                        (0..<plan.samples).map { RobustnessPoint(weightSet: $0) }
                    )
                ]
            }
        }
    }

    /// In the order of `points`, whichever core computed which.
    private func evaluate(_ points: [RobustnessPoint]) async -> [Outcome] {
        let chunk = 16
        return await withTaskGroup(of: (Int, [Outcome]).self) { group in
            for start in stride(from: 0, to: points.count, by: chunk) {
                let part = Array(points[start..<min(points.count, start + chunk)])
                group.addTask { (start, part.map(ranks)) }
            }
            var parts: [Int: [Outcome]] = [:]
            for await (start, outcomes) in group { parts[start] = outcomes }
            return parts.sorted { $0.key < $1.key }.flatMap(\.value)
        }
    }

    /// Mean and largest |rank − nominal|; nil when no unit has both.
    private func shift(_ ranks: [Int?]) -> (mean: Double, largest: Int)? {
        let shifts = zip(ranks, nominal).compactMap { rank, own -> Int? in
            guard let rank, let own else { return nil }
            return abs(rank - own)
        }
        guard let largest = shifts.max() else { return nil }
        return (Double(shifts.reduce(0, +)) / Double(shifts.count), largest)
    }

    func run() async -> RobustnessResult {
        let singles = singlePoints()
        let sample = samplePoints()
        let outcomes = await evaluate(singles.flatMap(\.points) + sample)
        var position = 0
        let changes = singles.map { single in
            let part = outcomes[position..<position + single.points.count]
            position += single.points.count
            let shifts = part.compactMap { try? $0.get() }.compactMap(shift)
            let failure = part.compactMap { outcome -> String? in
                if case .failure(let error) = outcome { return error.description }
                return nil
            }.first
            return SingleChange(
                factor: single.factor, alternative: single.name,
                meanAbsoluteRankShift: Moments(shifts.map(\.mean))?.mean,
                largestRankShift: shifts.map(\.largest).max(), failure: failure)
        }
        let sampled = Array(outcomes[position...])
        let perBase = factors.count + 2
        var failures: [String: Int] = [:]
        for case .failure(let error) in outcomes { failures[error.description, default: 0] += 1 }
        let shifts = sampled.map { (try? $0.get()).flatMap(shift)?.mean }
        var sensitivity: [RobustnessFactor: SensitivityIndices?] = [:]
        for (index, factor) in factors.enumerated() {
            let rows = stride(from: 0, to: shifts.count, by: perBase).compactMap { base -> [Double]? in
                guard let a = shifts[base], let b = shifts[base + 1], let mixed = shifts[base + 2 + index] else {
                    return nil
                }
                return [a, b, mixed]
            }
            sensitivity[factor] = .some(
                SensitivityIndices(a: rows.map { $0[0] }, b: rows.map { $0[1] }, mixed: rows.map { $0[2] }))
        }
        // A and B are plain random samples; the mixed points are not.
        let random = sampled.indices.filter { $0 % perBase < 2 }
        let ranks = random.compactMap { try? sampled[$0].get() }
        let stability = units.indices.map { row in
            let own = OrderStatistics(ranks.compactMap { $0[row].map(Double.init) })
            return RankStability(
                unit: units[row], nominal: nominal[row], mean: own.flatMap { Moments($0.sorted)?.mean },
                median: own?.median, lower: own?.quantile(0.05), upper: own?.quantile(0.95))
        }
        return RobustnessResult(
            units: stability, changes: changes, sensitivity: sensitivity,
            meanAbsoluteRankShift: Moments(random.compactMap { shifts[$0] })?.mean,
            evaluations: outcomes.count, failures: failures)
    }
}
