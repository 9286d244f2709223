// StreamSampler.swift: times passes over arrays, each thread over its own part, touched first by itself.

import ComputeKernels
import MachineProbe
import Quantities
import ResultRecord

/// Samples one loop over arrays. All threads start each slice together; the slice ends with the last of them.
struct StreamSampler {
    let planned: PlannedMeasurement
    let kernel: StreamKernel
    let workingSet: WorkingSet
    /// Over the arrays per slice, as an earlier visit found them; nil at the first.
    let passes: Int?
    let seed: UInt64
    /// Start of the run on the monotonic clock, in nanoseconds.
    let origin: UInt64
    let stopSignal: @Sendable () -> Int32

    /// In caches as for register kernels (docs/sampling.md). A pass over main memory takes longer in any case; where
    /// many threads make it short, the time between the first and the last thread's start shall not show.
    static func secondsPerSlice(_ level: WorkingSet.Level) -> Double { level == .dram ? 2e-3 : 0.25e-3 }

    func run() throws -> RawRun {
        guard kernel.entry != nil else {
            throw KernelUnavailable(name: planned.name, reason: "built for \(kernel.architecture)")
        }
        let threads = planned.cpus.count
        let count = StreamArrays.count(for: kernel, bytes: workingSet.bytes / threads)
        let memory = try ThreadMemory(
            planned: planned, bytesPerThread: StreamArrays.byteCount(for: kernel, count: count),
            hugePages: workingSet.hugePages)
        let arrays = memory.regions.enumerated().compactMap { thread, region in
            StreamArrays(
                kernel: kernel, count: count, memory: region.pointer, seed: seed &+ UInt64(thread) &* 0x9E37_79B9)
        }
        let session = StreamSession(
            formula: kernel.formula, arrays: arrays, passes: passes, limits: planned.sampling.share(of: planned.visits),
            sliceSeconds: Self.secondsPerSlice(workingSet.level), stopSignal: stopSignal)
        let bound = try PinnedThreadTeam.run(on: planned.cpus) { session.work($0) }
        var run = session.result(planned: planned, bound: bound, memory: memory, origin: origin)
        run.workPerIteration = Double(count * kernel.bytesPerElement * threads)
        run.workingSetBytes = count * kernel.elementType.bytes * kernel.arrayCount * threads
        return run
    }
}

/// The memory of a measurement, one region per thread. Nothing is touched here: each thread touches its own first.
struct ThreadMemory: Sendable {
    let regions: [PlacedMemory]
    private let placementText: String
    private let hugePages: Bool

    /// - Throws: `PlacedMemoryError` when the sum of the regions is not there, or a node does not exist.
    init(planned: PlannedMeasurement, bytesPerThread: Int, hugePages: Bool) throws {
        // Small sets too lie in a huge page: then they are contiguous for caches that are indexed by physical address.
        let bytes = hugePages ? max(bytesPerThread, PlacedMemory.hugePage) : bytesPerThread
        let placements = planned.cpus.indices.map { thread in
            thread < planned.threadPlacements.count
                ? planned.threadPlacements[thread] : planned.placement ?? .unbound
        }
        for (placement, same) in Dictionary(grouping: placements, by: { $0 }) {
            try PlacedMemory.checkAvailable(byteCount: bytes * same.count, placement: placement)
        }
        try PlacedMemory.checkAvailable(byteCount: bytes * placements.count, placement: .unbound)
        regions = try placements.map {
            try PlacedMemory(byteCount: bytes, placement: $0, transparentHugePages: hugePages)
        }
        placementText = planned.placementText
        self.hugePages = hugePages
    }

    /// The nodes that pages were found on, over all threads; nil when the kernel does not say.
    func nodesFound() -> [Int]? {
        let nodes = regions.compactMap { $0.nodesFound() }
        return nodes.count == regions.count ? Set(nodes.joined()).sorted() : nil
    }

    /// The placement asked for, with what could not be had of it: to be read after the first touch.
    var placementDescription: String {
        let text = regions.first { $0.unboundReason != nil }?.placementDescription ?? placementText
        guard hugePages else { return text }
        let found = regions.compactMap { $0.hugePageBytes() }
        guard found.count == regions.count else { return text }
        // A few small pages at fragmented places leave no trace in a rate.
        let wanted = regions.reduce(0) { $0 + $1.byteCount }
        return found.reduce(0, +) * 10 >= wanted * 9 ? text : text + ", small pages"
    }
}
