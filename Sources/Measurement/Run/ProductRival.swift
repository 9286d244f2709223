// ProductRival.swift: one of the products that are sampled in turn: its slices, its evidence, and when it has enough.

import BLASBinding
import ComputeKernels
import ResultRecord

/// When a slice of products ran, in nanoseconds on the monotonic clock, and the CPU time it took.
struct ProductTiming {
    var start: UInt64
    var end: UInt64
    var cpu: UInt64
}

/// One of the measurements that are sampled in turn. Used by the leading thread alone.
final class ProductRival<Element: GEMMElement> {
    enum Source {
        case library(BLASLibrary)
        case own(SIMDGEMMPlan)
    }

    let planned: PlannedMeasurement
    let source: Source
    private let rule: StoppingRule
    private var slices: [Slice] = []
    private var seconds: [Double] = []
    private var end: SamplingEnd?
    private var nextLook = 1

    /// Where the leading thread must be bound for its slices.
    var binding: CPUSet?
    /// CPUs of the workers.
    var bound: CPUSet = []
    var workersBound = true
    var threads = 1
    /// Per slice; nil until the first warm-up found it.
    var products: Int?
    var warmUps = 0
    var clocks: [Double] = []
    var residuals: [ProductResidual] = []
    var references: [ReferenceComparison] = []
    var fault: (any Error)?

    init(planned: PlannedMeasurement, source: Source, products: Int?) {
        self.planned = planned
        self.source = source
        self.products = products
        rule = StoppingRule(limits: planned.sampling.share(of: planned.visits))
    }

    /// Forgets what earlier visits found, but for a fault: a library that crashed is not called again.
    func beginVisit() {
        slices = []
        seconds = []
        clocks = []
        residuals = []
        references = []
        warmUps = 0
        nextLook = 1
        end = nil
    }

    var isRunning: Bool { end == nil && fault == nil }

    /// The first slice, and each that doubles their number: an element-wise comparison costs a pass over two matrices.
    var isDueForReference: Bool {
        if case .own = source { return false }
        return slices.count & (slices.count - 1) == 0
    }

    /// - Returns: The slice's seconds.
    func append(_ timing: ProductTiming, origin: UInt64, round: Int) -> Double {
        let duration = Double(max(1, timing.end - timing.start)) * 1e-9
        seconds.append(duration)
        slices.append(
            Slice(
                start: Double(timing.start - origin) * 1e-9, seconds: duration, cpuSeconds: Double(timing.cpu) * 1e-9,
                round: round))
        return duration
    }

    /// The rule sums all slices; looking at every tenth keeps its cost linear. One wrong product is enough: no rate
    /// is made of the others.
    func look(signal: Int32) {
        let limit = ProductWitness<Element>.limit
        if let last = residuals.last, !(last.freivalds <= limit && last.entries <= limit) { return stop() }
        guard isRunning, seconds.count >= nextLook || signal != 0 else { return }
        end = rule.end(afterSlices: seconds, signal: signal)
        nextLook = seconds.count + max(1, seconds.count / 10)
    }

    func stop() { end = end ?? .budgetSpent }

    func result() -> Result<RawRun, any Error> {
        if let fault { return .failure(fault) }
        var core: String?
        if case .library(let library) = source { core = library.description.coreName }
        return .success(
            RawRun(
                planned: planned, slices: slices, iterationsPerSlice: products ?? 1, warmUpPasses: warmUps,
                clocks: [clocks], evidence: .products(residuals, references: references), end: end ?? .sampleLimit,
                boundCPUs: bound, memoryNodes: nil, placementText: "", threads: threads, blasCore: core,
                workersBound: workersBound))
    }
}
