// CompositeJSON.swift: a composite index as programs read it; what has no value is null and not absent.

package import CompositeIndex
import FoundationEssentials

/// The index with what surrounds it on output.
package struct CompositeReport: Sendable {
    package let result: CompositeResult
    /// SHA-256 of the definition's canonical text.
    package let definitionSHA256: String
    package let robustness: RobustnessResult?
    package let plan: RobustnessPlan?
    /// Whether the parts' contributions are shown.
    package let decomposes: Bool

    package init(
        result: CompositeResult, definitionSHA256: String, robustness: RobustnessResult? = nil,
        plan: RobustnessPlan? = nil, decomposes: Bool = false
    ) {
        self.result = result
        self.definitionSHA256 = definitionSHA256
        self.robustness = robustness
        self.plan = plan
        self.decomposes = decomposes
    }
}

package enum CompositeJSON {
    package static func render(_ report: CompositeReport) throws -> String {
        try encode(Document(report))
    }

    /// One stage's table; the weights for `.weight`.
    package static func render(_ stage: Stage, of report: CompositeReport, data: CompositeData) throws -> String {
        let result = report.result
        guard stage != .weight, let table = result.tables[stage] else {
            return try encode(
                WeightDocument(
                    stage: stage.rawValue, weights: result.weights.shares, sha256: report.definitionSHA256))
        }
        let units = result.units(at: stage, of: data).enumerated().map { row, unit in
            StageUnit(
                code: unit.code, name: unit.name, time: unit.time,
                values: Dictionary(uniqueKeysWithValues: zip(table.codes, table.columns).map { ($0, $1[row]) }))
        }
        return try encode(StageDocument(stage: stage.rawValue, units: units, sha256: report.definitionSHA256))
    }

    private static func encode(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}

private struct WeightDocument: Encodable {
    let stage: String
    let weights: [String: Double]
    let sha256: String

    enum CodingKeys: String, CodingKey {
        case stage, weights
        case sha256 = "definition_sha256"
    }
}

private struct StageUnit: Encodable {
    let code: String
    let name: String
    let time: Int?
    let values: [String: Double?]
}

private struct StageDocument: Encodable {
    let stage: String
    let units: [StageUnit]
    let sha256: String

    enum CodingKeys: String, CodingKey {
        case stage, units
        case sha256 = "definition_sha256"
    }
}

private struct Document: Encodable {
    struct Unit: Encodable {
        let code: String
        let name: String
        let time: Int?
        let index: Double?
        let rank: Int?
        let aggregates: [String: Double?]
        let missing: [String]
        let contributions: [String: [Part]]?

        enum CodingKeys: String, CodingKey { case code, name, time, index, rank, aggregates, missing, contributions }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(code, forKey: .code)
            try container.encode(name, forKey: .name)
            try container.encodeIfPresent(time, forKey: .time)
            // Null rather than absent: a program finds the key and sees that there is no value.
            try container.encode(index, forKey: .index)
            try container.encode(rank, forKey: .rank)
            try container.encode(aggregates, forKey: .aggregates)
            try container.encode(missing, forKey: .missing)
            try container.encodeIfPresent(contributions, forKey: .contributions)
        }
    }

    struct Part: Encodable {
        let code: String
        let weight: Double
        let score: Double
        let amount: Double
        let share: Double?
    }

    struct Treated: Encodable {
        let indicator: String
        let time: Int?
        let action: String
        let points: Int
        let skewnessBefore: Double?
        let kurtosisBefore: Double?
        let skewnessAfter: Double?
        let kurtosisAfter: Double?
        let passes: Bool?

        enum CodingKeys: String, CodingKey {
            case indicator, time, action, points, passes
            case skewnessBefore = "skewness_before"
            case kurtosisBefore = "kurtosis_before"
            case skewnessAfter = "skewness_after"
            case kurtosisAfter = "kurtosis_after"
        }
    }

    struct Imputed: Encodable {
        let unit: String
        let time: Int?
        let indicator: String
        let value: Double
    }

    struct Unscored: Encodable {
        let code: String
        let reason: String
    }

    let units: [Unit]
    let root: String
    let weights: [String: Double]
    let unitWeights: [String: [Double]]?
    let consistencyRatios: [String: Double]?
    let method: [String: String]
    let imputed: [Imputed]
    let screenedOut: [String]
    let treatment: [Treated]
    let unscored: [Unscored]
    let robustness: CompositeRobustnessJSON?
    let sha256: String

    enum CodingKeys: String, CodingKey {
        case units, root, weights, method, imputed, treatment, unscored, robustness
        case unitWeights = "unit_weights"
        case consistencyRatios = "consistency_ratios"
        case screenedOut = "screened_out"
        case sha256 = "definition_sha256"
    }

    init(_ report: CompositeReport) {
        let result = report.result
        let aggregates = result.tree.bottomUp.map { (code: $0, column: result[$0]) }
        units = result.units.enumerated().map { row, unit in
            let contributions = report.decomposes ? Self.contributions(result, row) : nil
            return Unit(
                code: unit.code, name: unit.name, time: unit.time, index: result.index[row], rank: result.ranks[row],
                aggregates: Dictionary(uniqueKeysWithValues: aggregates.map { ($0.code, $0.column?[row]) }),
                missing: result.missingAggregates(of: row), contributions: contributions)
        }
        root = result.tree.root
        weights = result.weights.shares
        unitWeights = result.weights.perUnit.isEmpty ? nil : result.weights.perUnit
        consistencyRatios = result.weights.consistencyRatios.isEmpty ? nil : result.weights.consistencyRatios
        method = CompositeText.choices(result)
        imputed = result.imputed.map {
            Imputed(unit: $0.unit, time: $0.time, indicator: $0.indicator, value: $0.value)
        }
        screenedOut = result.screenedOut.map(\.code)
        treatment = result.treatments.map {
            Treated(
                indicator: $0.indicator, time: $0.time, action: $0.action.rawValue, points: $0.points,
                skewnessBefore: $0.before?.skewness, kurtosisBefore: $0.before?.excessKurtosis,
                skewnessAfter: $0.after?.skewness, kurtosisAfter: $0.after?.excessKurtosis, passes: $0.passes)
        }
        unscored = result.unscored.map { Unscored(code: $0.code, reason: $0.reason.rawValue) }
        robustness = report.robustness.map { CompositeRobustnessJSON($0, plan: report.plan) }
        sha256 = report.definitionSHA256
    }

    private static func contributions(_ result: CompositeResult, _ row: Int) -> [String: [Part]] {
        var all: [String: [Part]] = [:]
        for aggregate in result.tree.bottomUp {
            all[aggregate] = result.contributions(to: aggregate, row: row)?.map {
                Part(code: $0.code, weight: $0.weight, score: $0.score, amount: $0.amount, share: $0.share)
            }
        }
        return all
    }
}
