// VisitSchedule.swift: which measurement of a plan is visited next: all of them in turn, then those whose intervals are
// widest, until the time is spent. Pure, so that it is tested without a clock.

package import MachineProbe
import ResultRecord
import SampleStatistics

/// The visits of one run. Measurements that are sampled in turn with each other are visited together.
package struct VisitSchedule {
    package var groups: [VisitedGroup]
    /// Seconds from the start after which nothing new is begun.
    private let duration: Double
    private let leastVisits: Int
    /// Passes over the whole plan, always in its order, and nothing else.
    private let inRounds: Bool
    private var last: Int?

    package init(_ plan: MeasurementPlan) {
        var groups: [VisitedGroup] = []
        for planned in plan.measurements {
            if let number = planned.interleaving, groups.last?.planned[0].interleaving == number {
                groups[groups.count - 1].append(planned)
            } else {
                groups.append(VisitedGroup(planned))
            }
        }
        self.groups = groups
        duration = plan.mostSeconds
        inRounds = plan.rounds != nil
        leastVisits = groups.reduce(0) { $0 + max($1.leastVisits, plan.rounds ?? 0) }
    }

    /// The position of the group to visit; nil when all have enough or nothing more fits.
    ///
    /// Passes over the whole plan come first, forwards and backwards in turn, so that drift meets all alike. What the
    /// index counts gets its least visits in any case, and their time is kept for them. Where time is short, that of a
    /// measurement's least visits is also kept from those whose visits are longer: one large product less, rather than
    /// ten figures without an interval.
    package mutating func next(secondsSinceStart now: Double) -> Int? {
        if inRounds { return nextInRounds(now) }
        let wanted = groups.map { (least: $0.secondsToLeast, visit: $0.expectedSeconds, isCounted: $0.isCounted) }
        func fits(_ index: Int) -> Bool {
            let own = wanted[index]
            if groups[index].visits == 0 || own.isCounted && own.least > 0 { return true }
            let kept = wanted.reduce(0.0) { $0 + ($1.isCounted || $1.visit < own.visit ? $1.least : 0) }
            return now + own.visit + kept <= duration
        }
        let due = groups.indices.filter { groups[$0].isDue && fits($0) }
        let pass = due.map { groups[$0].visits }.min()
        let inPass = due.filter { groups[$0].visits == pass }
        var chosen = pass.map { $0 % 2 == 0 } == true ? inPass.first : inPass.last
        if chosen == nil {
            // Two visits in a row would be one moment; only when there is nothing else.
            let open = groups.indices.filter { groups[$0].mayNarrow && fits($0) }
            let other = open.filter { $0 != last }
            chosen = (other.isEmpty ? open : other).max { groups[$0].excess < groups[$1].excess }
        }
        last = chosen
        return chosen
    }

    /// Rounds are whole: the last one begins while there is time for all of it.
    private func nextInRounds(_ now: Double) -> Int? {
        let least = groups.map(\.visits).min() ?? 0
        let next = groups.firstIndex { $0.visits == least }
        if next == 0, least >= Self.fewestRounds, now + groups.reduce(0, { $0 + $1.expectedSeconds }) > duration {
            return nil
        }
        return next
    }

    /// Scatter is not told from fewer.
    private static let fewestRounds = 5

    package func progress(of index: Int, secondsSinceStart now: Double) -> RunProgress {
        let made = groups.reduce(0) { $0 + (inRounds ? $1.visits : min($1.visits, $1.leastVisits)) }
        return RunProgress(
            index: max(0, min(made, leastVisits - 1)), count: leastVisits, current: groups[index].planned[0],
            secondsLeft: max(0, duration - now))
    }

    /// Lets go of a group's matrices when all groups together keep more than this, or when it is done.
    mutating func release(_ index: Int, keeping bytes: Int) {
        let kept = groups.reduce(0) { $0 + ($1.session?.byteCount ?? 0) }
        if kept > bytes || !(groups[index].isDue || groups[index].mayNarrow) { groups[index].session = nil }
    }
}

/// What the visits to one measurement, or to several that are sampled in turn, have brought home.
package struct VisitedGroup {
    package private(set) var planned: [PlannedMeasurement]
    private(set) var runs: [RawRun?]
    private var faults: [(any Error)?]
    private var conditions = Conditions()
    package private(set) var visits = 0
    /// Seconds of the longest visit but the first, or of the first alone.
    private var longestVisit = 0.0
    /// Matrices that are kept for the next visit.
    var session: ProductVisits?

    init(_ planned: PlannedMeasurement) {
        self.planned = [planned]
        runs = [nil]
        faults = [nil]
    }

    mutating func append(_ more: PlannedMeasurement) {
        planned.append(more)
        runs.append(nil)
        faults.append(nil)
    }

    var cpus: [Int] { planned[0].cpus }
    var leastVisits: Int { planned.map(\.visits).max() ?? 1 }
    var isCounted: Bool { planned.contains(where: PlannedWork.isCounted) }

    /// Measurements that could be continued.
    private var open: [(planned: PlannedMeasurement, run: RawRun)] {
        zip(planned, zip(runs, faults)).compactMap { planned, state in
            guard state.1 == nil, let run = state.0 else { return nil }
            return (planned, run)
        }
    }

    /// Whether the least visits, samples and seconds are not there yet.
    var isDue: Bool {
        if visits == 0 { return true }
        return open.contains { planned, run in
            let total = run.slices.reduce(0) { $0 + $1.seconds }
            return visits < planned.visits || run.slices.count < planned.sampling.minimumSamples
                || total < planned.sampling.minimumSeconds
        }
    }

    /// Whether another visit may narrow an interval to what was aimed at. A machine whose mood changes too much for that
    /// is not waited for.
    var mayNarrow: Bool {
        visits < Self.mostRounds * leastVisits && open.contains { $0.run.visitsEnd() == nil }
    }

    /// Times the least visits that one measurement is given at most.
    private static let mostRounds = 4

    /// The widest interval over what was aimed at; 0 without any.
    var excess: Double {
        open.map { planned, run in
            (run.halfWidth ?? .infinity) / max(planned.sampling.targetHalfWidth, .leastNormalMagnitude)
        }.max() ?? 0
    }

    var expectedSeconds: Double {
        visits > 0 ? longestVisit : planned.reduce(0) { $0 + $1.visitSeconds }
    }

    /// For the visits that are still due.
    var secondsToLeast: Double { isDue ? Double(max(1, leastVisits - visits)) * expectedSeconds : 0 }

    package mutating func add(_ results: [Result<RawRun, any Error>], conditions: Conditions, seconds: Double) {
        for (index, result) in results.enumerated() {
            switch result {
            case .failure(let error): faults[index] = faults[index] ?? error
            case .success(let run):
                if runs[index] == nil { runs[index] = run } else { runs[index]?.append(run) }
            }
        }
        if visits == 0 { self.conditions = conditions } else { self.conditions.add(conditions) }
        // Set-up that is made once makes the first visit the longest.
        longestVisit = visits < 2 ? seconds : max(longestVisit, seconds)
        visits += 1
    }

    /// - Parameter signal: The one that stopped the run, or 0.
    package func outcomes(signal: Int32) -> [MeasurementOutcome] {
        planned.indices.map { index in
            if let fault = faults[index] { return .notMeasured(planned[index], fault) }
            guard var run = runs[index] else {
                return .skipped(
                    SkippedMeasurement(planned[index], code: "interrupted", reason: "the run was stopped before it"))
            }
            run.end = end(of: run, signal: signal)
            switch Verifier.verify(run) {
            case .success(let verified): return .verified(verified, conditions)
            case .failure(let failure): return .wrong(failure, conditions)
            }
        }
    }

    private func end(of run: RawRun, signal: Int32) -> SamplingEnd {
        if case .interrupted = run.end { return run.end }
        if let end = run.visitsEnd(), !isDue { return end }
        return signal != 0 ? .interrupted(signal: signal) : .budgetSpent
    }
}

extension RawRun {
    /// Half of the sustained rate's interval over the rate, as far as it is known.
    fileprivate var halfWidth: Double? {
        StoppingRule.rate(work: 1, visits: secondsByVisit, end: end).relativeHalfWidth
    }

    /// Why the visits may end; nil to go on. The time that there is belongs to the whole run.
    fileprivate func visitsEnd() -> SamplingEnd? {
        var limits = planned.sampling
        limits.budgetSeconds = .infinity
        return StoppingRule(limits: limits).end(afterVisits: secondsByVisit, signal: 0)
    }
}
