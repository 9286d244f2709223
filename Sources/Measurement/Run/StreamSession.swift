// StreamSession.swift: what the threads of one sampling of streams share, and the loop that each of them runs.
// Nothing looks at the arrays between slices: what a pass left wrong is still there at the end (docs/memory.md).

import CLinux
package import ComputeKernels
import MachineProbe
import ResultRecord
import SampleStatistics

// Unchecked: a thread writes only to its own seat. The leader reads the others' seats between two barriers, and writes
// the members below, which the others read behind a barrier.
package final class StreamSession: @unchecked Sendable {
    private let formula: StreamKernel.Formula
    private let rule: StoppingRule
    private let sliceSeconds: Double
    private let stopSignal: @Sendable () -> Int32
    private let seats: [StreamSeat]
    private var passes: Int
    private var isCalibrated: Bool
    private var warmUpPasses = 0
    private var batch: Int
    private var end: SamplingEnd?

    /// - Parameters:
    ///   - arrays: One per thread, in memory that outlives the session.
    ///   - passes: Per slice; nil to find them.
    ///   - sliceSeconds: What a slice takes then, unless one pass takes longer.
    package init(
        formula: StreamKernel.Formula, arrays: [StreamArrays], passes: Int? = nil, limits: SamplingLimits,
        sliceSeconds: Double, stopSignal: @escaping @Sendable () -> Int32
    ) {
        self.formula = formula
        self.sliceSeconds = sliceSeconds
        self.stopSignal = stopSignal
        self.passes = passes ?? 1
        isCalibrated = passes != nil
        rule = StoppingRule(limits: limits)
        seats = arrays.map { StreamSeat(arrays: $0, capacity: 2 * limits.maximumSamples) }
        batch = max(1, limits.minimumSamples)
    }

    /// The loop of one thread; returns when the leader's stopping rule says so and its arrays are compared.
    package func work(_ member: TeamMember) {
        let seat = seats[member.index]
        seat.arrays.fill()
        let sum = formula == .read ? seat.arrays.expectedSum(passes: 1) : 0
        calibrate(member, seat)
        let passes = passes
        while end == nil {
            for _ in 0..<batch {
                member.barrier.wait()
                let cpuStart = sl_thread_cpu_ns()
                let begin = sl_monotonic_ns()
                let found = seat.arrays.run(passes: passes)
                let end = sl_monotonic_ns()
                let cpuEnd = sl_thread_cpu_ns()
                seat.append(start: begin, end: end, cpu: cpuEnd - cpuStart)
                switch formula {
                case .read: seat.compare(sum: found, expected: sum * Double(passes))
                case .write: seat.compareSomeElements()
                case .copy, .scale, .add, .triad: break
                }
            }
            member.barrier.wait()
            if member.index == 0 { decide() }
            member.barrier.wait()
        }
        if formula != .read { seat.comparison += seat.arrays.compare() }
    }

    /// Finds the passes that make a slice, with all threads at work, since they share caches and memory. Where they are
    /// known, one slice warms up.
    private func calibrate(_ member: TeamMember, _ seat: StreamSeat) {
        if isCalibrated {
            member.barrier.wait()
            _ = seat.arrays.run(passes: passes)
            if member.index == 0 { warmUpPasses += passes }
            return
        }
        while !isCalibrated {
            seat.best = .max
            for _ in 0..<3 {
                member.barrier.wait()
                let start = sl_monotonic_ns()
                _ = seat.arrays.run(passes: passes)
                seat.best = min(seat.best, sl_monotonic_ns() - start)
            }
            member.barrier.wait()
            if member.index == 0 {
                warmUpPasses += 3 * passes
                let seconds = Double(max(1, seats.map(\.best).max() ?? 1)) * 1e-9
                isCalibrated = seconds >= sliceSeconds / 4
                passes = isCalibrated ? max(1, Int(Double(passes) * sliceSeconds / seconds)) : 2 * passes
            }
            member.barrier.wait()
        }
    }

    private func decide() {
        let seconds = (0..<seats[0].times.count).map { slice($0, origin: 0).seconds }
        end = rule.end(afterSlices: seconds, signal: stopSignal())
        // The rule sums all slices; looking after each tenth more keeps its cost linear.
        batch = max(1, seconds.count / 10)
    }

    private func slice(_ index: Int, origin: UInt64) -> Slice {
        SliceTimes.slice(index, of: seats.lazy.map(\.times), origin: origin)
    }

    /// What was compared in the results of all threads.
    ///
    /// - Precondition: The team has ended.
    package func comparison(cpus: [Int]) -> StreamComparison {
        var sum = StreamComparison()
        for (seat, cpu) in zip(seats, cpus) {
            var part = seat.comparison
            part.firstDifference = part.firstDifference.map { "on CPU \(cpu), \($0)" }
            sum += part
        }
        return sum
    }

    /// - Precondition: The team has ended.
    func result(planned: PlannedMeasurement, bound: CPUSet, memory: ThreadMemory, origin: UInt64) -> RawRun {
        let count = seats[0].times.count
        let comparison = comparison(cpus: planned.cpus)
        return RawRun(
            planned: planned, slices: (0..<count).map { slice($0, origin: origin) }, iterationsPerSlice: passes,
            warmUpPasses: warmUpPasses, clocks: [],
            evidence: .counted(
                kind: formula == .read ? "stream-sums" : "stream-elements", wrong: comparison.wrong,
                checked: comparison.checked, firstDifference: comparison.firstDifference),
            end: end ?? .sampleLimit, boundCPUs: bound, memoryNodes: memory.nodesFound(),
            placementText: memory.placementDescription, threads: seats.count, blasCore: nil)
    }
}

/// The arrays of one thread, the times of its slices, and what was wrong in them.
///
/// References stay with its thread until the team has ended.
final class StreamSeat {
    var arrays: StreamArrays
    /// Nanoseconds of the fastest trial while calibrating.
    var best = UInt64.max
    private(set) var times: SliceTimes
    var comparison = StreamComparison()
    private var generator = SeededGenerator(seed: 1)

    /// Elements of write that are looked at after each slice.
    private static let someElements = 64

    init(arrays: StreamArrays, capacity: Int) {
        self.arrays = arrays
        times = SliceTimes(capacity: capacity)
    }

    func append(start: UInt64, end: UInt64, cpu: UInt64) {
        times.append(start: start, end: end, cpu: cpu)
    }

    func compare(sum: Double, expected: Double) {
        comparison.checked += 1
        guard sum != expected else { return }
        comparison.wrong += 1
        comparison.firstDifference =
            comparison.firstDifference ?? "slice \(times.count - 1): expected a sum of \(expected), found \(sum)"
    }

    /// Looks at elements here and there, few enough to leave the caches as they are: the next pass overwrites them all.
    func compareSomeElements() {
        for _ in 0..<Self.someElements {
            let index = generator.index(below: arrays.count)
            comparison += arrays.compare(index..<index + 1)
        }
    }
}
