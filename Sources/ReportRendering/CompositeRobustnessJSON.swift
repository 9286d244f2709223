// CompositeRobustnessJSON.swift: a robustness analysis as programs read it.

import CompositeIndex

struct CompositeRobustnessJSON: Encodable {
    struct Unit: Encodable {
        let code: String
        let time: Int?
        let nominal: Int?
        let mean: Double?
        let median: Double?
        let lower: Double?
        let upper: Double?

        enum CodingKeys: String, CodingKey {
            case code, time
            case nominal = "nominal_rank"
            case mean = "mean_rank"
            case median = "median_rank"
            case lower = "rank_5_percent"
            case upper = "rank_95_percent"
        }
    }

    struct Change: Encodable {
        let factor: String
        let alternative: String
        let mean: Double?
        let largest: Int?
        let failure: String?

        enum CodingKeys: String, CodingKey {
            case factor, alternative, failure
            case mean = "mean_absolute_rank_shift"
            case largest = "largest_rank_shift"
        }
    }

    struct Indices: Encodable {
        let first: Double
        let total: Double

        enum CodingKeys: String, CodingKey {
            case first = "first_order"
            case total = "total_order"
        }
    }

    let units: [Unit]
    let changes: [Change]
    let sobol: [String: Indices?]
    let shift: Double?
    let evaluations: Int
    let failures: [String: Int]
    let samples: Int?
    let seed: UInt64?

    enum CodingKeys: String, CodingKey {
        case units, sobol, evaluations, failures, samples, seed
        case changes = "one_at_a_time"
        case shift = "mean_absolute_rank_shift"
    }

    init(_ result: RobustnessResult, plan: RobustnessPlan?) {
        units = result.units.map {
            Unit(
                code: $0.unit.code, time: $0.unit.time, nominal: $0.nominal, mean: $0.mean, median: $0.median,
                lower: $0.lower, upper: $0.upper)
        }
        changes = result.changes.map {
            Change(
                factor: $0.factor.rawValue, alternative: $0.alternative, mean: $0.meanAbsoluteRankShift,
                largest: $0.largestRankShift, failure: $0.failure)
        }
        sobol = Dictionary(
            uniqueKeysWithValues: result.sensitivity.map { factor, indices in
                (factor.rawValue, indices.map { Indices(first: $0.firstOrder, total: $0.totalOrder) })
            })
        shift = result.meanAbsoluteRankShift
        evaluations = result.evaluations
        failures = result.failures
        samples = plan?.samples
        seed = plan?.seed
    }
}
