// GateTests.swift: every gate with a record that just passes and one that does not.

import CapacityConversion
import CapacityIndex
import Quantities
import ResultRecord
import Testing

@Suite struct GateTests {
    let steady = [150.0, 151, 149, 150, 150]

    func replacing(_ index: Int, _ change: (inout ResultEntry) -> Void) -> [ResultEntry] {
        var results = steadyResults
        change(&results[index])
        return results
    }

    @Test("a sound record passes all gates and counts with its rate")
    func accepted() throws {
        let conversion = try convert(record())
        let contribution = try #require(conversion.contribution)
        #expect(conversion.gates.map(\.gate) == GateID.allCases.filter { $0 != .hostCap })
        #expect(conversion.gates.allSatisfy { $0.verdict == .pass })
        #expect(abs(contribution.equivalent.value / (27e9 / 0.19) - 1) < 1e-12)
        #expect(abs((contribution.equivalent.relativeSystematic ?? 0) / 5e-4 - 1) < 1e-12)
        #expect(contribution.measuredWith == "gemm/f32/openblas/node, 8 threads")
        #expect(contribution.availability == .assumed)
    }

    @Test("G0: an interrupted run is refused")
    func interrupted() throws {
        #expect(try convert(record { $0.completed = false }).reasons(.reject) == [.interrupted])
    }

    @Test("G0: a missing size is named")
    func missingSize() throws {
        let conversion = try convert(record([steadyResults[0]]))
        #expect(conversion.reasons(.reject) == [.incompleteMix])
        #expect(
            conversion.findings(.reject)[0].subject == "gemm/f32/openblas/node, 8 threads, n=2048: not in the record")
    }

    @Test("G0: a failed size is named with its reason", arguments: [ResultStatus.failed, .skipped, .timeout])
    func failedSize(status: ResultStatus) throws {
        let results = replacing(1) {
            $0.status = status
            $0.rate = nil
            $0.statusCode = "check-failed"
        }
        let finding = try #require(try convert(record(results)).findings(.reject).first)
        #expect(finding.reason == .incompleteMix)
        #expect(finding.subject?.hasSuffix("n=2048: \(status.rawValue), check-failed") == true)
    }

    @Test("G0: a precision that was not measured is named")
    func notMeasured() throws {
        let conversion = try convert(record(), policy: .fp64Only)
        #expect(conversion.reasons(.reject) == [.precisionNotMeasured])
        #expect(conversion.findings(.reject)[0].subject == "FP64")
        #expect(try convert(record([])).reasons(.reject) == [.precisionNotMeasured])
    }

    @Test("G0: a result that counts other operations than 2n³ is refused", arguments: [nil, 1.0, 3 * 0x1p30])
    func workMismatch(flop: Double?) throws {
        let results = replacing(0) {
            $0.flopPerIteration = flop
            $0.iterationsPerSample = 1 << 30
        }
        #expect(try convert(record(results)).reasons(.reject).first == .workMismatch)
    }

    @Test("G0: a run on fewer threads than cores that could be used is refused, one on all of them is not")
    func partialNode() throws {
        let on = { (threads: Int) in
            [1024, 2048].map { gemm($0, gigaflops: [100, 100, 100, 100, 100], threads: threads) }
        }
        #expect(try convert(record(on(8))).contribution != nil)
        let partial = try convert(record(on(7)))
        #expect(partial.reasons(.reject) == [.partialNode])
        #expect(
            partial.findings(.reject).map(\.description) == [
                "gemm/f32/openblas/node ran 7 threads where 8 physical cores could be used: its rate is not the node's"
            ])
        #expect(try convert(record(on(1))).findings(.reject)[0].description.contains("ran 1 thread where 8"))
        // A container with a quota of two CPUs has no more to offer than two.
        let small = try convert(record(on(2)) { $0.machine.limits.effectiveCPUs = 2.5 })
        #expect(small.contribution != nil)
        // Nothing known, nothing found.
        #expect(try convert(record(on(1)) { $0.machine.topology.cores = nil }).reasons(.reject).isEmpty)
    }

    @Test("G0: a faster run on a part of the node is passed over for the one on the whole")
    func partialNodeBeside() throws {
        let results = steadyResults + [1024, 2048].map { gemm($0, gigaflops: [190, 190, 190, 190, 190], threads: 4) }
        let contribution = try #require(try convert(record(results)).contribution)
        #expect(contribution.measuredWith == "gemm/f32/openblas/node, 8 threads")
        #expect(contribution.passedOver.count == 1)
        #expect(contribution.passedOver[0].contains("ran 4 threads where 8 physical cores could be used"))
    }

    @Test("G1: results without a check, or with a failed one, are refused")
    func numeric() throws {
        #expect(try convert(record(replacing(0) { $0.checks = [] })).reasons(.reject) == [.notChecked])
        let failed = replacing(1) { $0.checks[0].passed = false }
        #expect(try convert(record(failed)).reasons(.reject) == [.checkFailed])
    }

    @Test("G2: 2 % above the peak is allowed for the clock's error, more is impossible")
    func abovePeak() throws {
        // 150 GFLOPS against a peak of 150/1.02 and a little less than that.
        let allowed = replacing(1) { $0.theoreticalPeak = 150e9 / 1.0199 }
        #expect(try convert(record(allowed)).contribution != nil)
        let above = try convert(record(replacing(1) { $0.theoreticalPeak = 150e9 / 1.0201 }))
        #expect(above.reasons(.reject) == [.abovePeak])
        #expect(abs((above.findings(.reject)[0].found ?? 0) - 1.0201) < 1e-9)
    }

    @Test("G2: one kernel above its peak is found although the mix as a whole is below")
    func oneKernelAbovePeak() throws {
        let results = [gemm(1024, gigaflops: [250, 250, 250, 250, 250]), gemm(2048, gigaflops: steady)]
        #expect(try convert(record(results)).reasons(.reject) == [.abovePeak])
    }

    @Test("G2: an unknown peak is flagged and the fraction stays unknown")
    func unknownPeak() throws {
        let conversion = try convert(record(replacing(0) { $0.theoreticalPeak = nil }))
        #expect(conversion.reasons(.flag) == [.peakUnknown])
        #expect(try #require(conversion.contribution).fractionOfPeak == nil)
    }

    @Test("G2: less than 5 % of the peak is flagged")
    func farBelowPeak() throws {
        let results = [1024, 2048].map { gemm($0, gigaflops: steady, peak: 3100) }
        #expect(try convert(record(results)).reasons(.flag) == [.farBelowPeak])
    }

    @Test("G2: rates that cannot be are refused", arguments: [0.0, -100])
    func impossibleRates(value: Double) throws {
        let conversion = try convert(record([gemm(1024, gigaflops: [100, 100, value, 100, 100]), steadyResults[1]]))
        #expect(conversion.reasons(.reject).contains(.impossibleRate))
        #expect(conversion.findings(.reject).first { $0.reason == .impossibleRate }?.found == value * 1e9)
    }

    @Test("G2: rates that overflow are refused")
    func overflowingRates() throws {
        let results = [1024, 2048].map { gemm($0, gigaflops: Array(repeating: 1e299, count: 5), peak: nil, seconds: 0) }
        #expect(try convert(record(results)).contribution == nil)
    }

    @Test("G3: five samples are the fewest")
    func samples() throws {
        let conversion = try convert(record([gemm(1024, gigaflops: [100, 100, 100, 100]), steadyResults[1]]))
        #expect(conversion.reasons(.reject) == [.tooFewSamples])
    }

    // Rates 100 ± d, two each way and one in the middle: s = √(4 d² / 4) = d, so the CV is d per cent.
    @Test(
        "G3: a CV up to 5 % passes, up to 15 % is flagged, above is refused with its number",
        arguments: [(4.9, GateVerdict.pass), (5.1, .flag), (14.9, .flag), (15.1, .reject)])
    func variation(percent: Double, verdict: GateVerdict) throws {
        let rates = [100 - percent, 100 + percent, 100, 100 + percent, 100 - percent]
        let conversion = try convert(record([gemm(1024, gigaflops: rates), steadyResults[1]]))
        let stability = try #require(conversion.gates.first { $0.gate == .stability })
        #expect(stability.verdict == verdict)
        if verdict == .reject {
            #expect(
                stability.findings.map(\.description)
                    == ["CV 15.1 % of gemm/f32/openblas/node n=1024 is above 15.0 %"])
        }
    }

    @Test("G3: a rate that falls to less than 90 % in the last third is refused")
    func slowingDown() throws {
        let falling = try convert(record([gemm(1024, gigaflops: [106, 106, 100, 100, 95, 95]), steadyResults[1]]))
        #expect(falling.reasons(.reject) == [.slowsDown])
        let rising = try convert(record([gemm(1024, gigaflops: [95, 95, 100, 100, 106, 106]), steadyResults[1]]))
        #expect(rising.contribution != nil)
    }

    @Test("G3: what the measuring side distrusted is flagged")
    func untrusted() throws {
        #expect(try convert(record(replacing(0) { $0.quality = .untrusted })).reasons(.flag) == [.untrustedRun])
    }

    @Test("G4: a kernel timed for less than a second in all is refused")
    func tooShort() throws {
        let results = [gemm(1024, gigaflops: [100, 100, 100, 100, 100], seconds: 0.19), steadyResults[1]]
        #expect(try convert(record(results)).reasons(.reject) == [.tooShort])
    }

    // One multiplication at n = 1024 and 100 TFLOPS takes 21.5 µs: a step of 1 µs is 4.7 % of it.
    @Test("G4: samples too short for the clock are refused")
    func clock() throws {
        let quick = gemm(1024, gigaflops: Array(repeating: 100_000, count: 50_000), peak: nil, seconds: 0)
        let conversion = try convert(record([quick, steadyResults[1]]))
        #expect(conversion.reasons(.reject) == [.clockTooCoarse])
        #expect(abs((conversion.findings(.reject)[0].found ?? 0) - 0.0466) < 1e-3)
    }

    @Test("G5: a node without identity is refused, one with a generated identity flagged")
    func identity() throws {
        #expect(try convert(record { $0.machine.host.machineIDHash = nil }).reasons(.reject) == [.noIdentity])
        #expect(try convert(record { $0.machine.host.machineIDHash = "" }).reasons(.reject) == [.noIdentity])
        let generated = try convert(record { $0.machine.host.machineIDSource = "generated" })
        #expect(generated.reasons(.flag) == [.generatedIdentity])
    }

    @Test("G7: more threads than cores are noted; capacity comes from the best run and is never a sum of runs")
    func threads() throws {
        let results = steadyResults + [1024, 2048].map { gemm($0, gigaflops: [160, 160, 160, 160, 160], threads: 16) }
        let conversion = try convert(record(results))
        let contribution = try #require(conversion.contribution)
        #expect(abs(contribution.equivalent.value / 160e9 - 1) < 1e-12)
        #expect(conversion.reasons(.flag) == [.moreThreadsThanCores])
        #expect(contribution.passedOver == ["gemm/f32/openblas/node, 8 threads: 142.1 GFLOPS"])
        #expect(try convert(record { $0.machine.topology.cores = nil }).reasons(.flag) == [.coresUnknown])
    }

    // 120 twice and 190 three times: mean 162, s = √((2 · 42² + 3 · 28²) / 4) = 38.34, which is 23.7 %.
    @Test("the best library that passes counts, and the others are named with the reason")
    func libraries() throws {
        let unstable = [1024, 2048].map { gemm($0, gigaflops: [120, 190, 120, 190, 190], library: "blis") }
        let incomplete = [gemm(1024, gigaflops: [190, 190, 190, 190, 190], library: "mkl")]
        let conversion = try convert(record(unstable + incomplete + steadyResults))
        let contribution = try #require(conversion.contribution)
        #expect(contribution.measuredWith == "gemm/f32/openblas/node, 8 threads")
        #expect(contribution.passedOver.count == 2)
        #expect(contribution.passedOver[0].contains("CV 23.7 % of gemm/f32/blis/node n=1024 is above 15.0 %"))
        #expect(
            contribution.passedOver[1]
                == "gemm/f32/mkl/node, 8 threads: no rate (incomplete, n=2048: not in the record)")
    }

    @Test("G8: freshness is judged at the date of the index")
    func freshness() throws {
        let later = now.advanced(byDays: 100)
        #expect(try convert(record(), asOf: later).reasons(.flag) == [.stale])
        #expect(try convert(record(), asOf: now.advanced(byDays: 400)).reasons(.reject) == [.expired])
    }

    @Test("G9: a record without a verified digest is refused, one that is being sealed is not")
    func provenance() throws {
        let unsealed = record { $0.digest = nil }
        #expect(try convert(record(), provenance: .unsealed).reasons(.reject) == [.unsealed])
        #expect(try convert(unsealed, provenance: .verified).reasons(.reject) == [.unsealed])
        #expect(try convert(unsealed, provenance: .beingSealed).contribution != nil)
        #expect(try convert(record { $0.tool.sha256 = nil }).reasons(.flag) == [.binaryUnknown])
    }

    @Test("G10: five minutes ahead are the clocks' difference, more is the future")
    func future() throws {
        let ahead = try convert(record { $0.endedAt = "2026-11-23T12:05:00Z" })
        #expect(ahead.contribution != nil)
        let future = try convert(record { $0.endedAt = "2026-11-23T12:05:01Z" })
        #expect(future.reasons(.reject) == [.futureMeasurement])
        #expect(future.findings(.reject)[0].found == 301)
    }

    @Test("G10: a run that ends before it starts, or overlaps another on the node, is refused")
    func windows() throws {
        #expect(try convert(record { $0.endedAt = "2026-11-23T09:59:59Z" }).reasons(.reject) == [.endsBeforeStart])
        let start = Timestamp("2026-11-23T10:00:00Z")!.secondsSince1970
        let itself = RunWindow(runID: record().runID, start: start, end: start + 60)
        let before = RunWindow(runID: "b", start: start - 60, end: start)
        #expect(try convert(record(), others: [itself, before]).contribution != nil)
        let beside = RunWindow(runID: "c", start: start + 59, end: start + 90)
        #expect(try convert(record(), others: [itself, beside]).reasons(.reject) == [.overlappingRun])
    }

    @Test("all that is wrong is reported at once")
    func everything() throws {
        let spoiled = record([gemm(1024, gigaflops: [100, 50, 100, 150], seconds: 0.01), steadyResults[1]]) {
            $0.completed = false
            $0.machine.host.machineIDHash = nil
        }
        #expect(
            Set(try convert(spoiled, provenance: .unsealed).reasons(.reject))
                == [.interrupted, .tooFewSamples, .tooShort, .noIdentity, .unsealed])
    }
}
