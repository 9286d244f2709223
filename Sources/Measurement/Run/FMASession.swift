// FMASession.swift: what the threads of one FMA sampling share, and the loop that each of them runs.

import CLinux
import ComputeKernels
import Glibc
import MachineProbe
package import ResultRecord

// Unchecked: a thread writes only to its own trace. The leader reads the others' traces between two barriers, and writes
// the members below, which the others read behind a barrier.
final class FMASession: @unchecked Sendable {
    private let kernel: FMAKernel
    private let entry: FMAKernel.Entry
    private let initial: FMAState
    private let rule: StoppingRule
    private let stopSignal: @Sendable () -> Int32
    private let traces: [FMATrace]
    private var iterations = 0
    private var probe: TimedClockProbe?
    private var warmUpSlices = 0
    private var end: SamplingEnd?
    /// Why the kernel could not be called at all.
    private var fault: KernelFault?

    init(
        kernel: FMAKernel, entry: FMAKernel.Entry, initial: FMAState, threads: Int, iterations: Int?,
        limits: SamplingLimits, stopSignal: @escaping @Sendable () -> Int32
    ) {
        self.kernel = kernel
        self.entry = entry
        self.initial = initial
        self.iterations = iterations ?? 0
        self.stopSignal = stopSignal
        rule = StoppingRule(limits: limits)
        traces = (0..<threads).map { _ in FMATrace(capacity: limits.maximumSamples + FMASampler.batch) }
    }

    /// The loop of one thread; returns when the leader's stopping rule says so.
    func work(_ member: TeamMember) {
        let trace = traces[member.index]
        // Both belong to this call; the copy between slices is then a plain memcpy.
        let size = kernel.stateByteCount
        let state = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: FMAKernel.stateAlignment)
        let start = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: FMAKernel.stateAlignment)
        defer {
            state.deallocate()
            start.deallocate()
        }
        initial.copy(to: start)
        state.copyMemory(from: start, byteCount: size)
        if member.index == 0 {
            fault = firstCall(on: state)
            if fault == nil { calibrate(on: state) }
        }
        member.barrier.wait()
        guard fault == nil, let probe else { return }
        let iterations = iterations

        func slice(into trace: FMATrace?) {
            state.copyMemory(from: start, byteCount: size)
            member.barrier.wait()
            let cpuStart = sl_thread_cpu_ns()
            let begin = sl_monotonic_ns()
            entry.run(iterations: iterations, state: state)
            let end = sl_monotonic_ns()
            let cpuEnd = sl_thread_cpu_ns()
            let clock = probe.hertz()
            guard let trace else { return }
            trace.append(
                start: begin, end: end, clock: clock, cpu: cpuEnd - cpuStart,
                state: UnsafeRawBufferPointer(start: state, count: size))
        }

        for _ in 0..<warmUpSlices { slice(into: nil) }
        while true {
            for _ in 0..<FMASampler.batch { slice(into: trace) }
            member.barrier.wait()
            if member.index == 0 { end = rule.end(afterSlices: seconds(), signal: stopSignal()) }
            member.barrier.wait()
            if end != nil { return }
        }
    }

    /// A processor, or a hypervisor, may refuse an instruction that its feature bits promise.
    private func firstCall(on state: UnsafeMutableRawPointer) -> KernelFault? {
        let signal = entry.withGuardArguments(iterations: 1, state: state) { sl_guarded_call($0, $1) }
        return signal == 0 ? nil : KernelFault(signal: signal)
    }

    private func calibrate(on state: UnsafeMutableRawPointer) {
        let isFirst = iterations == 0
        if isFirst {
            // Up to the proven length an error anywhere in a slice is still in the state at its end.
            iterations = min(
                kernel.longestProvenRun,
                FMASampler.iterations(lasting: FMASampler.secondsPerSlice) { entry.run(iterations: $0, state: state) })
        }
        probe = TimedClockProbe()
        let seconds = isFirst ? FMASampler.warmUpSeconds : FMASampler.revisitWarmUpSeconds
        warmUpSlices = Int(seconds / FMASampler.secondsPerSlice)
    }

    private func seconds() -> [Double] { (0..<traces[0].count).map { slice($0, origin: 0).seconds } }

    private func slice(_ index: Int, origin: UInt64) -> Slice {
        SliceTimes.slice(index, of: traces.lazy.map(\.times), origin: origin)
    }

    /// - Precondition: The team has ended.
    func result(planned: PlannedMeasurement, bound: CPUSet, origin: UInt64) throws -> RawRun {
        if let fault { throw fault }
        let count = traces[0].count
        let common = traces[0].firstState
        let deviations = zip(traces, planned.cpus).flatMap { trace, cpu in
            trace.deviations(from: common).map {
                EndStateDeviation(cpu: cpu, slice: $0.slice, state: FMAState(of: kernel, bytes: $0.state))
            }
        }
        let deviating = traces.reduce(0) { $0 + $1.deviatingCount(from: common) }
        return RawRun(
            planned: planned, slices: (0..<count).map { slice($0, origin: origin) }, iterationsPerSlice: iterations,
            warmUpPasses: warmUpSlices,
            clocks: traces.map(\.clocks),
            evidence: .endStates([
                EndStates(
                    initial: initial, iterations: iterations, common: FMAState(of: kernel, bytes: common),
                    slices: traces.reduce(0) { $0 + $1.count }, deviating: deviating, examples: deviations)
            ]),
            end: end ?? .sampleLimit, boundCPUs: bound, memoryNodes: nil, placementText: "registers",
            threads: planned.cpus.count, blasCore: nil)
    }
}

/// The times and end states of one thread's slices.
///
/// References stay with its thread until the team has ended.
final class FMATrace {
    private(set) var times: SliceTimes
    /// Hertz right behind each slice.
    private(set) var clocks: [Double] = []
    /// The state the first slice ended in.
    private(set) var firstState: [UInt8] = []
    /// How many slices ended in another state than the first, and the first few of them.
    private var differentCount = 0
    private var different: [(slice: Int, state: [UInt8])] = []

    /// A few are as good as thousands: any of them fails the run.
    private static let differentKept = 16

    init(capacity: Int) {
        times = SliceTimes(capacity: capacity)
        clocks.reserveCapacity(capacity)
    }

    var count: Int { times.count }

    func append(start: UInt64, end: UInt64, clock: Double, cpu: UInt64, state: UnsafeRawBufferPointer) {
        if firstState.isEmpty {
            firstState = Array(state)
        } else if !state.elementsEqual(firstState) {
            differentCount += 1
            if different.count < Self.differentKept { different.append((count, Array(state))) }
        }
        times.append(start: start, end: end, cpu: cpu)
        clocks.append(clock)
    }

    func deviatingCount(from common: [UInt8]) -> Int {
        firstState == common ? differentCount : count - different.count { $0.state == common }
    }

    func deviations(from common: [UInt8]) -> [(slice: Int, state: [UInt8])] {
        firstState == common ? different : [(0, firstState)] + different.filter { $0.state != common }
    }
}

extension FMAState {
    fileprivate init(of kernel: FMAKernel, bytes: [UInt8]) {
        self = bytes.withUnsafeBytes { memory in
            guard let start = memory.baseAddress else { preconditionFailure("a kernel has a state") }
            return FMAState(of: kernel, copying: start)
        }
    }
}

/// A kernel of ours that the processor would not run.
package struct KernelFault: UserFacingError, CodedFailure, Hashable {
    package let signal: Int32

    package init(signal: Int32) { self.signal = signal }

    package var what: String { signal == SIGILL ? "illegal instruction" : "stopped by signal \(signal)" }
    package var nextStep: String {
        "The processor does not do what its feature bits say: correct the hypervisor's CPU model, and report it."
    }
    package var exitStatus: ExitStatus { .measurementFailed }
    package var code: String? { signal == SIGILL ? "illegal-instruction" : "crashed" }
}
