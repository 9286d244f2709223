// VisitScheduleTests.swift: which measurement is visited next, without a clock.

import MachineProbe
import Measurement
import ResultRecord
import SampleStatistics
import Testing

/// Three measurements, or two of which are sampled in turn; each visit gives four slices.
private func plan(visits: Int = 2, duration: Double = 100, rounds: Int? = nil, interleaved: Bool = false) throws
    -> MeasurementPlan
{
    var machine = MachineDescription()
    machine.cpu.isa = ["sse2", "avx2", "fma"]
    machine.topology.coreList = [CoreDescription(socket: 0, numaNode: 0, l3Group: 0, cpus: [0])]
    let facts = PlanningFacts(
        machine: machine, usable: UsableCPUs(cpus: [0], quotaCPUs: nil, reason: "as the test says"), clockHertz: 3e9)
    var request = MeasurementRequest()
    request.filter = "fma/f64/(scalar|sse2|avx2)/core"
    var plan = try Planner.plan(request, facts: facts, libraries: [])
    plan.measurements = plan.measurements.prefix(3).enumerated().map { index, planned in
        var planned = planned
        planned.sampling = SamplingLimits(
            targetHalfWidth: 0.01, minimumSamples: 4, minimumSeconds: 0, maximumSamples: 400, budgetSeconds: 1)
        planned.visits = visits
        planned.workPerIteration = 1e9
        planned.interleaving = interleaved && index < 2 ? 1 : nil
        return planned
    }
    plan.duration = duration
    plan.rounds = rounds
    return plan
}

/// What a visit brings home: four slices of a second that scatter by ±`spread`, around a mood of the moment.
private func visit(_ group: VisitedGroup, spread: Double, mood: Double = 0) -> [Result<RawRun, any Error>] {
    var generator = SeededGenerator(seed: 7, stream: UInt64(group.visits))
    return group.planned.map { planned in
        let slices = (0..<4).map { _ in
            Slice(start: 0, seconds: 1 + mood + (2 * generator.uniform() - 1) * spread, cpuSeconds: nil)
        }
        return .success(
            RawRun(
                planned: planned, slices: slices, iterationsPerSlice: 1, warmUpPasses: 0, clocks: [],
                evidence: .scaledResiduals(kind: "none", residuals: [0], limit: 1, refusal: nil), end: .budgetSpent,
                boundCPUs: [0], memoryNodes: nil, placementText: "", threads: 1, blasCore: nil))
    }
}

/// The order of visits, each of which takes `seconds` by its number, until none is left.
private func order(
    _ schedule: inout VisitSchedule, seconds: (Int) -> Double = { _ in 1 }, spread: (Int) -> Double = { _ in 0 },
    mood: (Int) -> Double = { _ in 0 }
) -> [Int] {
    var order: [Int] = []
    var now = 0.0
    while order.count < 1000, let next = schedule.next(secondsSinceStart: now) {
        let group = schedule.groups[next]
        schedule.groups[next].add(
            visit(group, spread: spread(next), mood: mood(order.count)), conditions: Conditions(),
            seconds: seconds(next))
        order.append(next)
        now += seconds(next)
    }
    return order
}

@Suite("Visits")
struct VisitScheduleTests {
    @Test("passes over the plan go forwards and backwards in turn, and those in turn with each other go together")
    func passes() throws {
        var schedule = VisitSchedule(try plan(visits: 2, duration: 6))
        #expect(order(&schedule) == [0, 1, 2, 2, 1, 0])
        var together = VisitSchedule(try plan(visits: 2, duration: 4, interleaved: true))
        #expect(order(&together) == [0, 1, 1, 0])
        #expect(together.groups.map(\.planned.count) == [2, 1])
    }

    @Test("what time is left goes to the widest interval, not twice in a row, and ends with the time")
    func widest() throws {
        var schedule = VisitSchedule(try plan(visits: 5, duration: 25))
        let order = order(&schedule, spread: { [0, 0.2, 0.2][$0] })
        #expect(order.count == 25)
        #expect(order.count { $0 == 0 } == 5)
        let extra = order.dropFirst(15)
        #expect(Set(extra) == [1, 2] && zip(extra, extra.dropFirst()).allSatisfy { $0 != $1 })
    }

    @Test("a run in which all intervals are narrow ends before its time")
    func narrow() throws {
        var schedule = VisitSchedule(try plan(visits: 5, duration: 1000))
        #expect(order(&schedule, spread: { _ in 0.001 }).count == 15)
        let ends = schedule.groups.flatMap { $0.outcomes(signal: 0) }.map { outcome -> SamplingEnd? in
            if case .verified(let run, _) = outcome { run.run.end } else { nil }
        }
        #expect(ends == [.intervalReached, .intervalReached, .intervalReached])
    }

    @Test("slices that agree within each visit do not hide that the visits differ")
    func moods() throws {
        var schedule = VisitSchedule(try plan(visits: 5, duration: 15))
        _ = order(&schedule, spread: { _ in 0.001 }, mood: { $0 / 3 % 2 == 0 ? 0 : 0.1 })
        for case .verified(let run, let conditions) in schedule.groups.flatMap({ $0.outcomes(signal: 0) }) {
            let summary = MeasurementSummary(run, conditions: conditions)
            #expect(summary.reasons.map(\.code).contains("interval-too-wide"))
            #expect((summary.statistics.ciHigh ?? 0) - (summary.statistics.ciLow ?? 0) > 0.05 * summary.rate)
        }
    }

    @Test("the first pass is made whatever the time, later ones while there is some")
    func tooLong() throws {
        var schedule = VisitSchedule(try plan(visits: 5, duration: 2))
        #expect(order(&schedule) == [0, 1, 2])
    }

    // 25 s would be needed. The last measurement is visited while the two others' five visits still fit behind it: at 2, 5
    // (8 s are left for them) and 12 s (4 s), but not at 15 s. A second is left over, for another visit to either of them.
    @Test("where not everything fits, what takes longest gives way, and stays among the others")
    func longest() throws {
        var schedule = VisitSchedule(try plan(visits: 5, duration: 20))
        let order = order(&schedule, seconds: { $0 == 2 ? 3 : 1 }, spread: { _ in 0.2 })
        #expect(order == [0, 1, 2, 2, 1, 0, 0, 1, 2, 1, 0, 0, 1, 0])
    }

    @Test("rounds are whole and in the plan's order, at least five of them")
    func rounds() throws {
        var schedule = VisitSchedule(try plan(duration: 20, rounds: 18))
        #expect(order(&schedule) == Array(repeating: [0, 1, 2], count: 6).flatMap { $0 })
        var short = VisitSchedule(try plan(duration: 1, rounds: 18))
        #expect(order(&short).count == 15)
    }

    @Test("what fails in one visit has no figure, the others go on; a signal leaves what was not visited skipped")
    func faults() throws {
        var schedule = VisitSchedule(try plan(visits: 2, duration: 6))
        schedule.groups[0].add([.failure(CancellationError())], conditions: Conditions(), seconds: 1)
        schedule.groups[1].add(visit(schedule.groups[1], spread: 0.1), conditions: Conditions(), seconds: 1)
        let outcomes = schedule.groups.flatMap { $0.outcomes(signal: 15) }
        guard case .notMeasured = outcomes[0], case .verified(let run, _) = outcomes[1],
            case .skipped(let last) = outcomes[2]
        else {
            Issue.record("not as expected: \(outcomes)")
            return
        }
        #expect(run.run.end == .interrupted(signal: 15) && last.code == "interrupted")
    }
}
