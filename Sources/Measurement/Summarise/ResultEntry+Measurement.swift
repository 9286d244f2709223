// ResultEntry+Measurement.swift: what a record says of a measurement: its summary, its failure, or why it was not made.

import BLASBinding
import ComputeKernels
package import MachineProbe
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
        conditions = ResultConditions(summary)
        if !summary.reasons.isEmpty { statusReason = summary.reasons.map(\.finding).joined(separator: "; ") }
    }

    /// A measurement with a wrong result: its samples are kept, its rate is not. What went on around it may be the cause.
    package init(_ failure: VerificationFailure, conditions: Conditions) {
        let disturbances = QualityReason.ofConditions(conditions)
        self.init(describing: failure.run, status: .failed, checks: failure.checks)
        statusCode = failure.code
        statusReason = ([failure.detail] + disturbances.map(\.finding)).joined(separator: "; ")
        quality = .untrusted
        qualityReasons = [failure.code] + disturbances.map(\.code)
        self.conditions = ResultConditions(conditions, around: failure.run)
    }

    /// A measurement that could not be made: a crash, memory that is not there, a thread that cannot be bound.
    package init(_ planned: PlannedMeasurement, failedBy error: any Error) {
        self.init(planned, status: .failed)
        statusCode = (error as? any CodedFailure)?.code ?? "not-measured"
        statusReason = (error as? any UserFacingError)?.what ?? "\(error)"
    }

    package init(_ skipped: SkippedMeasurement) {
        self.init(
            name: skipped.name, unit: skipped.unit,
            params: ResultParameters(
                n: skipped.n, dtype: skipped.elementType, isa: nil, threads: skipped.threads, placement: "none",
                cpus: ""),
            status: .skipped)
        params.level = skipped.level?.rawValue
        statusCode = skipped.code
        statusReason = skipped.reason
    }

    private init(_ planned: PlannedMeasurement, status: ResultStatus) {
        self.init(
            name: planned.name, unit: planned.unit,
            params: ResultParameters(
                n: planned.order, dtype: planned.elementType, isa: planned.instructionSet,
                threads: planned.cpus.count, placement: planned.placementText, cpus: "\(CPUSet(planned.cpus))"),
            status: status)
        direction = planned.measuresTime ? .lowerIsBetter : .higherIsBetter
        params.level = planned.workingSet?.level.rawValue
        params.bytes = planned.workingSet?.bytes
        params.map = planned.map?.rawValue
        if planned.workingSet != nil, case .latency = planned.kernel {
            params.hugePages = planned.workingSet?.hugePages
        }
        flopPerIteration = planned.flopPerIteration
        bytesPerIteration = planned.bytesPerIteration
        if case .stream(let kernel) = planned.kernel {
            bytesWithWriteAllocate = planned.workPerIteration * kernel.writeAllocateFactor
        }
        if let flop = planned.flopPerIteration, let bytes = planned.bytesPerIteration, flop > 0, bytes > 0 {
            arithmeticIntensity = flop / bytes
        }
    }

    private init(describing run: RawRun, status: ResultStatus, checks: [CheckOutcome]) {
        self.init(run.planned, status: status)
        params.isa = run.blasCore ?? params.isa
        params.threads = run.threads
        params.cpus = "\(run.boundCPUs)"
        params.placement = run.placementText
        params.memNodes = run.memoryNodes
        params.bytes = run.workingSetBytes ?? params.bytes
        if let planned = bytesPerIteration, run.workPerIteration != run.planned.workPerIteration, unit == "B/s" {
            // The kernel rounded its working set; the ratios stay.
            let share = run.workPerIteration / planned
            bytesPerIteration = run.workPerIteration
            flopPerIteration = flopPerIteration.map { $0 * share }
            bytesWithWriteAllocate = bytesWithWriteAllocate.map { $0 * share }
        }
        iterationsPerSample = run.iterationsPerSlice
        warmUpPasses = run.warmUpPasses
        samples = zip(run.slices, run.sampleValues).map { slice, value in
            Sample(
                startSeconds: (slice.start * 1e6).rounded() / 1e6, value: value,
                cpuSeconds: slice.cpuSeconds.map { ($0 * 1e6).rounded() / 1e6 }, round: slice.round)
        }
        visits = run.visits
        theoreticalPeak = run.statedPeak
        peakBasis = run.statedPeak == nil ? nil : .observed
        self.checks = checks
    }
}

extension PlannedMeasurement {
    /// Variant of our own kernels; nil for a library's, which says so itself.
    fileprivate var instructionSet: String? {
        switch kernel {
        case .fma(let kernel): kernel.variant
        case .stream(let kernel): kernel.variant
        case .gemm(.own(let kernel)): kernel.variant
        case .gemm(.library), .lu, .latency: nil
        }
    }
}

/// A failure that records know by a code of its own.
package protocol CodedFailure: Error {
    /// nil where it has none.
    var code: String? { get }
}

extension BLASError: CodedFailure {}
