// QualityReasonTests.swift: which disturbance lowers the trust in a figure, from where on, and in which words.

import ComputeKernels
import MachineProbe
import Measurement
import ResultRecord
import SampleStatistics
import Testing

@Suite("Quality reasons")
struct QualityReasonTests {
    /// Forty equal slices of a register kernel on one thread, at a steady clock: trusted by itself.
    private func run(slices: Int = 40, clocks: [Double]? = nil) throws -> RawRun {
        let plan = try shortPlan(filter: "^fma/f64/.*/core$") { _ in }
        let planned = try #require(plan.measurements.first)
        guard case .fma(let kernel) = planned.kernel else { throw CancellationError() }
        let initial = kernel.initialState(seed: 1)
        return RawRun(
            planned: planned, slices: (0..<slices).map { Slice(start: Double($0), seconds: 0.5, cpuSeconds: nil) },
            iterationsPerSlice: 1000, warmUpPasses: 1, clocks: [clocks ?? Array(repeating: 3e9, count: slices)],
            evidence: .endStates([
                EndStates(
                    initial: initial, iterations: 1000,
                    common: kernel.expectedState(from: initial, iterations: 1000), slices: slices, deviating: 0,
                    examples: [])
            ]),
            end: .sampleLimit, boundCPUs: CPUSet(planned.cpus), memoryNodes: nil, placementText: "registers",
            threads: 1, blasCore: nil)
    }

    private func reasons(_ change: (inout Conditions) -> Void) throws -> [QualityReason] {
        var conditions = Conditions()
        conditions.visits = 1
        conditions.seconds = 10
        conditions.cpuSeconds = 10
        change(&conditions)
        return try reasons(run(), conditions)
    }

    private func reasons(_ run: RawRun, _ conditions: Conditions = Conditions()) -> [QualityReason] {
        let interval = SustainedRate(work: 1, seconds: run.slices.map(\.seconds))
        return QualityReason.reasons(
            for: run, interval: interval, sustainedShare: 1, peakShare: 0.99, conditions: conditions)
    }

    /// Ten seconds of one CPU, busy throughout with what is ours but for `stolen` and `others`, in ticks.
    private func ticks(stolen: Int = 0, interrupts: Int = 0, others: Double = 0) -> (CPUTicks, ProcessUsage) {
        let busy = 1000 - stolen - interrupts
        return (
            CPUTicks(busy: busy, interrupts: interrupts, stolen: stolen, idle: 0, readings: 1),
            ProcessUsage(
                cpuSeconds: (Double(busy) - others) / 100, voluntarySwitches: 0, involuntarySwitches: 0, majorFaults: 0)
        )
    }

    @Test("equal slices on an undisturbed machine give no reason, and what is not known gives none")
    func undisturbed() throws {
        #expect(try reasons(run()).isEmpty)
        #expect(
            try reasons {
                ($0.usedCPUs, $0.process) = ticks()
                $0.throttling = ThrottleCounters(periods: 90, throttledPeriods: 0, throttledMicroseconds: 0)
                $0.swappedIn = 0
                $0.swappedOut = 100
                $0.migratedPages = 100
                $0.interrupts = ["Local timer interrupts": 10_000]
                $0.throttleEvents = 0
                $0.celsiusMax = 95
                $0.clockSettings = ClockSettings(governors: ["performance"], restraining: [], limitShare: 1)
                $0.memoryErrors = MemoryErrors()
                $0.machineChecks = MachineChecks()
            }.isEmpty)
    }

    // One tick is left for rounding: of 1000, 11 are 1 % for sure at most, 12 are more, 22 are more than 2 %.
    @Test(
        "steal is remarked on above 1 % and is not trusted above 2 %, rounding set aside",
        arguments: [(11, nil), (12, .noisy), (21, .noisy), (22, .untrusted)] as [(Int, Quality?)])
    func steal(stolen: Int, quality: Quality?) throws {
        let found = try reasons { ($0.usedCPUs, $0.process) = ticks(stolen: stolen) }.filter { $0.code == "steal" }
        #expect(found.map(\.severity) == (quality.map { [$0] } ?? []))
    }

    @Test(
        "competing load counts as steal does",
        arguments: [(10, nil), (15, .noisy), (50, .untrusted)] as [(Double, Quality?)])
    func competing(others: Double, quality: Quality?) throws {
        let found = try reasons { ($0.usedCPUs, $0.process) = ticks(others: others) }
        #expect(found.map(\.code) == (quality == nil ? [] : ["competing-load"]))
        #expect(found.map(\.severity) == (quality.map { [$0] } ?? []))
    }

    // Busy for `busy` of 1000 ticks: twice √(1000 p (1 − p)) and one tick are error. 30: 11.8; 45: 14.1; 70: 17.1.
    @Test(
        "a busy hardware thread beside counts half as much",
        arguments: [(30, nil), (45, .noisy), (70, .untrusted)] as [(Int, Quality?)])
    func sibling(busy: Int, quality: Quality?) throws {
        let found = try reasons {
            ($0.usedCPUs, $0.process) = ticks()
            $0.siblings = CPUTicks(busy: busy, idle: 1000 - busy, readings: 1)
        }
        #expect(found.map(\.code) == (quality == nil ? [] : ["sibling-busy"]))
        #expect(found.map(\.severity) == (quality.map { [$0] } ?? []))
    }

    private static let disturbances: [(code: String, quality: Quality, change: @Sendable (inout Conditions) -> Void)] =
        [
            ("interrupts", .noisy, { $0.interrupts = ["eth0": 60_000] }),
            ("interrupts", .noisy, { $0.usedCPUs = CPUTicks(busy: 900, interrupts: 100, readings: 1) }),
            (
                "swap", .noisy,
                {
                    $0.swappedIn = 0
                    $0.swappedOut = 3000
                }
            ),
            (
                "swap", .untrusted,
                {
                    $0.swappedIn = 5
                    $0.swappedOut = 0
                    $0.process = ProcessUsage(
                        cpuSeconds: 9, voluntarySwitches: 0, involuntarySwitches: 0, majorFaults: 2)
                }
            ),
            ("numa-balancing", .noisy, { $0.migratedPages = 200_000 }),
            (
                "throttled-by-quota", .untrusted,
                { $0.throttling = ThrottleCounters(periods: 9, throttledPeriods: 1, throttledMicroseconds: 5) }
            ),
            ("thermal-throttling", .noisy, { $0.throttleEvents = 1 }),
            (
                "governor-not-performance", .noisy,
                {
                    $0.clockSettings = ClockSettings(
                        governors: ["powersave"], restraining: ["powersave"], limitShare: nil)
                }
            ),
            (
                "clock-limited", .noisy,
                { $0.clockSettings = ClockSettings(governors: ["performance"], restraining: [], limitShare: 0.8) }
            ),
            ("memory-errors-corrected", .noisy, { $0.memoryErrors = MemoryErrors(corrected: 1) }),
            ("memory-errors-uncorrected", .untrusted, { $0.memoryErrors = MemoryErrors(uncorrected: 1) }),
            ("machine-checks", .noisy, { $0.machineChecks = MachineChecks(thresholds: 1) }),
            ("machine-checks", .untrusted, { $0.machineChecks = MachineChecks(exceptions: 1) }),
            ("machine-checks", .untrusted, { $0.machineChecks = MachineChecks(deferred: 1) }),
        ]

    @Test("each disturbance gives its own reason, with words and a cure", arguments: disturbances.indices)
    func disturbance(index: Int) throws {
        let (code, quality, change) = Self.disturbances[index]
        let found = try reasons { conditions in change(&conditions) }
        #expect(found.map(\.code) == [code] && found.map(\.severity) == [quality])
        #expect(found.allSatisfy { $0.finding.count > 15 && QualityReason.cure(code: $0.code) != nil })
    }

    // OpenBLAS 0.3.21 takes Emerald Rapids for a Prescott and reaches a tenth of the peak, a sixth of its own best kernels.
    @Test(
        "a library that stays below half of the peak with large matrices is not trusted",
        arguments: [(1024, 0.106, true), (1024, 0.499, true), (1024, 0.5, false), (1023, 0.106, false)])
    func libraryKernels(order: Int, share: Double, isRemarked: Bool) throws {
        var product = try run()
        product.planned.kernel = .gemm(.library(0))
        product.planned.order = order
        product.blasCore = "Prescott"
        let found = QualityReason.reasons(
            for: product, interval: SustainedRate(work: 1, seconds: product.slices.map(\.seconds)), sustainedShare: 1,
            peakShare: share, conditions: Conditions())
        #expect(found == (isRemarked ? [.libraryBelowPeak(fraction: share, kernels: "Prescott")] : []))
        #expect(found.allSatisfy { $0.severity == .untrusted && $0.finding.contains("Prescott") })
        #expect(QualityReason.cure(code: "library-below-peak")?.contains("OPENBLAS_CORETYPE") == true)
    }

    @Test("both memory errors are named with their modules")
    func modules() throws {
        let found = try reasons {
            $0.memoryErrors = MemoryErrors(corrected: 2, uncorrected: 1, modules: ["DIMM_A1", "DIMM_C2"])
        }
        #expect(
            found.map(\.finding) == [
                "1 memory error not corrected in DIMM_A1, DIMM_C2", "2 memory errors corrected in DIMM_A1, DIMM_C2",
            ])
    }

    @Test("a clock that moved is remarked on, one probe that was slow is not")
    func clock() throws {
        var clocks = Array(repeating: 3e9, count: 40)
        clocks[7] = 1e9
        #expect(try reasons(run(clocks: clocks)).isEmpty)
        for index in 20..<40 { clocks[index] = 2.9e9 }
        #expect(try reasons(run(clocks: clocks)).map(\.code) == ["clock-moved"])
    }

    @Test("findings of the samples' shape are passed on")
    func shape() throws {
        let run = try run()
        let found = QualityReason.reasons(
            for: run, interval: SustainedRate(work: 1, seconds: run.slices.map(\.seconds)), sustainedShare: 1,
            peakShare: nil, conditions: Conditions(), bimodal: (slowerShare: 0.25, ratio: 0.5),
            levelChange: (ratio: 0.9, at: 0.6))
        #expect(found == [.bimodal(slowerShare: 0.25, ratio: 0.5), .levelChanged(ratio: 0.9, at: 0.6)])
        #expect(found.allSatisfy { $0.severity == .noisy && QualityReason.cure(code: $0.code) != nil })
    }

    @Test("too few samples, a wide interval and an early end are told by the run itself")
    func samples() throws {
        #expect(try reasons(run(slices: 4)) == [.fewSamples(4)])
        var wide = try run()
        wide.planned.sampling.targetHalfWidth = 0.001
        for index in 0..<20 { wide.slices[index].seconds = 0.51 }
        wide.end = .interrupted(signal: 2)
        #expect(reasons(wide).map(\.code) == ["interval-too-wide", "interrupted"])
    }
}
