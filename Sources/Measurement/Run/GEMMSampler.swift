// GEMMSampler.swift: times matrix products of a BLAS library, one product per slice, and has every one judged.
// C is filled with NaN before each product, so that a library which leaves elements unwritten is found out.

import BLASBinding
import CLinux
import ComputeKernels
import Glibc
import MachineProbe
import Quantities
import ResultRecord
import SampleStatistics
import Synchronization

/// Samples C = A·B for square matrices through `library`.
struct GEMMSampler {
    let planned: PlannedMeasurement
    let order: Int
    let library: BLASLibrary
    let seed: UInt64
    /// Start of the run on the monotonic clock, in nanoseconds.
    let origin: UInt64
    let stopSignal: @Sendable () -> Int32

    /// At least one product and this many seconds come before the first timed one: first calls are 2 to 100 times slower.
    private static let warmUpSeconds = 0.02
    /// Length of the clock probe behind each product.
    private static let clockSeconds = 0.04e-3

    func run() throws -> RawRun {
        switch planned.elementType {
        case .f64: try run(Double.self)
        case .f32: try run(Float.self)
        }
    }

    private func run<Element: GEMMElement>(_ type: Element.Type) throws -> RawRun {
        let bytes = order * order * MemoryLayout<Element>.stride
        let placement = planned.placement ?? .unbound
        try PlacedMemory.checkAvailable(byteCount: 3 * bytes, placement: placement)
        let a = try PlacedMemory(byteCount: bytes, placement: placement)
        let b = try PlacedMemory(byteCount: bytes, placement: placement)
        let c = try PlacedMemory(byteCount: bytes, placement: placement)
        let outcome = Mutex<Result<RawRun, any Error>?>(nil)
        // The leader multiplies; the library's workers are bound to the other CPUs.
        let bound = try PinnedThreadTeam.run(on: Array(planned.cpus.prefix(1))) { _ in
            let result = Result {
                try sample(
                    a.pointer.assumingMemoryBound(to: Element.self), b.pointer.assumingMemoryBound(to: Element.self),
                    c.pointer.assumingMemoryBound(to: Element.self))
            }
            outcome.withLock { $0 = result }
        }
        guard var run = try outcome.withLock({ $0 })?.get() else {
            throw TeamError.cannotStart(threads: 1, code: EAGAIN)
        }
        run.boundCPUs = CPUSet(run.boundCPUs.numbers + bound.numbers)
        let nodes = [a, b, c].compactMap { $0.nodesFound() }
        run.memoryNodes = nodes.count == 3 ? Set(nodes.joined()).sorted() : nil
        run.placementText = a.placementDescription
        return run
    }

    private func sample<Element: GEMMElement>(
        _ a: UnsafeMutablePointer<Element>, _ b: UnsafeMutablePointer<Element>, _ c: UnsafeMutablePointer<Element>
    ) throws -> RawRun {
        // Workers that start anew with each product run where this thread may run.
        let everywhere = CPUSet(planned.cpus)
        if planned.cpus.count > 1, library.workerBinding == .unbindable {
            try CPUBinding.bindCurrentThread(to: everywhere)
        }
        let prepared = try library.prepare(
            threads: planned.cpus.count, workerCPUs: Array(planned.cpus.dropFirst()))
        if prepared.boundWorkerCPUs == nil { try CPUBinding.bindCurrentThread(to: everywhere) }
        let threads = prepared.threads
        fill(a, stream: 1)
        fill(b, stream: 2)
        let witness = ProductWitness(a: a, b: b, n: order, seed: seed)
        let call = library.gemm(Element.self)
        let shape = GEMMShape(order: order)
        let count = order * order

        var warmUps = 0
        let warmUpStart = sl_monotonic_ns()
        repeat {
            call(shape, alpha: 1, a: a, b: b, beta: 0, c: c)
            warmUps += 1
        } while sl_monotonic_ns() - warmUpStart < UInt64(Self.warmUpSeconds * 1e9)

        let clockIterations = FMASampler.iterations(lasting: Self.clockSeconds) { ClockProbe.run(iterations: $0) }
        let clockCycles = Double(clockIterations * ClockProbe.cyclesPerIteration)
        var clocks: [Double] = []

        let rule = StoppingRule(limits: planned.sampling)
        var slices: [Slice] = []
        var seconds: [Double] = []
        var residuals: [ProductResidual] = []
        var end: SamplingEnd?
        var nextLook = 1
        while end == nil {
            // All bits set is a NaN in either format.
            memset(c, 0xFF, count * MemoryLayout<Element>.stride)
            let cpuStart = threads > 1 ? sl_process_cpu_ns() : sl_thread_cpu_ns()
            let start = sl_monotonic_ns()
            call(shape, alpha: 1, a: a, b: b, beta: 0, c: c)
            let stop = sl_monotonic_ns()
            let cpuEnd = threads > 1 ? sl_process_cpu_ns() : sl_thread_cpu_ns()
            // Right behind the product, while the clock is still the one that it ran at.
            let clockStart = sl_monotonic_ns()
            ClockProbe.run(iterations: clockIterations)
            clocks.append(clockCycles / (Double(max(1, sl_monotonic_ns() - clockStart)) * 1e-9))
            residuals.append(witness.residual(of: c))
            seconds.append(Double(max(1, stop - start)) * 1e-9)
            slices.append(
                Slice(
                    start: Double(start - origin) * 1e-9, seconds: seconds[seconds.count - 1],
                    cpuSeconds: Double(cpuEnd - cpuStart) * 1e-9))
            let signal = stopSignal()
            // The rule sorts nothing but sums all slices; looking at every tenth keeps its cost linear.
            if seconds.count >= nextLook || signal != 0 {
                end = rule.end(afterSlices: seconds, signal: signal)
                nextLook = seconds.count + max(1, seconds.count / 10)
            }
        }
        return RawRun(
            planned: planned, slices: slices, iterationsPerSlice: 1, warmUpPasses: warmUps, clocks: [clocks],
            evidence: .products(residuals), end: end ?? .sampleLimit,
            boundCPUs: prepared.boundWorkerCPUs.map { CPUSet($0) } ?? everywhere, memoryNodes: nil,
            placementText: "", threads: threads, blasCore: library.description.coreName,
            workersBound: prepared.boundWorkerCPUs != nil)
    }

    /// Uniform in [-1/2, 1/2), as HPL fills its matrix; reproducible from the seed.
    private func fill<Element: GEMMElement>(_ matrix: UnsafeMutablePointer<Element>, stream: UInt64) {
        var generator = SeededGenerator(seed: seed, stream: stream)
        for index in 0..<order * order { matrix[index] = Element(generator.uniform() - 0.5) }
    }
}
