// ResultEntry+Measurement.swift: what a record says of a measurement: its summary, its failure, or why it was not made.

import ComputeKernels
import Quantities
package import ResultRecord

extension ResultEntry {
    /// A verified measurement with its figures.
    package init(_ summary: MeasurementSummary) {
        let run = summary.run.run
        self.init(describing: run, status: .ok, checks: summary.run.checks)
        rate = summary.rate
        burst = summary.burst
        stats = summary.statistics
        if let peak = summary.statedPeak {
            fractionOfPeak = summary.rate / peak
            burstFractionOfPeak = summary.burst / peak
        }
        statusCode = run.end.code
        quality = summary.quality
        qualityReasons = summary.reasons.map(\.code)
        if !summary.reasons.isEmpty { statusReason = summary.reasons.map(\.finding).joined(separator: "; ") }
    }

    /// A measurement with a wrong result: its samples are kept, its rate is not.
    package init(_ failure: VerificationFailure) {
        self.init(describing: failure.run, status: .failed, checks: failure.checks)
        statusCode = failure.code
        statusReason = failure.detail
        quality = .untrusted
        qualityReasons = [failure.code]
    }

    /// A measurement that could not be made: memory that is not there, a thread that cannot be bound.
    package init(_ planned: PlannedMeasurement, failedBy error: any Error) {
        self.init(planned, status: .failed)
        statusCode = "not-measured"
        statusReason = (error as? any UserFacingError)?.what ?? "\(error)"
    }

    package init(_ skipped: SkippedMeasurement) {
        self.init(
            name: skipped.name, unit: "FLOPS",
            params: ResultParameters(
                n: skipped.n, dtype: skipped.elementType, isa: nil, threads: skipped.threads, placement: "none",
                cpus: ""),
            status: .skipped)
        statusCode = skipped.code
        statusReason = skipped.reason
    }

    private init(_ planned: PlannedMeasurement, status: ResultStatus) {
        let isa: String? = if case .fma(let kernel) = planned.kernel { kernel.variant } else { nil }
        self.init(
            name: planned.name, unit: "FLOPS",
            params: ResultParameters(
                n: planned.order, dtype: planned.elementType, isa: isa, threads: planned.cpus.count,
                placement: planned.placementText, cpus: "\(CPUSet(planned.cpus))"),
            status: status)
        flopPerIteration = planned.flopPerIteration
        if let n = planned.order {
            // The least a product must move: A and B in, C out.
            bytesPerIteration = 3 * Double(n) * Double(n) * Double(planned.elementType.bytes)
        } else {
            bytesPerIteration = 0
            flopPerIteration = planned.flopPerIteration * Double(planned.cpus.count)
        }
    }

    private init(describing run: RawRun, status: ResultStatus, checks: [CheckOutcome]) {
        self.init(run.planned, status: status)
        params.isa = run.blasCore ?? params.isa
        params.threads = run.threads
        params.cpus = "\(run.boundCPUs)"
        params.placement = run.placementText
        params.memNodes = run.memoryNodes
        iterationsPerSample = run.iterationsPerSlice
        warmUpPasses = run.warmUpPasses
        let work = run.workPerSlice
        samples = run.slices.map {
            Sample(
                startSeconds: ($0.start * 1e6).rounded() / 1e6, value: (work / $0.seconds).rounded(),
                cpuSeconds: $0.cpuSeconds.map { ($0 * 1e6).rounded() / 1e6 }, round: 0)
        }
        theoreticalPeak = run.statedPeak
        peakBasis = run.statedPeak == nil ? nil : .observed
        self.checks = checks
    }
}
