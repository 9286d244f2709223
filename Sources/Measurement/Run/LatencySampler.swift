// LatencySampler.swift: times chains of dependent loads along a random cycle through all lines of a working set.

import CLinux
package import ComputeKernels
import MachineProbe
import ResultRecord

/// Samples the time of one load. Each thread follows a cycle of its own, and goes on where its last slice ended.
struct LatencySampler {
    let planned: PlannedMeasurement
    let workingSet: WorkingSet
    /// Loads per slice, as an earlier visit found them; nil at the first.
    let loads: Int?
    let seed: UInt64
    /// Start of the run on the monotonic clock, in nanoseconds.
    let origin: UInt64
    let stopSignal: @Sendable () -> Int32

    /// As for register kernels (docs/sampling.md): in main memory still more than a thousand loads.
    static let secondsPerSlice = 0.25e-3
    /// Caches are filled by going around twice, where that takes no longer than this.
    static let longestWarmUpSeconds = 0.2
    /// Slices between two looks at the stopping rule.
    static let batch = 20

    func run() throws -> RawRun {
        let threads = planned.cpus.count
        let lines = max(2, workingSet.bytes / threads / PointerChase.lineBytes)
        let memory = try ThreadMemory(
            planned: planned, bytesPerThread: lines * PointerChase.lineBytes, hugePages: workingSet.hugePages)
        let session = LatencySession(
            memory: memory.regions.map(\.pointer), lines: lines, loads: loads, seed: seed,
            limits: planned.sampling.share(of: planned.visits), stopSignal: stopSignal)
        let bound = try PinnedThreadTeam.run(on: planned.cpus) { session.work($0) }
        var run = session.result(planned: planned, bound: bound, memory: memory, origin: origin)
        run.workingSetBytes = lines * PointerChase.lineBytes * threads
        return run
    }
}

// Unchecked: a thread writes only to its own trace. The leader reads the others' traces between two barriers, and writes
// the members below, which the others read behind a barrier.
package final class LatencySession: @unchecked Sendable {
    private let memory: [UnsafeMutableRawPointer]
    private let lines: Int
    private let seed: UInt64
    private let rule: StoppingRule
    private let stopSignal: @Sendable () -> Int32
    private let traces: [LatencyTrace]
    private var turns: Int
    private let isCalibrated: Bool
    private var warmUpTurns = 0
    private var end: SamplingEnd?

    /// - Parameters:
    ///   - memory: One region per thread, which outlives the session.
    ///   - lines: Of each region, ≥ 2.
    ///   - loads: Per slice, as `loadsPerSlice` of an earlier session said; nil to find them.
    package init(
        memory: [UnsafeMutableRawPointer], lines: Int, loads: Int? = nil, seed: UInt64, limits: SamplingLimits,
        stopSignal: @escaping @Sendable () -> Int32
    ) {
        self.memory = memory
        self.lines = lines
        self.seed = seed
        self.stopSignal = stopSignal
        turns = max(1, (loads ?? 0) / PointerChase.loadsPerTurn)
        isCalibrated = loads != nil
        rule = StoppingRule(limits: limits)
        traces = memory.map { _ in LatencyTrace() }
    }

    private var loadsPerSlice: Int { turns * PointerChase.loadsPerTurn }

    /// The loop of one thread; returns when the leader's stopping rule says so.
    package func work(_ member: TeamMember) {
        let trace = traces[member.index]
        let chase = PointerChase(
            memory: memory[member.index], lineCount: lines, seed: seed &+ UInt64(member.index))
        trace.isOneCycle = chase.isOneCycle
        var place = warmUp(member, chase)
        // A place that is not on the cycle has no rank, and nothing that follows is right.
        var rank = chase.rank(of: place) ?? 0
        member.barrier.wait()
        let turns = turns
        let loads = loadsPerSlice
        while end == nil {
            for _ in 0..<LatencySampler.batch {
                member.barrier.wait()
                let cpuStart = sl_thread_cpu_ns()
                let begin = sl_monotonic_ns()
                place = PointerChase.follow(turns: turns, from: place)
                let end = sl_monotonic_ns()
                let cpuEnd = sl_thread_cpu_ns()
                rank = (rank + loads) % lines
                trace.append(
                    start: begin, end: end, cpu: cpuEnd - cpuStart, expected: rank, found: chase.rank(of: place))
            }
            member.barrier.wait()
            if member.index == 0 {
                let seconds = (0..<trace.times.count).map { slice($0, origin: 0).seconds }
                end = rule.end(afterSlices: seconds, signal: stopSignal())
            }
            member.barrier.wait()
        }
    }

    /// Goes around twice or for a while, and finds how many turns make a slice.
    ///
    /// - Returns: Where the chain stands then.
    private func warmUp(_ member: TeamMember, _ chase: PointerChase) -> PointerChase.Place {
        var place = chase.origin
        let limit = sl_monotonic_ns() + UInt64(LatencySampler.longestWarmUpSeconds * 1e9)
        let around = (2 * lines + PointerChase.loadsPerTurn - 1) / PointerChase.loadsPerTurn
        var made = 0
        while made < around, sl_monotonic_ns() < limit {
            let turns = min(64, around - made)
            place = PointerChase.follow(turns: turns, from: place)
            made += turns
        }
        if member.index == 0 {
            warmUpTurns = made
            guard !isCalibrated else { return place }
            turns = FMASampler.iterations(lasting: LatencySampler.secondsPerSlice) {
                place = PointerChase.follow(turns: $0, from: place)
            }
        }
        return place
    }

    private func slice(_ index: Int, origin: UInt64) -> Slice {
        SliceTimes.slice(index, of: traces.lazy.map(\.times), origin: origin)
    }

    /// How many slices ended at a wrong line; all of them when the lines are not one cycle.
    ///
    /// - Precondition: The team has ended.
    package func comparison() -> StreamComparison {
        var sum = StreamComparison()
        for trace in traces { sum += trace.comparison }
        if traces.contains(where: { !$0.isOneCycle }) {
            sum.wrong = sum.checked
            sum.firstDifference = "the chain does not pass each of its \(lines) lines once"
        }
        return sum
    }

    /// - Precondition: The team has ended.
    func result(planned: PlannedMeasurement, bound: CPUSet, memory: ThreadMemory, origin: UInt64) -> RawRun {
        let count = traces[0].times.count
        let comparison = comparison()
        return RawRun(
            planned: planned, slices: (0..<count).map { slice($0, origin: origin) }, iterationsPerSlice: loadsPerSlice,
            warmUpPasses: warmUpTurns * PointerChase.loadsPerTurn / lines, clocks: [],
            evidence: .counted(
                kind: "chase-end", wrong: comparison.wrong, checked: comparison.checked,
                firstDifference: comparison.firstDifference),
            end: end ?? .sampleLimit, boundCPUs: bound, memoryNodes: memory.nodesFound(),
            placementText: memory.placementDescription, threads: traces.count, blasCore: nil)
    }
}

/// The times of one thread's slices, and which of them ended at a wrong line.
private final class LatencyTrace {
    var isOneCycle = false
    private(set) var times = SliceTimes(capacity: 0)
    private(set) var comparison = StreamComparison()

    func append(start: UInt64, end: UInt64, cpu: UInt64, expected: Int, found: Int?) {
        comparison.checked += 1
        if found != expected {
            comparison.wrong += 1
            let place = found.map { "the line of rank \($0)" } ?? "no line of the cycle"
            comparison.firstDifference =
                comparison.firstDifference
                ?? "slice \(times.count): expected the line of rank \(expected), found \(place)"
        }
        times.append(start: start, end: end, cpu: cpu)
    }
}
