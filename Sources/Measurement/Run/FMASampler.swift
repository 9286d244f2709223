// FMASampler.swift: times slices of a register kernel on pinned threads, with a look at the clock after each.
// The clock is read right behind the arithmetic, because wide vectors may lower it for about a millisecond.

import CLinux
import ComputeKernels
import SampleStatistics
import Synchronization

/// Samples one register kernel. All threads start each slice together; the slice ends with the last of them.
struct FMASampler {
    let planned: PlannedMeasurement
    let kernel: FMAKernel
    /// Per slice, as an earlier visit found them; nil at the first.
    let iterations: Int?
    let seed: UInt64
    /// Start of the run on the monotonic clock, in nanoseconds.
    let origin: UInt64
    let stopSignal: @Sendable () -> Int32

    /// Short enough that many slices see no interrupt at all, long enough for the clock's resolution (docs/sampling.md).
    static let secondsPerSlice = 0.25e-3
    /// Slices between two looks at the stopping rule.
    static let batch = 50
    /// Of slices before the first that counts; a core that comes from other work is awake already.
    static let warmUpSeconds = 0.05
    static let revisitWarmUpSeconds = 0.02

    func run() throws -> RawRun {
        guard let entry = kernel.entry else {
            throw KernelUnavailable(name: planned.name, reason: "built for \(kernel.architecture)")
        }
        if let refusal = kernel.prepare() { throw KernelUnavailable(name: planned.name, reason: refusal) }
        let initial = kernel.initialState(seed: seed)
        let session = FMASession(
            kernel: kernel, entry: entry, initial: initial, threads: planned.cpus.count, iterations: iterations,
            limits: planned.sampling.share(of: planned.visits), stopSignal: stopSignal)
        let bound = try PinnedThreadTeam.run(on: planned.cpus) { session.work($0) }
        return try session.result(planned: planned, bound: bound, origin: origin)
    }

    /// Iterations whose time is about `seconds`, from the fastest of a few trials on this thread.
    static func iterations(lasting seconds: Double, _ body: (Int) -> Void) -> Int {
        var count = 64
        while true {
            var best = UInt64.max
            for _ in 0..<3 {
                let start = sl_monotonic_ns()
                body(count)
                best = min(best, sl_monotonic_ns() - start)
            }
            if Double(best) * 1e-9 >= seconds / 4 || count > 1 << 40 {
                return max(1, Int(Double(count) * seconds / (Double(max(best, 1)) * 1e-9)))
            }
            count *= 2
        }
    }
}
