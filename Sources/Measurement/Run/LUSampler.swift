// LUSampler.swift: times the solution of a random linear system by a library's LU, as HPL does, and has each one judged.
// Factorisation and solution are timed together; A and b are put back from copies before each, outside the timed region.

package import BLASBinding
import CLinux
import ComputeKernels
import Glibc
import MachineProbe
import Quantities
import ResultRecord
import SampleStatistics
import Synchronization

/// Samples A = P·L·U and the solution of A·x = b through `library`.
package struct LUSampler {
    let planned: PlannedMeasurement
    let order: Int
    let library: BLASLibrary
    let seed: UInt64
    /// Start of the run on the monotonic clock, in nanoseconds.
    let origin: UInt64
    let stopSignal: @Sendable () -> Int32

    package init(
        planned: PlannedMeasurement, order: Int, library: BLASLibrary, seed: UInt64, origin: UInt64,
        stopSignal: @escaping @Sendable () -> Int32
    ) {
        self.planned = planned
        self.order = order
        self.library = library
        self.seed = seed
        self.origin = origin
        self.stopSignal = stopSignal
    }

    /// Systems up to this order come before the first timed one, at least one and this many seconds.
    private static let warmUpOrder = 1024
    private static let warmUpSeconds = 0.02

    /// Floating-point operations as HPL counts them, whatever the library does: 2/3 n³ + 3/2 n².
    ///
    /// - Source: HPL 2.3, testing/ptest/HPL_pdtest.c.
    package static func operations(order n: Int) -> Double {
        let n = Double(n)
        return 2 / 3 * n * n * n + 3 / 2 * n * n
    }

    /// Bytes of both matrices; vectors and the library's own buffers come on top.
    package static func byteCount(order: Int, elementBytes: Int) -> Int {
        2 * order * stride(order: order, elementBytes: elementBytes) * elementBytes
    }

    /// Elements from one column to the next: an odd number of cache lines of 64 bytes, since columns a power of two apart
    /// would share few sets of the caches.
    static func stride(order: Int, elementBytes: Int) -> Int {
        let perLine = 64 / elementBytes
        return ((order + perLine - 1) / perLine | 1) * perLine
    }

    package func run() throws -> RawRun {
        switch planned.elementType {
        case .f32: try run(Float.self)
        default: try run(Double.self)
        }
    }

    private func run<Element: GEMMElement>(_ type: Element.Type) throws -> RawRun {
        guard let lu = library.lu else {
            throw LAPACKMissing(
                library: library.description.library, path: library.description.path,
                reason: library.luUnavailability ?? "lacks it")
        }
        let elementBytes = MemoryLayout<Element>.stride
        let bytes = Self.byteCount(order: order, elementBytes: elementBytes) / 2
        let placement = planned.placement ?? .unbound
        try PlacedMemory.checkAvailable(byteCount: 2 * bytes, placement: placement)
        let system = LinearSystem<Element>(
            original: try PlacedMemory(byteCount: bytes, placement: placement),
            matrix: try PlacedMemory(byteCount: bytes, placement: placement), order: order,
            stride: Self.stride(order: order, elementBytes: elementBytes), pivotBytes: lu.pivotBytes)
        let outcome = Mutex<Result<RawRun, any Error>?>(nil)
        // The leader calls the library, whose workers are bound to the other CPUs.
        let bound = try PinnedThreadTeam.run(on: Array(planned.cpus.prefix(1))) { _ in
            let result = Result { try sample(system, by: lu) }
            outcome.withLock { $0 = result }
        }
        guard var run = try outcome.withLock({ $0 })?.get() else {
            throw TeamError.cannotStart(threads: 1, code: EAGAIN)
        }
        run.boundCPUs = CPUSet(run.boundCPUs.numbers + bound.numbers)
        run.memoryNodes = system.nodesFound
        run.placementText = system.placementDescription
        return run
    }

    private func sample<Element: GEMMElement>(_ system: LinearSystem<Element>, by lu: LUCall) throws -> RawRun {
        let team = try LibraryThreads(of: library, on: planned.cpus)
        let threads = team.count
        let cpus = planned.cpus
        try system.fill(seed: seed, on: cpus)

        var warmUps = 0
        let warmUpStart = sl_monotonic_ns()
        repeat {
            try system.restore(on: cpus)
            _ = try solve(system, order: min(order, Self.warmUpOrder), by: lu)
            warmUps += 1
        } while sl_monotonic_ns() - warmUpStart < UInt64(Self.warmUpSeconds * 1e9)

        let probe = TimedClockProbe()
        var clocks: [Double] = []

        let rule = StoppingRule(limits: planned.sampling.share(of: planned.visits))
        var slices: [Slice] = []
        var seconds: [Double] = []
        var residuals: [Double] = []
        var refusal: String?
        var end: SamplingEnd?
        while end == nil {
            system.change()
            try system.restore(on: cpus)
            let cpuStart = threads > 1 ? sl_process_cpu_ns() : sl_thread_cpu_ns()
            let start = sl_monotonic_ns()
            let unsolved = try solve(system, order: order, by: lu)
            let stop = sl_monotonic_ns()
            let cpuEnd = threads > 1 ? sl_process_cpu_ns() : sl_thread_cpu_ns()
            // Right behind the solution, while the clock is still the one that it ran at.
            clocks.append(probe.hertz())
            // What the library says it did not solve is not right, whatever x holds.
            residuals.append(unsolved == nil ? try system.residual(on: cpus) : .nan)
            refusal = refusal ?? unsolved
            seconds.append(Double(max(1, stop - start)) * 1e-9)
            slices.append(
                Slice(
                    start: Double(start - origin) * 1e-9, seconds: seconds[seconds.count - 1],
                    cpuSeconds: Double(cpuEnd - cpuStart) * 1e-9, round: slices.count))
            end = rule.end(afterSlices: seconds, signal: stopSignal())
        }
        return RawRun(
            planned: planned, slices: slices, iterationsPerSlice: 1, warmUpPasses: warmUps, clocks: [clocks],
            evidence: .scaledResiduals(
                kind: "hpl-residual", residuals: residuals, limit: LinearSystemWitness<Element>.limit, refusal: refusal),
            end: end ?? .sampleLimit,
            boundCPUs: team.workers, memoryNodes: nil,
            placementText: "", threads: threads, blasCore: library.description.coreName,
            workersBound: team.areBound)
    }

    /// - Returns: Why the library says that it did not solve the system; nil when it did.
    /// - Throws: `BLASError.crashed`.
    private func solve<Element: GEMMElement>(
        _ system: LinearSystem<Element>, order: Int, by lu: LUCall
    ) throws -> String? {
        let outcome = lu.guarded(
            order: order, a: system.a, lda: system.stride, pivots: system.pivots, b: system.x)
        if outcome.signal != 0, let crash = library.crash(during: "\(Element.lapackLetter)getrf of order \(order)") {
            throw crash
        }
        return outcome.refusal
    }
}

/// A random system, the copy that a library overwrites, and the solution. Work on whole matrices is shared by threads.
// Unchecked: the memory lives as long as the value, and the threads of a team write disjoint columns.
private final class LinearSystem<Element: GEMMElement>: @unchecked Sendable {
    let order: Int
    let stride: Int
    private let original: PlacedMemory
    private let matrix: PlacedMemory
    private let b: UnsafeMutablePointer<Element>
    /// b before, the solution afterwards.
    let x: UnsafeMutablePointer<Element>
    let pivots: UnsafeMutableRawPointer
    private var changing = SeededGenerator(seed: 0)

    /// The matrix that the library factorises.
    var a: UnsafeMutablePointer<Element> { matrix.pointer.assumingMemoryBound(to: Element.self) }
    private var kept: UnsafeMutablePointer<Element> { original.pointer.assumingMemoryBound(to: Element.self) }

    init(original: PlacedMemory, matrix: PlacedMemory, order: Int, stride: Int, pivotBytes: Int) {
        self.original = original
        self.matrix = matrix
        self.order = order
        self.stride = stride
        b = .allocate(capacity: order)
        x = .allocate(capacity: order)
        b.initialize(repeating: 0, count: order)
        x.initialize(repeating: 0, count: order)
        pivots = .allocate(byteCount: order * pivotBytes, alignment: 64)
    }

    deinit {
        b.deallocate()
        x.deallocate()
        pivots.deallocate()
    }

    /// Elements of A and b uniform in [-1/2, 1/2), as HPL's, reproducible from the seed on any number of threads.
    func fill(seed: UInt64, on cpus: [Int]) throws {
        try PinnedThreadTeam.run(on: cpus) { [self] member in
            for column in Swift.stride(from: member.index, to: order, by: member.count) {
                // Streams 1 to 3 are the products'.
                var generator = SeededGenerator(seed: seed, stream: (1 << 32) + UInt64(column))
                for row in 0..<order { kept[column * stride + row] = Element(generator.uniform() - 0.5) }
            }
        }
        var generator = SeededGenerator(seed: seed, stream: 4)
        for row in 0..<order { b[row] = Element(generator.uniform() - 0.5) }
        changing = SeededGenerator(seed: seed, stream: 6)
    }

    /// Changes the signs of a random column of A in each block of 64, and of those elements of the solution: a library
    /// that keeps what it found for a matrix must not find it again.
    func change() {
        for first in Swift.stride(from: 0, to: order, by: 64) {
            let column = first + changing.index(below: min(64, order - first))
            for index in column * stride..<column * stride + order { kept[index].negate() }
        }
    }

    func restore(on cpus: [Int]) throws {
        try PinnedThreadTeam.run(on: cpus) { [self] member in
            let first = order * member.index / member.count
            let end = order * (member.index + 1) / member.count
            (a + first * stride).update(from: kept + first * stride, count: (end - first) * stride)
        }
        x.update(from: b, count: order)
    }

    /// Of the solution in x, scaled.
    func residual(on cpus: [Int]) throws -> Double {
        let witness = LinearSystemWitness(a: UnsafePointer(kept), lda: stride, b: UnsafePointer(b), n: order)
        let whole = Mutex(LinearSystemWitness<Element>.Part.none)
        try PinnedThreadTeam.run(on: cpus) { [self] member in
            let part = witness.part(of: member.index, among: member.count, x: UnsafePointer(x))
            whole.withLock { $0 = $0.joined(with: part) }
        }
        return witness.residual(of: x, whole.withLock { $0 })
    }

    /// NUMA nodes of both matrices; nil when the kernel does not tell.
    var nodesFound: [Int]? {
        let nodes = [original, matrix].compactMap { $0.nodesFound() }
        return nodes.count == 2 ? Set(nodes.joined()).sorted() : nil
    }

    var placementDescription: String { matrix.placementDescription }
}
