// NodeMeasurementTests.swift: samples to the rate of the mix and its uncertainty.

import CapacityConversion
import CapacityIndex
import Foundation
import Quantities
import ResultRecord
import Testing

@Suite struct NodeMeasurementTests {
    // The second size does 8 times the first's work: (1 + 8) / (1/100 + 8/150) = 9 / (0.19/3) = 142.105… GFLOPS.
    @Test("the rate is all work over all time, with median times")
    func rate() throws {
        let run = try #require(try NodeMeasurement(record()).runs.first)
        #expect(run.precision == .fp32)
        #expect(abs((run.rate ?? 0) / (27e9 / 0.19) - 1) < 1e-12)
        #expect(abs((run.peak ?? 0) / 200e9 - 1) < 1e-12)
        #expect(run.kernels.map(\.sampleCount) == [5, 5])
    }

    @Test("one sample far off does not move it, as times are medians")
    func outlier() throws {
        let spoiled = [
            gemm(1024, gigaflops: [100, 100, 20, 100, 100]), gemm(2048, gigaflops: [150, 150, 150, 150, 150]),
        ]
        let run = try #require(try NodeMeasurement(record(spoiled)).runs.first)
        #expect(abs((run.rate ?? 0) / (27e9 / 0.19) - 1) < 1e-12)
    }

    // Four of five values are drawn; all 625 draws are as likely. The other kernel is constant and holds a share of the
    // time that fixes the factor. ± 1.96 u is to hold 95 % with four degrees of freedom: t = 2.776445 (R: qt(.975, 4)).
    @Test("the random uncertainty is that of the bootstrap's exact distribution, widened for few samples")
    func randomUncertainty() throws {
        let rates = [90.0, 95, 100, 105, 110]
        let results = [gemm(1024, gigaflops: rates), gemm(2048, gigaflops: [150, 150, 150, 150, 150])]
        let run = try #require(try NodeMeasurement(record(results)).runs.first)
        let logs = (0..<625).map { draw in
            let times = [1, 5, 25, 125].map { 1 / rates[draw / $0 % 5] }.sorted()
            return log((times[1] + times[2]) / 2 + 8 / 150.0)
        }
        let mean = logs.reduce(0, +) / 625
        let variance = logs.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 625
        let exact = variance.squareRoot() * 2.776445 / 1.959964
        // 2000 replicates: a standard deviation is within 3 × 1.6 % of the exact one.
        #expect(abs((run.relativeRandom ?? 0) / exact - 1) < 0.05)
        // The same record gives the same figure, to the last bit.
        #expect(try NodeMeasurement(record(results)).runs.first?.relativeRandom == run.relativeRandom)
    }

    @Test("samples that are alike within their visits tell no more than the visits")
    func visits() throws {
        let rates = [90.0, 95, 100, 105, 110]
        let steady = gemm(2048, gigaflops: [150, 150, 150, 150, 150])
        var repeated = gemm(1024, gigaflops: rates.flatMap { [Double](repeating: $0, count: 20) })
        let independent = try #require(try NodeMeasurement(record([repeated, steady])).runs.first?.relativeRandom)
        repeated.visits = [20, 20, 20, 20, 20]
        let byVisit = try #require(try NodeMeasurement(record([repeated, steady])).runs.first?.relativeRandom)
        let single = try #require(
            try NodeMeasurement(record([gemm(1024, gigaflops: rates), steady])).runs.first?.relativeRandom)
        #expect(abs(byVisit / single - 1) < 1e-9)
        #expect(byVisit > 3 * independent)
    }

    @Test("samples without any spread have no random uncertainty")
    func noSpread() throws {
        let results = [1024, 2048].map { gemm($0, gigaflops: [100, 100, 100, 100, 100]) }
        #expect(try NodeMeasurement(record(results)).runs.first?.relativeRandom == 0)
    }

    @Test("other kernels, scopes and units are no part of the mix")
    func others() throws {
        var stream = gemm(1024, gigaflops: [1])
        stream.name = "stream-triad/f32/avx2/node"
        var core = gemm(1024, gigaflops: [1])
        core.name = "gemm/f32/openblas/core"
        var bytes = gemm(1024, gigaflops: [1])
        bytes.unit = "B/s"
        #expect(try NodeMeasurement(record([stream, core, bytes])).runs.isEmpty)
    }

    @Test("a time that cannot be read is refused by name")
    func badTime() {
        #expect(throws: MeasurementError.notATime(field: "ended_at", text: "yesterday", runID: record().runID)) {
            try NodeMeasurement(record { $0.endedAt = "yesterday" })
        }
    }

    /// Four cores of two CPUs each, numbered as Linux does: siblings are four apart.
    func usableCores(
        affinity: String?, cpuset: String? = nil, effective: Double? = nil, cores: Int? = 4, listed: Bool = true
    ) throws -> Int? {
        try NodeMeasurement(
            record {
                $0.machine.topology.cores = cores
                if listed {
                    $0.machine.topology.coreList = (0..<4).map {
                        CoreDescription(socket: 0, numaNode: 0, l3Group: 0, cpus: [$0, $0 + 4])
                    }
                }
                $0.machine.limits.affinityCPUs = affinity
                $0.machine.limits.cpusetCPUs = cpuset
                $0.machine.limits.effectiveCPUs = effective
            }
        ).usableCores
    }

    @Test("cores can be used that have an allowed CPU, as many as the quota keeps busy")
    func usableCores() throws {
        #expect(try usableCores(affinity: "0-7", effective: 8) == 4)
        #expect(try usableCores(affinity: "1,5", effective: 2) == 1)
        #expect(try usableCores(affinity: "0-2", cpuset: "1-7") == 2)
        #expect(try usableCores(affinity: nil, cpuset: "4-5") == 2)
        #expect(try usableCores(affinity: "0-7", effective: 2.9) == 2)
        #expect(try usableCores(affinity: "0-7", effective: 0.5) == 1)
        #expect(try usableCores(affinity: "0-7", effective: 1e300) == 4)
    }

    @Test("where CPU lists do not tell, all physical cores are taken, and without their number nothing is known")
    func usableCoresFallback() throws {
        #expect(try usableCores(affinity: nil) == 4)
        #expect(try usableCores(affinity: "0-1", listed: false) == 4)
        #expect(try usableCores(affinity: "nonsense") == 4)
        #expect(try usableCores(affinity: "64-67", effective: 3) == 3)
        // Two numberings: the affinity is the host's, the cpuset none of it.
        #expect(try usableCores(affinity: "0-1", cpuset: "64-65") == 2)
        #expect(try usableCores(affinity: nil, cores: nil, listed: false) == nil)
        #expect(try usableCores(affinity: "0-1", effective: 2, cores: 0, listed: false) == nil)
    }

    @Test("a measurement reads back from its JSON as it was")
    func roundTrip() throws {
        let measurement = try NodeMeasurement(record { $0.site = "s1" })
        let data = try JSONEncoder().encode(measurement)
        #expect(try JSONDecoder().decode(NodeMeasurement.self, from: data) == measurement)
    }
}
