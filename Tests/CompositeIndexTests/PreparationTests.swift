// PreparationTests.swift: denominators, gaps and screening.

import CompositeIndex
import Testing

@Suite struct PreparationTests {
    @Test("an indicator is divided by its denominator, and a missing one leaves it missing")
    func denominators() throws {
        let tree = try flatTree(["x"], denominator: "people")
        let data = try table([("x", [10, 30, nil, 5])], denominators: [("people", [2, nil, 4, 10])])
        let outcome = try result(tree, data)
        #expect(outcome.tables[.denominate]?["x"]?.values == [5, nil, nil, 0.5])
        #expect(try result(tree, data) { $0.denominates = false }.index.values == [10, 30, nil, 5])
    }

    @Test("denominators at or below 0, and unknown ones, are refused with unit and value")
    func badDenominators() throws {
        let tree = try flatTree(["x"], denominator: "people")
        for value in [0.0, -3] {
            let data = try table([("x", [10, 30])], denominators: [("people", [2, value])])
            #expect(
                throws: CompositeError.denominatorNotPositive(
                    unit: "u2", indicator: "x", denominator: "people", value: value)
            ) { try result(tree, data) }
        }
        #expect(throws: CompositeError.unknownDenominator(indicator: "x", denominator: "people")) {
            try result(tree, table([("x", [10, 30])]))
        }
    }

    // Of 1, 2, 9: mean 4, median 2. Region n has 1 and 9: mean 5; region s has 2.
    @Test(
        "gaps are filled by mean, median and those of the unit's own group",
        arguments: [
            (Imputation.mean, 4.0), (.median, 2), (.groupMean(column: "region"), 5),
            (.groupMedian(column: "region"), 5),
        ])
    func imputation(method: Imputation, expected: Double) throws {
        let data = try table([("x", [1, 2, 9, nil])], groups: ["n", "s", "n", "n"])
        let outcome = try result(flatTree(["x"]), data) { $0.imputation = method }
        #expect(outcome.tables[.impute]?["x"]?.values == [1, 2, 9, expected])
        #expect(outcome.imputed.map(\.unit) == ["u4"])
        #expect(outcome.imputed.map(\.indicator) == ["x"])
        #expect(outcome.imputed.map(\.value) == [expected])
    }

    @Test("a group without values, and a unit without a group, stay missing")
    func groupsWithoutValues() throws {
        let data = try table([("x", [1, 2, nil, nil])], groups: ["n", "n", "s", nil])
        let outcome = try result(flatTree(["x"]), data) { $0.imputation = .groupMean(column: "region") }
        #expect(outcome.tables[.impute]?["x"]?.values == [1, 2, nil, nil])
        #expect(throws: CompositeError.unknownGroupColumn("planet")) {
            try result(flatTree(["x"]), data) { $0.imputation = .groupMean(column: "planet") }
        }
    }

    @Test("the last year's value is the unit's own latest earlier one, never a later one")
    func lastYear() throws {
        let data = try table(
            [("x", [nil, 7, nil, nil, 3, 4])], times: [2020, 2021, 2022, 2023, 2020, 2021],
            codes: ["a", "a", "a", "a", "b", "b"])
        let outcome = try result(flatTree(["x"]), data) { $0.imputation = .lastYear }
        #expect(outcome.tables[.impute]?["x"]?.values == [nil, 7, 7, 7, 3, 4])
        #expect(throws: CompositeError.noTimes) {
            try result(flatTree(["x"]), table([("x", [1, 2])])) { $0.imputation = .lastYear }
        }
    }

    @Test("in a panel a mean is that of the same year")
    func panelMean() throws {
        let data = try table(
            [("x", [1, nil, 3, 10, nil, 30])], times: [1, 1, 1, 2, 2, 2], codes: ["a", "b", "c", "a", "b", "c"])
        let outcome = try result(flatTree(["x"]), data) { $0.imputation = .mean }
        #expect(outcome.tables[.impute]?["x"]?.values == [1, 2, 3, 10, 20, 30])
        // Ranks start anew each year.
        #expect(outcome.ranks == [3, 2, 1, 3, 2, 1])
    }

    @Test("units below the share of data are screened out; a share that is just reached is enough")
    func screening() throws {
        let data = try table([
            ("x", [1, 2, 3]), ("y", [1, nil, 3]), ("z", [1, nil, nil]),
        ])
        let outcome = try result(flatTree(["x", "y", "z"]), data) { $0.screening = 2.0 / 3 }
        #expect(outcome.units.map(\.code) == ["u1", "u3"])
        #expect(outcome.screenedOut.map(\.code) == ["u2"])
        #expect(outcome.index.values == [1, 3])
        #expect(throws: CompositeError.nothingLeft(screenedAt: 1)) {
            try result(flatTree(["x", "y"]), table([("x", [1, nil]), ("y", [nil, 1])])) { $0.screening = 1 }
        }
    }

    @Test("data and definition must name the same indicators, units once each, numbers finite")
    func mismatches() throws {
        #expect(throws: CompositeError.missingColumns(["y"])) {
            try result(flatTree(["x", "y"]), table([("x", [1, 2])]))
        }
        #expect(throws: CompositeError.unknownColumns(["y"])) {
            try result(flatTree(["x"]), table([("x", [1, 2]), ("y", [1, 2])]))
        }
        #expect(throws: CompositeError.duplicateUnit(code: "a", time: nil)) {
            try table([("x", [1, 2])], codes: ["a", "a"])
        }
        #expect(DataColumn([1, .nan]) == nil)
        #expect(DataColumn([.infinity]) == nil)
    }

    @Test("measured capacities fill their column, and units that the data does not have are refused")
    func filling() throws {
        let data = try table([("x", [nil, nil])]).filling("x", with: ["u2": 5])
        #expect(data.indicators["x"]?.values == [nil, 5])
        #expect(throws: CompositeError.unknownUnit("mars")) { try data.filling("x", with: ["mars": 1]) }
        #expect(throws: CompositeError.unknownIndicator("y")) { try data.filling("y", with: [:]) }
        #expect(throws: CompositeError.notFinite(unit: "u1", column: "x")) { try data.filling("x", with: ["u1": .nan]) }
    }
}
