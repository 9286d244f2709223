// StreamSamplerTests.swift: short runs of streams through measure and verify, and faults planted while they run.

import ComputeKernels
import MachineProbe
import Measurement
import Quantities
import ResultRecord
import Synchronization
import TestSupport
import Testing

/// Limits for runs that say nothing about speed.
let shortLimits = SamplingLimits(
    targetHalfWidth: 1, minimumSamples: 5, minimumSeconds: 0, maximumSamples: 40, budgetSeconds: 0.02)

/// What a run on this machine plans for `filter`, made short.
func shortPlan(filter: String, _ change: (inout PlannedMeasurement) -> Void) throws -> MeasurementPlan {
    let probe = MachineProbe(environment: [:])
    let facts = PlanningFacts(machine: try probe.describe(), usable: probe.usableCPUs(), clockHertz: 3e9)
    var request = MeasurementRequest()
    request.tier = .quick
    request.filter = filter
    request.seed = 5
    request.duration = 1000
    var plan = try Planner.plan(request, facts: facts, libraries: [])
    for index in plan.measurements.indices {
        plan.measurements[index].sampling = shortLimits
        change(&plan.measurements[index])
    }
    return plan
}

func outcomes(_ plan: MeasurementPlan, signal: Int32 = 0) throws -> [MeasurementOutcome] {
    let machine = try MachineProbe(environment: [:]).describe()
    return PlanExecution(
        plan: plan, machine: machine, libraries: [], stopSignal: { signal }, monitor: { _ in { Conditions() } }
    ).run { _ in }
}

@Suite("Streams", .serialized)
struct StreamSamplerTests {
    private static var kernels: [StreamKernel] {
        let isa = (try? MachineProbe(environment: [:]).describe().cpu.isa) ?? []
        return StreamKernel.all.filter { $0.unavailability(isa: isa) == nil }
    }

    // 100000 B a thread hold 4160 elements in each of three arrays, and 12480 in one.
    @Test("every kernel that runs here is verified on one thread and on all", arguments: ["core", "node"])
    func verified(scope: String) throws {
        var plan = try shortPlan(filter: "stream-triad/f64/.*-nt/\(scope)") { _ in }
        let template = try #require(plan.measurements.first)
        plan.measurements = Self.kernels.map { kernel in
            var planned = template
            planned.name = "\(kernel.kernel)/f64/\(kernel.variant)/\(scope)"
            planned.kernel = .stream(kernel)
            planned.workingSet = WorkingSet(level: .l2, bytes: 100_000 * planned.cpus.count)
            return planned
        }
        for outcome in try outcomes(plan) {
            guard case .verified(let verified, _) = outcome, case .stream(let kernel) = verified.run.planned.kernel
            else {
                Issue.record("not verified: \(outcome)")
                continue
            }
            let run = verified.run
            let threads = run.planned.cpus.count
            let elements = 100_000 / 8 / kernel.arrayCount / kernel.elementsPerTurn * kernel.elementsPerTurn
            // Scalar loops take any number; arrays still end on a cache line.
            let inLines = kernel.elementsPerTurn >= 8 ? elements : 100_000 / 8 / kernel.arrayCount / 8 * 8
            #expect(run.workingSetBytes == inLines * 8 * kernel.arrayCount * threads)
            #expect(run.workPerIteration == Double(inLines * kernel.bytesPerElement * threads))
            #expect(run.iterationsPerSlice >= 1 && run.warmUpPasses >= 3)
            #expect(run.boundCPUs == CPUSet(run.planned.cpus))
            #expect(run.slices.count >= 5 && run.slices.allSatisfy { $0.seconds > 0 })
            let check = try #require(verified.checks.first)
            #expect(check.kind == (kernel.formula == .read ? "stream-sums" : "stream-elements"))
            // A sum per slice and thread, or at least every element of every array.
            let least =
                kernel.formula == .read ? run.slices.count * threads : inLines * kernel.arrayCount * threads
            #expect(check.count >= least)
        }
    }

    @Test("memory is found on the node that it was bound to")
    func placement() throws {
        let plan = try shortPlan(filter: "stream-triad/f64/.*-nt/core") { planned in
            planned.workingSet = WorkingSet(level: .dram, bytes: 6 << 20)
            planned.threadPlacements = [.bind(node: 0)]
        }
        let outcome = try #require(try outcomes(plan).first)
        guard case .verified(let verified, _) = outcome else {
            Issue.record("not verified: \(outcome)")
            return
        }
        #expect(verified.run.memoryNodes == nil || verified.run.memoryNodes == [0])
        #expect(verified.run.placementText.contains("bind:0") || verified.run.placementText.contains("unbound"))
    }

    @Test("a working set that does not fit into memory is refused before it is touched")
    func tooLarge() throws {
        let plan = try shortPlan(filter: "stream-triad/f64/.*-nt/core") { planned in
            planned.workingSet = WorkingSet(level: .dram, bytes: 1 << 50)
        }
        guard case .notMeasured(_, let error) = try #require(try outcomes(plan).first) else {
            Issue.record("measured")
            return
        }
        #expect(error is PlacedMemoryError)
    }

    /// Runs `kernel` on one thread over 2016 elements and changes one in each array after some slices.
    private func comparison(_ kernel: StreamKernel, isCorrupted: Bool) throws -> StreamComparison {
        let count = 2016
        let cpu = try #require(CPUBinding.current().numbers.first)
        let bytes = StreamArrays.byteCount(for: kernel, count: count)
        let memory = try PlacedMemory(byteCount: bytes, placement: .unbound)
        let arrays = try #require(StreamArrays(kernel: kernel, count: count, memory: memory.pointer, seed: 3))
        let looks = Atomic<Int>(0)
        var limits = shortLimits
        limits.minimumSamples = 20
        limits.minimumSeconds = 0.01
        let session = StreamSession(formula: kernel.formula, arrays: [arrays], limits: limits, sliceSeconds: 1e-4) {
            // The leader asks between slices; the passes that follow are part of the measurement.
            if looks.add(1, ordering: .relaxed).newValue == 2, isCorrupted {
                for array in 0..<kernel.arrayCount {
                    let place = memory.pointer + array * (bytes / kernel.arrayCount) + (1000 + 100 * array) * 8
                    place.assumingMemoryBound(to: Double.self).pointee += 1
                }
            }
            return 0
        }
        try PinnedThreadTeam.run(on: [cpu]) { session.work($0) }
        #expect(looks.load(ordering: .relaxed) > 2, "the sampling ended before the fault")
        return session.comparison(cpus: [cpu])
    }

    // The array that is written next is written over unread, so of three changed elements two stay for certain.
    @Test(
        "an element that changes between two slices is found at the end, many passes later",
        arguments: [StreamKernel.Formula.copy, .scale, .add, .triad, .read])
    func plantedFault(formula: StreamKernel.Formula) throws {
        let kernel = try #require(Self.kernels.last { $0.formula == formula && !$0.isNonTemporal })
        let right = try comparison(kernel, isCorrupted: false)
        #expect(right.wrong == 0 && right.checked > 0)
        let wrong = try comparison(kernel, isCorrupted: true)
        #expect(wrong.wrong >= max(1, kernel.arrayCount - 1))
        #expect(wrong.firstDifference?.hasPrefix("on CPU ") == true)
        PlantedFaultReport(
            subject: "streams and loads", fault: "an element of each array off by 1 between two slices",
            place: "stream-\(formula)", verdict: formula == .read ? "stream-sums" : "stream-elements"
        ).log()
    }

    @Test("a signal ends the sampling")
    func interrupted() throws {
        let cpu = try #require(CPUBinding.current().numbers.first)
        let kernel = try #require(Self.kernels.first { $0.formula == .copy })
        let memory = try PlacedMemory(byteCount: StreamArrays.byteCount(for: kernel, count: 64), placement: .unbound)
        let arrays = try #require(StreamArrays(kernel: kernel, count: 64, memory: memory.pointer, seed: 3))
        var limits = shortLimits
        limits.minimumSeconds = 1000
        let session = StreamSession(formula: .copy, arrays: [arrays], limits: limits, sliceSeconds: 1e-4) { 15 }
        try PinnedThreadTeam.run(on: [cpu]) { session.work($0) }
        #expect(session.comparison(cpus: [cpu]).wrong == 0)
    }
}
