// EmptySlices.swift: what a slice of a register kernel costs when the kernel does nothing.
// The steps are those of FMASession.work in the same order, without the look at the clock's frequency.

internal import CLinux
internal import ComputeKernels
internal import MachineProbe
internal import Measurement
internal import Quantities
internal import ResultRecord

/// The cost of a number of slices around 0 iterations, on threads that were bound to one CPU each.
public struct EmptySlices: Sendable {
    /// Nanoseconds from the first thread's start to the last one's end, per slice: what a kernel's time is too long by.
    public let timed: [UInt64]
    /// Nanoseconds from one slice to the next on the leader, mean over all: copying the state, barrier, clocks, traces.
    public let perSlice: Double
    /// Allocations between the first slice and the last, over all threads.
    public let allocations: Int

    /// Nanoseconds that FMASampler's slices last, and of which `timed` is a share.
    public static let slice: Double = 0.25e6

    /// CPUs that this process may use.
    public static var usableCPUs: Int { CPUBinding.current().numbers.count }

    /// - Parameters:
    ///   - threads: At most as many as the process may use CPUs.
    ///   - allocationCount: Allocations of the calling thread until now.
    /// - Throws: When threads cannot be started or bound.
    public init(count: Int, threads: Int, allocationCount: @escaping @Sendable () -> UInt64) throws {
        guard let kernel = FMAKernel.named(variant: "scalar", elementType: .f64), let entry = kernel.entry else {
            preconditionFailure("the scalar kernel is built everywhere")
        }
        let initial = kernel.initialState(seed: 1)
        let size = kernel.stateByteCount
        let traces = (0..<threads).map { _ in Trace(capacity: count) }
        try PinnedThreadTeam.run(on: Array(CPUBinding.current().numbers.prefix(threads))) { member in
            let trace = traces[member.index]
            let state = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: FMAKernel.stateAlignment)
            let start = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: FMAKernel.stateAlignment)
            defer {
                state.deallocate()
                start.deallocate()
            }
            initial.copy(to: start)
            member.barrier.wait()
            let allocationsBefore = allocationCount()
            let first = sl_monotonic_ns()
            for _ in 0..<count {
                state.copyMemory(from: start, byteCount: size)
                member.barrier.wait()
                let cpuStart = sl_thread_cpu_ns()
                let begin = sl_monotonic_ns()
                entry.run(iterations: 0, state: state)
                let end = sl_monotonic_ns()
                let cpuEnd = sl_thread_cpu_ns()
                trace.append(start: begin, end: end, cpu: cpuEnd - cpuStart)
            }
            trace.wall = sl_monotonic_ns() - first
            trace.allocations = allocationCount() - allocationsBefore
        }
        timed = (0..<count).map { slice in
            (traces.map { $0.ends[slice] }.max() ?? 0) - (traces.map { $0.starts[slice] }.min() ?? 0)
        }
        perSlice = Double(traces[0].wall) / Double(count)
        allocations = traces.reduce(0) { $0 + Int($1.allocations) }
    }
}

// Unchecked: a thread writes only to its own trace, and they are read after all threads have ended.
private final class Trace: @unchecked Sendable {
    private(set) var starts: [UInt64] = []
    private(set) var ends: [UInt64] = []
    private(set) var cpuTimes: [UInt64] = []
    var wall: UInt64 = 0
    var allocations: UInt64 = 0

    init(capacity: Int) {
        starts.reserveCapacity(capacity)
        ends.reserveCapacity(capacity)
        cpuTimes.reserveCapacity(capacity)
    }

    func append(start: UInt64, end: UInt64, cpu: UInt64) {
        starts.append(start)
        ends.append(end)
        cpuTimes.append(cpu)
    }
}
