// ProductSampler.swift: times matrix products of libraries and of our own kernels in turn, and judges every one.
// C is filled with NaN before each slice, so that a routine which leaves elements unwritten is found out.

import BLASBinding
import CLinux
import ComputeKernels
import Glibc
import MachineProbe
import Quantities
import ResultRecord
import SampleStatistics
import Synchronization

/// Samples C = A·B for square matrices: the measurements of one type, scope and order, slice by slice in turn.
struct ProductSampler {
    /// Of equal order, element type, CPUs and placement. Not empty.
    let planned: [PlannedMeasurement]
    let order: Int
    /// By position.
    let libraries: [BLASLibrary]
    let caches: SIMDGEMMCaches
    /// Features of the processor.
    let isa: [String]
    /// Products per slice, by measurement, as an earlier visit found them; nil at the first.
    let productsPerSlice: [Int?]
    let seed: UInt64
    /// Start of the run on the monotonic clock, in nanoseconds.
    let origin: UInt64
    let stopSignal: @Sendable () -> Int32

    /// Slices are at least this long: several products where one is shorter, of which the last is judged.
    static let shortestSlice = 0.25e-3
    /// At least one product and this many seconds come before the first timed one: first calls are 2 to 100 times slower.
    static let warmUpSeconds = 0.02
    /// Products for it are up to this order: larger ones take longer than a quarter of a millisecond anywhere.
    static let warmUpOrder = 1024
    /// Workers of one library may go on spinning for its next call; the next rival waits that long for them at most.
    static let settlingSeconds = 0.3
    /// Of measured time that a rival gets before the next one, where that has to wait for its workers.
    static let turnSeconds = 0.2

    /// Whether rivals need the CPUs on which a library's workers may still spin.
    var settles: Bool { planned.count > 1 && planned[0].cpus.count > 1 }

    /// After this, a visit ends with what there is.
    var longestSeconds: Double { 5 + 3 * planned.reduce(0) { $0 + $1.visitSeconds } }

    private var shape: SIMDGEMMShape { SIMDGEMMShape(m: order, n: order, k: order) }

    /// Maps the matrices; the first visit fills them.
    func session() throws -> ProductVisits {
        switch planned[0].elementType {
        case .f32: ProductVisits(try session(Float.self))
        default: ProductVisits(try session(Double.self))
        }
    }

    private func session<Element: GEMMElement>(_ type: Element.Type) throws -> ProductSession<Element> {
        let bytes = order * order * MemoryLayout<Element>.stride
        let first = planned[0]
        let placement = first.placement ?? .unbound
        let own = planned.compactMap { planned -> SIMDGEMMPlan? in
            guard case .gemm(.own(let kernel)) = planned.kernel else { return nil }
            return SIMDGEMMPlan(kernel, shape, threads: first.cpus.count, caches: caches)
        }
        let workspaceBytes = own.map { $0.workspaceByteCount }.max() ?? 0
        let witness = referencePlan(type)
        let hasReference =
            witness != nil && planned.contains { if case .gemm(.library) = $0.kernel { true } else { false } }
        let matrices = hasReference ? 4 : 3
        let extra = max(workspaceBytes, hasReference ? witness?.workspaceByteCount ?? 0 : 0)
        try PlacedMemory.checkAvailable(byteCount: matrices * bytes + extra, placement: placement)
        let memory = try (0..<matrices).map { _ in try PlacedMemory(byteCount: bytes, placement: placement) }
        let workspace = extra > 0 ? try PlacedMemory(byteCount: extra, placement: placement) : nil
        return ProductSession<Element>(
            sampler: self, memory: memory, workspace: workspace, own: own, witness: hasReference ? witness : nil)
    }

    /// Larger products would take longer to compute once more than to measure; their every row is still judged.
    static let largestReference = 2048

    /// The product that libraries are compared with, on one thread; nil where there is to be none.
    private func referencePlan<Element: GEMMElement>(_ type: Element.Type) -> SIMDGEMMPlan? {
        guard order <= Self.largestReference, let elementType = planned[0].elementType,
            let best = SIMDGEMM.best(for: elementType, isa: isa)
        else { return nil }
        return SIMDGEMMPlan(best, shape, threads: 1, caches: caches)
    }
}

/// Matrices that are measured again and again. A closure per element type, so that the compiler specialises what it
/// calls: through a protocol the session's loops over elements would run generic, five times slower.
struct ProductVisits {
    /// Bytes of memory that are kept between visits.
    let byteCount: Int
    /// Samples once; one outcome per planned measurement, in their order.
    let visit: () -> [Result<RawRun, any Error>]

    @inline(__always)
    fileprivate init<Element: GEMMElement>(_ session: ProductSession<Element>) {
        byteCount = session.byteCount
        visit = { session.visit() }
    }
}
