// NodeMeasurement+Record.swift: reads a record's results into rates of a kernel mix.
// Recomputed from the samples: a stated rate or statistic cannot disagree with them here.

import CapacityIndex
import Quantities
import RealModule
package import ResultRecord
import SampleStatistics

/// Why a record says nothing about capacity at all.
package enum MeasurementError: UserFacingError, Hashable {
    case notATime(field: String, text: String, runID: String)

    package var what: String {
        switch self {
        case .notATime(let field, let text, let runID):
            "\(field) of run \(runID) is “\(text)”, which is not a date and time as RFC 3339 writes them"
        }
    }

    package var nextStep: String { "Measure again; a record written by suanli has times such as 2026-11-23T10:00:00Z." }

    package var exitStatus: ExitStatus { .submitFailed }
}

extension NodeMeasurement {
    /// Seed of the bootstrap behind `relativeRandom`, the same for every record so that anyone can compute it again.
    package static let bootstrapSeed: UInt64 = 20_261_123

    /// Reads a record, complete or not.
    ///
    /// The class is the one the record was converted to when it was made, else general.
    ///
    /// - Throws: `MeasurementError.notATime` when start or end cannot be read.
    package init(_ record: ResultRecord, mix: KernelMix = .gemmNode1) throws(MeasurementError) {
        func time(_ text: String, _ field: String) throws(MeasurementError) -> Timestamp {
            guard let time = Timestamp(text) else { throw .notATime(field: field, text: text, runID: record.runID) }
            return time
        }
        let ended = try time(record.endedAt, "ended_at")
        let host = record.machine.host
        self.init(
            origin: RunOrigin(
                nodeID: host.machineIDHash, runID: record.runID, hostName: host.name,
                model: record.machine.cpu.modelName, site: record.site, region: record.region, measuredAt: ended),
            digest: record.digest, startedAt: try time(record.startedAt, "started_at"), endedAt: ended,
            completed: record.completed,
            computeClass: record.contribution.flatMap { ComputeClass(rawValue: $0.computeClass) } ?? .general,
            hasGeneratedIdentity: host.machineIDSource == "generated", toolSHA256: record.tool.sha256,
            physicalCores: record.machine.topology.cores, usableCores: UsableCores.count(of: record.machine),
            mix: mix.id, runs: MixReader(mix: mix, results: record.results).runs())
    }
}

/// Sorts a record's results by library and thread count and computes the mix for each.
private struct MixReader {
    struct Key: Hashable {
        var name: String
        var threads: Int
    }

    let mix: KernelMix
    let results: [ResultEntry]

    /// In the order of the record.
    func runs() -> [MixRun] {
        var order: [Key] = []
        var entries: [Key: [ResultEntry]] = [:]
        for entry in results where belongsToMix(entry) {
            let key = Key(name: entry.name, threads: entry.params.threads)
            if entries[key] == nil { order.append(key) }
            entries[key, default: []].append(entry)
        }
        return order.compactMap { key in
            entries[key]?.first?.params.dtype.map { run(key, $0, entries[key] ?? []) }
        }
    }

    private func belongsToMix(_ entry: ResultEntry) -> Bool {
        let pieces = entry.name.split(separator: "/")
        return pieces.count == 4 && pieces[0] == mix.kernel && pieces[1] == entry.params.dtype?.rawValue ?? ""
            && pieces[3] == mix.scope && entry.unit == "FLOPS"
            // The program's own product measures the machine; capacity is what a library that others use delivers.
            && !pieces[2].hasPrefix("simd-")
    }

    private func run(_ key: Key, _ elementType: ElementType, _ entries: [ResultEntry]) -> MixRun {
        var missing: [String] = []
        var kernels: [(part: KernelMix.Part, evidence: KernelEvidence, times: ClusteredSamples)] = []
        for part in mix.parts {
            let ofSize = entries.filter { $0.params.n == part.n }
            let usable = ofSize.filter { $0.status == .ok && $0.rate != nil && !$0.samples.isEmpty }
            let read = usable.map { (part: part, evidence: evidence($0, part), times: visits($0, part)) }
            // One size measured twice, for instance with two memory placements: the better run is the node's best.
            if let best = read.max(by: { ($0.evidence.medianRate ?? 0) < ($1.evidence.medianRate ?? 0) }) {
                kernels.append(best)
            } else {
                missing.append("n=\(part.n): " + Self.absence(of: ofSize))
            }
        }
        var run = MixRun(
            precision: Precision(elementType), name: key.name, threads: key.threads, missing: missing,
            kernels: kernels.map(\.evidence))
        let parts = kernels.compactMap { kernel in
            kernel.evidence.medianSeconds.flatMap {
                KernelTime(operations: kernel.part.operations, seconds: $0, multiplicity: kernel.part.multiplicity)
            }
        }
        guard missing.isEmpty, parts.count == mix.parts.count else { return run }
        run.rate = parts.workOverTime
        run.relativeRandom = Bootstrap(seed: NodeMeasurement.bootstrapSeed).standardUncertainty(
            of: kernels.map(\.times)
        ) { logarithmOfRate(times: $0) }
        run.peak = peak(kernels.map { ($0.part, $0.evidence.peak) })
        return run
    }

    /// Why none of the results of one size can be used.
    private static func absence(of entries: [ResultEntry]) -> String {
        guard let entry = entries.first else { return "not in the record" }
        let status = entry.status == .ok ? "no verified rate" : entry.status.rawValue
        return status + (entry.statusCode.map { ", " + $0 } ?? "")
    }

    private func logarithmOfRate(times: [[Double]]) -> Double {
        let parts = zip(mix.parts, times).compactMap { part, times in
            KernelTime(
                operations: part.operations, seconds: OrderStatistics(times)?.median ?? .nan,
                multiplicity: part.multiplicity)
        }
        return parts.workOverTime.map { Double.log($0) } ?? .nan
    }

    /// The peak that kernels at their own peaks would reach over the mix.
    private func peak(_ kernels: [(part: KernelMix.Part, peak: Double?)]) -> Double? {
        let parts = kernels.compactMap { kernel in
            kernel.peak.flatMap {
                KernelTime(
                    operations: kernel.part.operations, seconds: kernel.part.operations / $0,
                    multiplicity: kernel.part.multiplicity)
            }
        }
        return parts.count == kernels.count ? parts.workOverTime : nil
    }

    /// Seconds of one multiplication, per sample; empty when a rate is not a finite number above 0.
    private func times(_ entry: ResultEntry, _ part: KernelMix.Part) -> [Double] {
        let rates = entry.samples.map(\.value)
        return rates.allSatisfy { $0.isFinite && $0 > 0 } ? rates.map { part.operations / $0 } : []
    }

    /// The same in visits, as far as the record tells them.
    private func visits(_ entry: ResultEntry, _ part: KernelMix.Part) -> ClusteredSamples {
        ClusteredSamples(times(entry, part), sizes: entry.visits ?? [])
    }

    /// Mean of the last third over mean of the first; thirds by count, rounded down. Nil for fewer than three.
    private static func thirdsRatio(_ rates: [Double]) -> Double? {
        let third = rates.count / 3
        guard third > 0, let first = Moments(Array(rates.prefix(third)))?.mean, first > 0,
            let last = Moments(Array(rates.suffix(third)))?.mean
        else { return nil }
        return last / first
    }

    private func evidence(_ entry: ResultEntry, _ part: KernelMix.Part) -> KernelEvidence {
        let times = times(entry, part)
        let perSample = (entry.flopPerIteration ?? 0) * Double(entry.iterationsPerSample)
        let durations = times.isEmpty ? [] : entry.samples.map { perSample / $0.value }
        let inOrder = entry.samples.sorted { $0.startSeconds < $1.startSeconds }.map(\.value)
        return KernelEvidence(
            subject: "\(entry.name) n=\(part.n)", operations: part.operations,
            statedOperations: entry.flopPerIteration, medianSeconds: OrderStatistics(times)?.median,
            smallestRate: entry.samples.map(\.value).min(), sampleCount: entry.samples.count,
            cv: Moments(inOrder)?.coefficientOfVariation, thirdsRatio: Self.thirdsRatio(inOrder),
            totalSeconds: CompensatedSum(durations).value, shortestSampleSeconds: durations.min() ?? 0,
            peak: entry.theoreticalPeak.flatMap { $0.isFinite && $0 > 0 ? $0 : nil },
            checkCount: entry.checks.count, failedCheckCount: entry.checks.count { !$0.passed },
            isUntrusted: entry.quality == .untrusted)
    }
}
