// VerificationTests.swift: real measurements, right and wrong, through the whole of measure and verify.
// They are short and say nothing about speed; what they show is that a wrong result cannot become a rate.

import BLASBinding
import CLinux
import ComputeKernels
import MachineProbe
import Measurement
import Quantities
import ResultRecord
import Testing

private func plan(filter: String, isa: [String]) throws -> MeasurementPlan {
    var machine = try MachineProbe(environment: [:]).describe()
    machine.cpu.isa = isa
    let facts = PlanningFacts(
        machine: machine, usable: MachineProbe(environment: [:]).usableCPUs(), clockHertz: 3e9)
    var request = MeasurementRequest()
    request.tier = .quick
    request.filter = filter
    request.seed = 5
    var plan = try Planner.plan(request, facts: facts, libraries: [PlanningLibrary(variant: "openblas")])
    // Small and short: functional tests share the machine with others.
    for index in plan.measurements.indices {
        if plan.measurements[index].order != nil { plan.measurements[index].order = 160 }
        plan.measurements[index].sampling = SamplingLimits(
            targetHalfWidth: 1, minimumSamples: 5, minimumSeconds: 0, maximumSamples: 60, budgetSeconds: 0.05)
        plan.measurements[index].visits = 1
        // Nothing is said about speed here, and under load the clock is read too low.
        plan.measurements[index].peakPerCycle = nil
    }
    return plan
}

private func outcomes(_ plan: MeasurementPlan, library: BLASLibrary?) -> [MeasurementOutcome] {
    execution(plan, library: library).run { _ in }
}

private func execution(
    _ plan: MeasurementPlan, library: BLASLibrary?, signal: Int32 = 0
) -> PlanExecution {
    let machine = (try? MachineProbe(environment: [:]).describe()) ?? MachineDescription()
    return PlanExecution(
        plan: plan, machine: machine, libraries: library.map { [$0] } ?? [], stopSignal: { signal },
        monitor: { _ in { Conditions() } })
}

private func liveISA() -> [String] { (try? MachineProbe(environment: [:]).describe().cpu.isa) ?? [] }

@Suite("Verification", .serialized, .librariesInTurn)
struct VerificationTests {
    @Test("every register kernel that runs here is verified by its replay", arguments: ["core", "node"])
    func registerKernels(scope: String) throws {
        var plan = try plan(filter: "fma/.*/\(scope)", isa: liveISA())
        let template = try #require(plan.measurements.first)
        let runnable = FMAKernel.all.filter { $0.unavailability(isa: liveISA()) == nil }
        plan.measurements = runnable.map { kernel in
            var planned = template
            planned.kernel = .fma(kernel)
            planned.elementType = kernel.elementType
            planned.name = "fma/\(kernel.elementType.rawValue)/\(kernel.variant)/\(scope)"
            return planned
        }
        for outcome in outcomes(plan, library: nil) {
            guard case .verified(let run, _) = outcome else {
                Issue.record("not verified: \(outcome.summary)")
                continue
            }
            #expect(run.checks.map(\.kind) == ["scalar-replay"])
            #expect(run.checks.allSatisfy { $0.passed && $0.count >= 5 })
        }
    }

    @Test("OpenBLAS's products pass, and their placement is read back")
    func rightLibrary() throws {
        let library = try BLASLibrary.openDefault()
        for outcome in outcomes(try plan(filter: "gemm", isa: liveISA()), library: library) {
            guard case .verified(let verified, _) = outcome else {
                Issue.record("not verified: \(outcome.summary)")
                continue
            }
            let isLibrary = verified.run.planned.usesLibrary
            #expect(
                verified.checks.map(\.kind)
                    == ["freivalds", "sampled-entries"] + (isLibrary ? ["own-product"] : []))
            #expect(verified.run.boundCPUs == CPUSet(verified.run.planned.cpus))
            let entry = ResultEntry(MeasurementSummary(verified, conditions: Conditions()))
            #expect(entry.rate != nil && entry.status == .ok)
        }
    }

    @Test("an end state that differs in one bit fails, and CPU and lane are named")
    func wrongState() throws {
        let plan = try plan(filter: "fma/f64/.*/core", isa: liveISA())
        let planned = try #require(plan.measurements.first)
        guard case .fma(let kernel) = planned.kernel else {
            Issue.record("a register kernel was planned")
            return
        }
        let initial = kernel.initialState(seed: 5)
        let right = kernel.expectedState(from: initial, iterations: 1000)
        var wrong = right
        wrong.bits[kernel.lanes + 1] ^= 1
        func run(_ common: FMAState, _ deviations: [EndStateDeviation]) -> RawRun {
            RawRun(
                planned: planned, slices: [Slice(start: 0, seconds: 1, cpuSeconds: nil)], iterationsPerSlice: 1000,
                warmUpPasses: 1, clocks: [[3e9]],
                evidence: .endStates([
                    EndStates(
                        initial: initial, iterations: 1000, common: common, slices: 9, deviating: deviations.count,
                        examples: deviations)
                ]),
                end: .sampleLimit, boundCPUs: [3], memoryNodes: nil, placementText: "registers", threads: 1,
                blasCore: nil)
        }
        #expect(throws: Never.self) { try Verifier.verify(run(right, [])).get() }
        let everywhere = #expect(throws: VerificationFailure.self) { try Verifier.verify(run(wrong, [])).get() }
        #expect(everywhere?.detail.contains("accumulator 1, lane 1") == true)
        let once = [EndStateDeviation(cpu: 17, slice: 4, state: wrong)]
        let failure = #expect(throws: VerificationFailure.self) { try Verifier.verify(run(right, once)).get() }
        #expect(failure?.detail.contains("slice 4 on CPU 17") == true)
        #expect(failure?.checks.first?.cpu == 17 && failure?.checks.first?.residual == 1)
        #expect(everywhere?.checks.first?.residual == 9)
    }

    /// Slices at these shares of the peak at 3 GHz, with the clock seen behind each in GHz.
    private func registerRun(shares: [Double], clocks: [Double]) throws -> RawRun {
        var planned = try #require(try plan(filter: "fma/f64/.*/core", isa: liveISA()).measurements.first)
        planned.peakPerCycle = 16
        guard case .fma(let kernel) = planned.kernel else { throw CancellationError() }
        let initial = kernel.initialState(seed: 5)
        let work = 1000 * planned.workPerIteration
        return RawRun(
            planned: planned, slices: shares.map { Slice(start: 0, seconds: work / (16 * 3e9 * $0), cpuSeconds: nil) },
            iterationsPerSlice: 1000, warmUpPasses: 1, clocks: [clocks.map { $0 * 1e9 }],
            evidence: .endStates([
                EndStates(
                    initial: initial, iterations: 1000, common: kernel.expectedState(from: initial, iterations: 1000),
                    slices: shares.count, deviating: 0, examples: [])
            ]),
            end: .sampleLimit, boundCPUs: [0], memoryNodes: nil, placementText: "registers", threads: 1, blasCore: nil)
    }

    @Test("a median above the stated peak fails although the result is right")
    func abovePeak() throws {
        let run = try registerRun(shares: [1.03, 1.03, 0.5], clocks: [3, 3, 3])
        let failure = #expect(throws: VerificationFailure.self) { try Verifier.verify(run).get() }
        #expect(failure?.kind == .abovePeak && failure?.detail.contains("stated peak") == true)
        #expect(throws: Never.self) {
            try Verifier.verify(registerRun(shares: [1.01, 1.01, 0.5], clocks: [3, 3, 3])).get()
        }
        // A faster clock elsewhere in the run does not excuse the slices that it was not seen behind.
        #expect(throws: VerificationFailure.self) {
            try Verifier.verify(registerRun(shares: [1.03, 1.03, 1.03], clocks: [3, 3, 3.2])).get()
        }
    }

    @Test("a single slice that had a higher clock than any probe is not a failure")
    func burstAboveProbes() throws {
        let verified = try Verifier.verify(registerRun(shares: [1.06, 0.99, 0.98], clocks: [3, 3, 3])).get()
        let residual = verified.checks.last?.residual
        #expect(verified.checks.last?.kind == "stated-peak" && abs((residual ?? 0) - 0.99) < 1e-9)
        // The clock behind each slice counts, so a run at a rising clock is judged by each.
        #expect(throws: Never.self) {
            try Verifier.verify(registerRun(shares: [1, 1.1, 1.2], clocks: [3, 3.3, 3.6])).get()
        }
    }

    @Test("products sampled in turn come with the median of their ratios, slice by slice")
    func comparison() throws {
        let library = try BLASLibrary.openDefault()
        let outcomes = outcomes(try plan(filter: "gemm/f64/.*/core", isa: liveISA()), library: library)
        let comparison = try #require(ComparisonRecord.comparisons(of: outcomes).first)
        #expect(comparison.baseline == "gemm/f64/openblas/core" && comparison.name.contains("/simd-"))
        let runs = outcomes.compactMap { outcome in
            if case .verified(let verified, _) = outcome { verified.run } else { nil }
        }
        #expect(runs.count == 2)
        #expect(comparison.pairs == runs.map(\.slices.count).min())
        // The ratio of rates: work per slice differs where one product is faster.
        let ratios = zip(runs[1].slices, runs[0].slices).map {
            runs[1].workPerSlice / $0.seconds / (runs[0].workPerSlice / $1.seconds)
        }.sorted()
        #expect(abs(comparison.ratio / ratios[ratios.count / 2] - 1) < 0.2)
    }

    @Test("small products are timed in batches, of any order, one included", arguments: [1, 2, 3, 17, 61])
    func smallOrders(order: Int) throws {
        var plan = try plan(filter: "gemm/.*/core", isa: liveISA())
        for index in plan.measurements.indices { plan.measurements[index].order = order }
        for outcome in outcomes(plan, library: try BLASLibrary.openDefault()) {
            guard case .verified(let verified, _) = outcome else {
                Issue.record("not verified: \(outcome.summary)")
                continue
            }
            #expect(verified.run.iterationsPerSlice > 1)
        }
    }

    @Test("a signal ends sampling early and skips the rest")
    func interrupted() throws {
        let plan = try plan(filter: "fma/f64", isa: liveISA())
        let execution = execution(plan, library: nil, signal: 2)
        let outcomes = execution.run { _ in }
        #expect(outcomes.count == plan.measurements.count)
        for outcome in outcomes {
            guard case .skipped(let skipped) = outcome else {
                Issue.record("not skipped: \(outcome)")
                continue
            }
            #expect(skipped.code == "interrupted")
        }
    }
}

extension MeasurementOutcome {
    /// Enough to see what went otherwise than expected.
    fileprivate var summary: String {
        switch self {
        case .verified(let run, _): "\(run.run.planned.title) verified: \(run.checks)"
        case .wrong(let failure, _): "\(failure)"
        case .notMeasured(let planned, let error): "\(planned.title): \(error)"
        case .skipped(let skipped): "\(skipped)"
        }
    }
}
