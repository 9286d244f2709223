// Fixtures.swift: small trees and tables whose indices can be worked out by hand.

import CompositeIndex

/// Indicators under one index, in the order of their codes.
func flatTree(
    _ codes: [String], weights: [Double]? = nil, directions: [Direction]? = nil, goalposts: Goalposts? = nil,
    target: Double? = nil, denominator: String? = nil
) throws -> IndicatorTree {
    try IndicatorTree(
        indicators: codes.enumerated().map { index, code in
            Indicator(
                code: code, direction: directions?[index] ?? .moreIsBetter, weight: weights?[index] ?? 1,
                denominator: denominator, goalposts: goalposts, target: target, parent: "index")
        },
        aggregates: [Aggregate(code: "index", parent: nil)])
}

/// Units u1, u2, … with one row each; columns by code.
func table(
    _ columns: [(String, [Double?])], groups: [String?]? = nil, times: [Int]? = nil, codes: [String]? = nil,
    denominators: [(String, [Double?])] = []
) throws -> CompositeData {
    let count = columns[0].1.count
    let units = (0..<count).map { row in
        CompositeUnit(
            code: codes?[row] ?? "u\(row + 1)", time: times?[row],
            groups: groups?[row].map { ["region": $0] } ?? [:])
    }
    return try CompositeData(
        units: units, groupColumns: groups == nil ? [] : ["region"],
        indicators: DataTable(codes: columns.map(\.0), columns: columns.map { DataColumn($0.1)! }),
        denominators: DataTable(codes: denominators.map(\.0), columns: denominators.map { DataColumn($0.1)! }))
}

/// Choices with nothing done to the numbers unless said so.
func method(_ change: (inout CompositeMethod) -> Void = { _ in }) -> CompositeMethod {
    var method = CompositeMethod()
    method.normalisation = .none
    method.aggregation = .arithmetic
    change(&method)
    return method
}

func result(
    _ tree: IndicatorTree, _ data: CompositeData, _ change: (inout CompositeMethod) -> Void = { _ in }
) throws -> CompositeResult {
    try CompositeDefinition(tree: tree, method: method(change)).result(for: data)
}

/// Within a distance of `expected`, relative to the largest of its values.
func near(_ values: [Double?], _ expected: [Double?], within tolerance: Double = 1e-12) -> Bool {
    guard values.count == expected.count else { return false }
    let scale = max(1e-300, expected.compactMap { $0.map(abs) }.max() ?? 0)
    return zip(values, expected).allSatisfy { value, expected in
        switch (value, expected) {
        case (nil, nil): true
        case (let value?, let expected?): abs(value - expected) <= tolerance * scale
        default: false
        }
    }
}

/// The matrix that numpy and scipy computed the expected weights of.
let matrix: [(String, [Double?])] = [
    ("a", [3, 2, 5, 1, 4]), ("b", [1.2, 3.4, 2.2, 4.1, 0.7]), ("c", [7, 1, 4, 9, 2.5]),
]
