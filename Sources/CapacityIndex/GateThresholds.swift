// GateThresholds.swift: the numbers that the gates hold measurements against, all of them configurable.
// They are proposals of this project; an index publishes the ones it used, which is why a snapshot carries them.

/// Limits of the gates. Fractions are of 1, durations in seconds unless the name says days.
public struct GateThresholds: Sendable, Hashable, Codable {
    /// G2: rate / stated peak above this is rejected; 0.02 is left for the error of the clock behind the peak.
    public var maximumPeakFraction = 1.02
    /// G2: below this is flagged; compute-bound kernels that reach less are usually throttled or misbound.
    public var minimumPeakFraction = 0.05
    /// G3: fewer samples are rejected.
    public var minimumSamples = 5
    /// G3: a coefficient of variation above this is flagged.
    public var flaggedCV = 0.05
    /// G3: a coefficient of variation above this is rejected.
    public var rejectedCV = 0.15
    /// G3: mean rate of the last third of the samples over that of the first third.
    public var minimumThirdsRatio = 0.9
    /// G4: time in all samples of one kernel.
    public var minimumKernelSeconds = 1.0
    /// G4: the clock's step, assumed; CLOCK_MONOTONIC reads in nanoseconds, and 1 µs bounds the cost of reading it.
    public var clockStepSeconds = 1e-6
    /// G4: the clock's step over the shortest sample.
    public var maximumClockStepFraction = 0.01
    /// G8: older is flagged as stale.
    public var freshDays = 90.0
    /// G8: older leaves the measured total.
    public var expiryDays = 365.0
    /// G10: how far clocks of node and index may differ.
    public var clockToleranceSeconds = 300.0
    /// Relative uncertainty that a measurement gains per year of 365 days.
    public var ageingPerYear = 0.10

    public init() {}

    enum CodingKeys: String, CodingKey {
        case maximumPeakFraction = "maximum_peak_fraction"
        case minimumPeakFraction = "minimum_peak_fraction"
        case minimumSamples = "minimum_samples"
        case flaggedCV = "flagged_cv"
        case rejectedCV = "rejected_cv"
        case minimumThirdsRatio = "minimum_thirds_ratio"
        case minimumKernelSeconds = "minimum_kernel_seconds"
        case clockStepSeconds = "clock_step_seconds"
        case maximumClockStepFraction = "maximum_clock_step_fraction"
        case freshDays = "fresh_days"
        case expiryDays = "expiry_days"
        case clockToleranceSeconds = "clock_tolerance_seconds"
        case ageingPerYear = "ageing_per_year"
    }

    /// G8 alone, as it depends on when the index is read: passes, flags or rejects by age.
    public func freshness(ageDays: Double) -> GateOutcome {
        if ageDays > expiryDays {
            GateOutcome(.freshness, [Finding(.freshness, .reject, .expired, found: ageDays, limit: expiryDays)])
        } else if ageDays > freshDays {
            GateOutcome(.freshness, [Finding(.freshness, .flag, .stale, found: ageDays, limit: freshDays)])
        } else {
            GateOutcome(.freshness)
        }
    }

    /// u = √(u₀² + (δ · age in years)²): the relative uncertainty of a measurement `ageDays` old.
    ///
    /// Age widens the uncertainty and leaves the value alone. A negative age, within the clocks' tolerance, is none.
    public func aged(relativeUncertainty u0: Double, ageDays: Double) -> Double {
        let drift = ageingPerYear * max(0, ageDays) / Timestamp.daysPerYear
        return (u0 * u0 + drift * drift).squareRoot()
    }
}
