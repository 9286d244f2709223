// ResultConditionsTests.swift: what a record says of the conditions: a reason for each null, and an honest rate per watt.

import Foundation
import MachineProbe
import Measurement
import ResultRecord
import Testing

@Suite("Conditions in a record")
struct ResultConditionsTests {
    /// Names of the fields that are null, those of `energy` behind a point.
    private func nulls(_ conditions: ResultConditions) throws -> Set<String> {
        let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(conditions)) as? [String: Any] ?? [:]
        return object.reduce(into: Set()) { names, member in
            if member.value is NSNull { names.insert(member.key) }
            for (key, value) in member.value as? [String: Any] ?? [:] where value is NSNull {
                names.insert("\(member.key).\(key)")
            }
        }
    }

    @Test("on this machine and on one that tells nothing, every null has a reason and every reason a null")
    func reasons() throws {
        let live = RunMonitor().watch(cpus: CPUBinding.current().numbers).finish()
        let nowhere = FileTree(root: "/nonexistent")
        let blind = RunMonitor(files: nowhere, cpus: [0], usage: { nil }, clock: { 1 }).watch(cpus: [0]).finish()
        for conditions in [live, blind] {
            let written = ResultConditions(conditions)
            let reasons = try written.reasonsForNulls(conditions, ofRun: true)
            #expect(try nulls(written) == Set(reasons.keys))
            for (field, reason) in reasons {
                #expect(reason.count > 10 && reason != "one of several visits could not read it", "\(field): \(reason)")
            }
        }
        #expect(try nulls(ResultConditions(blind)).count >= 28)
    }

    @Test("ratios are written to a millionth, counts as they are")
    func figures() throws {
        var conditions = Conditions()
        conditions.visits = 2
        conditions.seconds = 3
        conditions.cpuSeconds = 6
        conditions.usedCPUs = CPUTicks(busy: 500, interrupts: 0, stolen: 1, idle: 98, readings: 4)
        conditions.interrupts = ["a": 10, "b": 50, "c": 50]
        conditions.swappedIn = 3
        conditions.swappedOut = 4
        let written = ResultConditions(conditions)
        #expect(written.visits == 2 && written.watchedSeconds == 3)
        #expect(written.stealRatio == 0.001669)
        #expect(written.interruptsPerSecond == 18.333333)
        #expect(written.topInterrupt == "b")
        #expect(written.swapPages == 7)
        #expect(written.competingRatio == nil)
    }

    // 100 GFLOPS for 9 of the 10 s in which 2000 J were used, 200 W: 0.5 GFLOPS per watt. With less than 9 s of slices
    // the power is that of something else, too.
    @Test(
        "a rate per watt needs nine tenths of the time to be timed slices",
        arguments: [(10, 0.5e9), (9, 0.5e9), (8.9, nil)] as [(Double, Double?)])
    func ratePerWatt(timed: Double, expected: Double?) {
        let energy = ResultEnergy(joules: 2000, memoryJoules: nil, seconds: 10)
        #expect(ResultConditions.ratePerWatt(100e9, timedSeconds: timed, energy) == expected)
    }

    @Test("a counter that stood still gives no rate per watt")
    func noJoules() {
        let energy = ResultEnergy(joules: 0, memoryJoules: nil, seconds: 10)
        #expect(ResultConditions.ratePerWatt(100e9, timedSeconds: 10, energy) == nil)
    }

    @Test("a measurement that was watched keeps its conditions, with the clock behind its slices")
    func measured() throws {
        let plan = try shortPlan(filter: "^fma/f64/.*/core$") { $0.peakPerCycle = nil }
        let monitor = RunMonitor()
        let outcomes = PlanExecution(
            plan: plan, machine: try MachineProbe(environment: [:]).describe(), libraries: [], stopSignal: { 0 },
            monitor: { cpus in
                let watch = monitor.watch(cpus: cpus)
                return { watch.finish() }
            }
        ).run { _ in }
        for outcome in outcomes {
            guard case .verified(let run, let conditions) = outcome else {
                Issue.record("not verified: \(outcome)")
                continue
            }
            let entry = ResultEntry(MeasurementSummary(run, conditions: conditions))
            let written = try #require(entry.conditions)
            #expect(written.visits >= 1 && written.watchedSeconds > 0)
            #expect((written.voluntaryContextSwitches ?? 0) > 0)
            #expect((written.clockMovedRatio != nil) == (run.run.slices.count >= 8))
        }
        #expect(!outcomes.isEmpty)
    }
}
