// KernelNoise+Measurement.swift: from the visits of an A/A run to each kernel's noise floor.

import MachineProbe
package import ResultRecord
package import SampleStatistics

extension KernelNoise {
    /// - Parameters:
    ///   - summary: A measurement whose every visit is a round.
    ///   - design: The comparison that the resolvable regression is stated for.
    package init(_ summary: MeasurementSummary, design: ComparisonDesign) {
        let run = summary.run.run
        let planned = run.planned
        self.init(
            name: planned.name, n: planned.order, level: planned.workingSet?.level.rawValue,
            unit: planned.measuresTime ? "1/s" : planned.unit,
            rates: run.secondsByVisit.map { SustainedRate(work: run.workPerSlice, seconds: $0).rate },
            causes: summary.reasons.filter { !Self.ofSampling.contains($0.code) }.map {
                NoiseCause(code: $0.code, finding: $0.finding, cure: QualityReason.cure(code: $0.code))
            },
            conditions: ResultConditions(summary))
        guard let found = ResolvableRegression(rates: rates, design: design) else { return }
        cv = found.noise.coefficientOfVariation
        cvUpper = found.noise.upperBound
        resolvable = found.atUpperBound
        resolvableAtCV = found.atEstimate
    }

    /// What says that there are few samples, rather than why they scatter.
    private static let ofSampling: Set = ["interval-too-wide", "few-samples"]
}

extension NoiseProfile {
    /// The figure of a record's `noise.aa_cv`: half of the kernels scatter less; nil when none was measured.
    package var typicalCV: Double? { OrderStatistics(kernels.compactMap(\.cv))?.median }
}
