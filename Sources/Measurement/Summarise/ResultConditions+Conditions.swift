// ResultConditions+Conditions.swift: what a record says of the conditions: ratios and counts instead of sums of ticks.

package import MachineProbe
package import ResultRecord
import SampleStatistics

extension ResultConditions {
    /// Conditions without a measurement's samples: no clock, no rate per watt.
    package init(_ conditions: Conditions) {
        self.init(watchedSeconds: Self.rounded(conditions.seconds), visits: conditions.visits)
        stealRatio = Self.rounded(conditions.steal?.ratio)
        machineStealRatio = Self.rounded(conditions.machineSteal?.ratio)
        competingRatio = Self.rounded(conditions.competing?.ratio)
        siblingBusyRatio = Self.rounded(conditions.siblingLoad?.ratio)
        otherBusyCPUs = Self.rounded(conditions.otherBusyCPUs)
        interruptTimeRatio = Self.rounded(conditions.interruptTime?.ratio)
        interruptsPerSecond = Self.rounded(conditions.interruptsPerSecond)
        softInterruptsPerSecond = Self.rounded(conditions.softInterruptsPerSecond)
        topInterrupt = conditions.topInterrupt
        voluntaryContextSwitches = conditions.process?.voluntarySwitches
        involuntaryContextSwitches = conditions.process?.involuntarySwitches
        majorFaults = conditions.process?.majorFaults
        psiCPUSomeMicroseconds = conditions.cpuPressure
        psiMemorySomeMicroseconds = conditions.memoryPressure
        psiGroupCPUSomeMicroseconds = conditions.groupCPUPressure
        throttledPeriods = conditions.throttling?.throttledPeriods
        throttledMicroseconds = conditions.throttling?.throttledMicroseconds
        swapPages = conditions.swappedIn.flatMap { pagesIn in conditions.swappedOut.map { pagesIn + $0 } }
        numaPagesMigrated = conditions.migratedPages
        throttleEvents = conditions.throttleEvents
        temperatureCelsiusMax = conditions.celsiusMax
        governor = conditions.clockSettings.map { $0.governors.joined(separator: ",") }
        clockLimitRatio = Self.rounded(conditions.clockSettings?.limitShare)
        memoryErrorsCorrected = conditions.memoryErrors?.corrected
        memoryErrorsUncorrected = conditions.memoryErrors?.uncorrected
        machineChecks = conditions.machineChecks?.total
        energy = conditions.energy.map {
            ResultEnergy(joules: $0.joules, memoryJoules: $0.memoryJoules, seconds: $0.seconds)
        }
    }

    /// Nil for a measurement that was not watched.
    init?(_ conditions: Conditions, around run: RawRun) {
        guard conditions.visits > 0 else { return nil }
        self.init(conditions)
        clockMovedRatio = Self.rounded(ClockMovement.share(run.clocks))
    }

    init?(_ summary: MeasurementSummary) {
        let raw = summary.run.run
        self.init(summary.conditions, around: raw)
        guard let energy, !raw.planned.measuresTime else { return }
        let timed = CompensatedSum(raw.slices.map(\.seconds)).value
        self.energy?.ratePerWatt = Self.ratePerWatt(summary.rate, timedSeconds: timed, energy)
    }

    /// Rate over mean power: watched time holds warm-up, clock probes and checks as well, whose power is another one and
    /// whose work is not counted, so nearly all of it has to be timed slices.
    ///
    /// - Parameter timedSeconds: The slices that `rate` is of.
    package static func ratePerWatt(_ rate: Double, timedSeconds: Double, _ energy: ResultEnergy) -> Double? {
        guard energy.joules > 0, energy.seconds > 0, timedSeconds >= QualityLimits.energyCoverage * energy.seconds
        else { return nil }
        return rate * energy.seconds / energy.joules
    }

    /// Why fields are null, by their names in JSON (`energy.rate_per_watt`).
    ///
    /// - Parameter ofRun: Whether these are the whole run's, which has no samples.
    package func reasonsForNulls(_ conditions: Conditions, ofRun: Bool) throws -> [String: String] {
        var known = conditions.unknown
        known["clock_moved_ratio"] =
            ofRun ? "a figure of single results" : "fewer than \(2 * ClockMovement.fewestProbes) slices"
        known["energy.rate_per_watt"] =
            ofRun
            ? "a figure of single results"
            : "a time, or less than \(Int(QualityLimits.energyCoverage * 100)) % of the time was timed slices"
        var reasons: [String: String] = [:]
        for field in Self.nulls(try JSONValue(encoding: self)) {
            reasons[field] = known[field] ?? "one of several visits could not read it"
        }
        return reasons
    }

    private static func nulls(_ value: JSONValue) -> [String] {
        guard case .object(let members) = value else { return [] }
        return members.flatMap { name, member in
            member == .null ? [name] : nulls(member).map { "\(name).\($0)" }
        }
    }

    /// To a millionth: ticks and counters say no more.
    private static func rounded(_ value: Double) -> Double { (value * 1e6).rounded() / 1e6 }

    private static func rounded(_ value: Double?) -> Double? { value.map { rounded($0) } }
}
