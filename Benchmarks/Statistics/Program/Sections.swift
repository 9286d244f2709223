// Sections.swift: which trials make which table.

import StatisticsSimulation

/// A table: rows with labels, and cells that are computed side by side.
struct Section: Sendable {
    let name: String
    let header: [String]
    var labels: [[String]] = []
    /// Row after row, `columns` each.
    var cells: [@Sendable () -> String] = []
    let columns: Int

    init(_ name: String, labels: [String], columns: [String]) {
        self.name = name
        header = labels + columns
        self.columns = columns.count
    }

    mutating func add(_ label: [String], _ row: [@Sendable () -> String]) {
        labels.append(label)
        cells += row
    }
}

enum Sections {
    static let trials = 10_000
    static let noises: [SimulatedNoise] = [
        .normal, .logNormal, .bimodal, .studentT3, .pareto, .correlated50, .correlated90, .heavyCorrelated90,
        .lastingModes,
    ]

    static let oneVisit: Section = {
        let sizes = [5, 10, 20, 40, 100, 400, 2000]
        var section = Section("one-visit", labels: ["slices of one visit"], columns: sizes.map { "\($0)" })
        for noise in noises {
            section.add(
                [noise.rawValue],
                sizes.map { size in
                    { coverage(Experiments.oneVisit(noise, slices: size, trials: trials)) }
                })
        }
        return section
    }()

    static let settings: [(noise: SimulatedNoise, slices: Int, shift: Double)] = [
        (.normal, 20, 0), (.normal, 20, 1), (.normal, 20, 4), (.logNormal, 20, 0), (.logNormal, 5, 1),
        (.bimodal, 20, 1), (.studentT3, 20, 0), (.pareto, 20, 0), (.pareto, 20, 1), (.pareto, 100, 0),
        (.correlated50, 20, 1), (.correlated90, 20, 0), (.correlated90, 100, 1), (.correlated90, 100, 4),
        (.heavyCorrelated90, 100, 1), (.lastingModes, 20, 0), (.lastingModes, 100, 1),
    ]

    private static func label(_ setting: (noise: SimulatedNoise, slices: Int, shift: Double)) -> [String] {
        [setting.noise.rawValue, "\(setting.slices)", setting.shift == 0 ? "0" : number(setting.shift, 0)]
    }

    static let visits: Section = {
        let counts = [2, 3, 4, 5, 8, 12]
        var section = Section(
            "visits", labels: ["slices", "per visit", "shift"], columns: counts.map { "\($0) visits" })
        for setting in settings {
            section.add(
                label(setting),
                counts.map { count in
                    {
                        coverage(
                            Experiments.visits(
                                setting.noise, visits: count, slices: setting.slices, shift: setting.shift,
                                trials: trials))
                    }
                })
        }
        return section
    }()

    static let stoppingVisits: Section = {
        let targets = [4, 2, 1.2, 0.9, 0.7, 0.4]
        var section = Section(
            "stopping-visits", labels: ["slices", "per visit", "shift"],
            columns: targets.map { "target \(number($0, 1))" })
        for setting in settings {
            section.add(
                label(setting),
                targets.map { target in
                    {
                        coverageAndUse(
                            Experiments.stoppingVisits(
                                setting.noise, slices: setting.slices, shift: setting.shift, target: target,
                                trials: trials))
                    }
                })
        }
        return section
    }()

    static let stoppingSlices: Section = {
        let targets = [12, 7, 4, 2.5, 1.5]
        var section = Section(
            "stopping-slices", labels: ["slices of one visit"], columns: targets.map { "target \(number($0, 1))" })
        for noise in noises {
            section.add(
                [noise.rawValue],
                targets.map { target in
                    { coverageAndUse(Experiments.stoppingSlices(noise, target: target, trials: trials)) }
                })
        }
        return section
    }()

    static let levelAlarms: Section = {
        let sizes = [40, 100, 200, 400, 1000, 4000]
        var section = Section("level-alarms", labels: ["slices"], columns: sizes.map { "\($0)" })
        for noise in noises {
            section.add(
                [noise.rawValue],
                sizes.map { size in
                    { share(Experiments.levelChange(noise, slices: size, step: 0, share: 0.5, trials: trials)) }
                })
        }
        return section
    }()

    static let levelPower: Section = {
        let sizes = [40, 60, 100, 200, 400, 1000]
        var section = Section(
            "level-power", labels: ["slices", "share after the step"], columns: sizes.map { "\($0)" })
        for noise in [SimulatedNoise.normal, .logNormal, .studentT3, .correlated50, .correlated90] {
            for part in [0.1, 0.3, 0.5] {
                section.add(
                    [noise.rawValue, "\(number(part * 100, 0)) %"],
                    sizes.map { size in
                        { share(Experiments.levelChange(noise, slices: size, step: 0.05, share: part, trials: 2000)) }
                    })
            }
        }
        return section
    }()

    static let modeAlarms: Section = {
        let sizes = [20, 40, 100, 400, 1000]
        var section = Section("mode-alarms", labels: ["slices"], columns: sizes.map { "\($0)" })
        for noise in [
            SimulatedNoise.uniform, .normal, .logNormal, .studentT3, .exponential, .pareto, .correlated50,
            .correlated90, .heavyCorrelated90,
        ] {
            section.add(
                [noise.rawValue],
                sizes.map { size in
                    { share(Experiments.bimodality(noise, slices: size, trials: trials)) }
                })
        }
        return section
    }()

    static let modePower: Section = {
        let sizes = [40, 100, 200, 400, 1000]
        var section = Section(
            "mode-power", labels: ["slow slices", "scatter of a mode"], columns: sizes.map { "\($0)" })
        for (slow, scatter) in [(0.5, 0.02), (0.3, 0.02), (0.1, 0.02), (0.3, 0.03), (0.3, 0.04), (0.3, 0.05)] {
            section.add(
                ["\(number(slow * 100, 0)) %", "\(number(scatter * 100, 0)) %"],
                sizes.map { size in
                    { share(Experiments.twoModes(slowShare: slow, scatter: scatter, slices: size, trials: 2000)) }
                })
        }
        return section
    }()

    static let regression: Section = {
        let cases: [(SimulatedNoise, Int)] = [
            (.normal, 5), (.normal, 9), (.normal, 18), (.normal, 36), (.logNormal, 9), (.logNormal, 36),
            (.studentT3, 9), (.studentT3, 36),
        ]
        var section = Section(
            "regression", labels: ["rounds of A/A", "number"],
            columns: ["at the estimate: drop", "found", "at the upper bound: drop", "found", "sets with 95 %"])
        for (noise, rounds) in cases {
            // One trial gives the whole row.
            let row = Shared { Experiments.regression(noise, rounds: rounds, sets: 200, comparisons: 400) }
            section.add(
                [noise.rawValue, "\(rounds)"],
                [
                    { "\(number(row.value.atEstimate * 100, 1)) %" }, { share(row.value.foundAtEstimate) },
                    { "\(number(row.value.atUpperBound * 100, 1)) %" }, { share(row.value.foundAtUpperBound) },
                    { share(row.value.reached) },
                ])
        }
        return section
    }()
}
