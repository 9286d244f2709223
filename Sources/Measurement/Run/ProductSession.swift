// ProductSession.swift: what the threads of one sampling of products share, and the loop of the one that leads.
// The others sleep between slices of our own products, since a library's workers need their CPUs.

import BLASBinding
import CLinux
import ComputeKernels
import Glibc
import MachineProbe
import ResultRecord

// Unchecked: members other than the leader read `command` and the plans after the leader's sem_post, and write nothing.
final class ProductSession<Element: GEMMElement>: @unchecked Sendable {
    private enum Command {
        case multiply(SIMDGEMMPlan, products: Int)
        case leave
    }

    private let sampler: ProductSampler
    private let memory: [PlacedMemory]
    private let workspace: PlacedMemory?
    private let a: UnsafeMutablePointer<Element>
    private let b: UnsafeMutablePointer<Element>
    private let c: UnsafeMutablePointer<Element>
    private let reference: UnsafeMutablePointer<Element>?
    private let witnessPlan: SIMDGEMMPlan?
    private let rivals: [ProductRival<Element>]
    private let wake: UnsafeMutablePointer<sem_t>
    private var command = Command.leave
    private var boundTo: CPUSet = []
    /// A and B, and what judges C, between visits.
    private var prepared: (inputs: ProductInputs<Element>, witness: ProductWitness<Element>)?
    private var hasReference = false

    private var order: Int { sampler.order }
    private var cpus: [Int] { sampler.planned[0].cpus }

    /// - Parameters:
    ///   - memory: A, B, C, and room for a reference product when there is to be one.
    ///   - own: Plans of our own products, in the order of the measurements that are.
    ///   - witness: Computes the reference product, on one thread.
    init(
        sampler: ProductSampler, memory: [PlacedMemory], workspace: PlacedMemory?, own: [SIMDGEMMPlan],
        witness: SIMDGEMMPlan?
    ) {
        self.sampler = sampler
        self.memory = memory
        self.workspace = workspace
        let matrices = memory.map { $0.pointer.assumingMemoryBound(to: Element.self) }
        (a, b, c) = (matrices[0], matrices[1], matrices[2])
        reference = matrices.count > 3 ? matrices[3] : nil
        witnessPlan = witness
        var plans = own[...]
        rivals = zip(sampler.planned, sampler.productsPerSlice).map { planned, products in
            switch planned.kernel {
            case .gemm(.library(let index)):
                ProductRival(planned: planned, source: .library(sampler.libraries[index]), products: products)
            default:
                ProductRival(planned: planned, source: .own(plans.removeFirst()), products: products)
            }
        }
        wake = .allocate(capacity: 1)
        sem_init(wake, 0, 0)
    }

    deinit {
        sem_destroy(wake)
        wake.deallocate()
    }

    private func work(_ member: TeamMember) {
        if member.index == 0 {
            lead(member)
            command = .leave
            for _ in 1..<max(1, member.count) { sem_post(wake) }
            return
        }
        while true {
            while sem_wait(wake) != 0 {}
            switch command {
            case .leave: return
            case .multiply(let plan, let products): multiply(plan, products: products, member)
            }
        }
    }

    // MARK: The leader

    private func lead(_ member: TeamMember) {
        boundTo = []
        var (inputs, witness) = takeInputs()
        defer { prepared = (inputs, witness) }
        let probe = TimedClockProbe()
        for rival in rivals {
            rival.beginVisit()
            attempt(rival) {
                try prepare(rival)
                try warmUp(rival, member, inputs: &inputs, witness: &witness)
            }
        }
        let start = sl_monotonic_ns()
        var round = 0
        while rivals.contains(where: \.isRunning) {
            // Forwards, then backwards: a drift of the machine meets all alike.
            for rival in round % 2 == 0 ? rivals : rivals.reversed() {
                attempt(rival) {
                    try turn(
                        of: rival, round: round, member, probe: probe, inputs: &inputs, witness: &witness)
                }
            }
            round += 1
            // Checks and waiting may take longer than the products; the plan promised an end.
            if Double(sl_monotonic_ns() - start) * 1e-9 > sampler.longestSeconds {
                for rival in rivals { rival.stop() }
            }
        }
    }

    /// One slice; or where the library's workers have to fall asleep after it, as many as make that worth while.
    private func turn(
        of rival: ProductRival<Element>, round: Int, _ member: TeamMember, probe: TimedClockProbe,
        inputs: inout ProductInputs<Element>, witness: inout ProductWitness<Element>
    ) throws {
        var seconds = 0.0
        repeat {
            inputs.change(&witness)
            seconds += try slice(rival, round: round, member, probe: probe)
            rival.residuals.append(witness.residual(of: c))
            if hasReference, let reference, rival.isDueForReference {
                rival.references.append(ReferenceComparison(residual: witness.difference(of: c, from: reference)))
            }
            rival.look(signal: sampler.stopSignal())
        } while rival.isRunning && seconds < (sampler.settles ? ProductSampler.turnSeconds : 0)
        settle(rival)
    }

    /// A library that crashes or cannot be bound ends its own measurement only.
    private func attempt(_ rival: ProductRival<Element>, _ body: () throws -> Void) {
        guard rival.isRunning else { return }
        do { try body() } catch { rival.fault = error }
    }

    private func prepare(_ rival: ProductRival<Element>) throws {
        guard case .library(let library) = rival.source else {
            try bind(to: [cpus[0]])
            rival.bound = CPUSet(cpus)
            rival.threads = cpus.count
            return
        }
        let threads = try LibraryThreads(of: library, on: cpus)
        boundTo = threads.caller
        rival.binding = threads.caller
        rival.bound = threads.workers
        rival.workersBound = threads.areBound
        rival.threads = threads.count
    }

    /// Wakes cores and library up, with smaller products where one would take longer than that; the first visit finds
    /// how many make a slice.
    private func warmUp(
        _ rival: ProductRival<Element>, _ member: TeamMember, inputs: inout ProductInputs<Element>,
        witness: inout ProductWitness<Element>
    ) throws {
        let small = min(order, ProductSampler.warmUpOrder)
        if small < order, rival.products != nil, case .own = rival.source { return }
        let start = sl_monotonic_ns()
        var fastest = UInt64.max
        repeat {
            inputs.change(&witness)
            let before = sl_monotonic_ns()
            try multiply(rival, products: 1, order: small, member)
            fastest = min(fastest, sl_monotonic_ns() - before)
            rival.warmUps += 1
        } while sl_monotonic_ns() - start < UInt64(ProductSampler.warmUpSeconds * 1e9)
        if rival.products == nil {
            // A larger product takes a slice of its own.
            rival.products = small < order ? 1 : max(1, Int(ProductSampler.shortestSlice * 1e9) / Int(max(fastest, 1)))
        }
        settle(rival)
    }

    /// - Returns: Its seconds.
    private func slice(
        _ rival: ProductRival<Element>, round: Int, _ member: TeamMember, probe: TimedClockProbe
    ) throws -> Double {
        // All bits set is a NaN in either format.
        memset(c, 0xFF, order * order * MemoryLayout<Element>.stride)
        let timing = try multiply(rival, products: rival.products ?? 1, order: order, member)
        // Right behind the product, while the clock is still the one that it ran at.
        rival.clocks.append(probe.hertz())
        return rival.append(timing, origin: sampler.origin, round: round)
    }

    /// Lets a library's workers fall asleep before a rival needs their CPUs.
    private func settle(_ rival: ProductRival<Element>) {
        guard sampler.settles, case .library(let library) = rival.source else { return }
        _ = library.settle(atMost: ProductSampler.settlingSeconds)
    }

    @discardableResult
    private func multiply(
        _ rival: ProductRival<Element>, products: Int, order: Int, _ member: TeamMember
    ) throws -> ProductTiming {
        try bind(to: rival.binding ?? [cpus[0]])
        switch rival.source {
        case .library(let library):
            let call = library.gemm(Element.self)
            let shape = GEMMShape(order: order)
            let many = rival.threads > 1
            let cpuStart = many ? sl_process_cpu_ns() : sl_thread_cpu_ns()
            var signal: Int32 = 0
            let start = sl_monotonic_ns()
            for _ in 0..<products where signal == 0 { signal = call.guarded(shape, a: a, b: b, c: c) }
            let end = sl_monotonic_ns()
            let cpu = (many ? sl_process_cpu_ns() : sl_thread_cpu_ns()) - cpuStart
            if signal != 0, let crash = library.crash(during: "\(Element.gemmName) of order \(order)") { throw crash }
            return ProductTiming(start: start, end: end, cpu: cpu)
        case .own(let plan):
            command = .multiply(plan, products: products)
            for _ in 1..<max(1, member.count) { sem_post(wake) }
            return multiply(plan, products: products, member)
        }
    }

    /// The part of one member in products of our own; the leader's times are those of the whole.
    @discardableResult
    private func multiply(_ plan: SIMDGEMMPlan, products: Int, _ member: TeamMember) -> ProductTiming {
        let memory = workspace?.pointer ?? UnsafeMutableRawPointer(c)
        member.barrier.wait()
        let many = member.count > 1
        let cpuStart = many ? sl_process_cpu_ns() : sl_thread_cpu_ns()
        let start = sl_monotonic_ns()
        for _ in 0..<products {
            plan.run(member: member.index, alpha: 1, a: a, b: b, beta: 0, c: c, workspace: memory)
            member.barrier.wait()
        }
        let end = sl_monotonic_ns()
        let cpu = (many ? sl_process_cpu_ns() : sl_thread_cpu_ns()) - cpuStart
        return ProductTiming(start: start, end: end, cpu: cpu)
    }

    private func bind(to set: CPUSet) throws {
        guard boundTo != set else { return }
        try CPUBinding.bindCurrentThread(to: set)
        boundTo = set
    }

    /// Filled by the first visit; handed over rather than copied.
    private func takeInputs() -> (ProductInputs<Element>, ProductWitness<Element>) {
        if let kept = prepared {
            prepared = nil
            return kept
        }
        let inputs = ProductInputs(a: a, b: b, reference: reference, n: order, seed: sampler.seed)
        let witness = ProductWitness(a: a, b: b, n: order, seed: sampler.seed)
        hasReference = makeReference(judgedBy: witness)
        return (inputs, witness)
    }

    /// One product of our own for libraries to be compared with, if the witness finds it right.
    private func makeReference(judgedBy witness: ProductWitness<Element>) -> Bool {
        guard let witnessPlan, let reference, let workspace else { return false }
        witnessPlan.run(
            member: 0, alpha: 1, a: a, b: b, beta: 0, c: reference, workspace: workspace.pointer)
        let residual = witness.residual(of: reference)
        return residual.freivalds <= ProductWitness<Element>.limit && residual.entries <= ProductWitness<Element>.limit
    }
}

extension ProductSession {
    /// Of memory that is kept between visits.
    var byteCount: Int { memory.reduce(workspace?.byteCount ?? 0) { $0 + $1.byteCount } }

    /// Samples once; one outcome per planned measurement, in their order.
    func visit() -> [Result<RawRun, any Error>] {
        // Only products of our own are worked on by a team of ours.
        let needsTeam = cpus.count > 1 && rivals.contains { if case .own = $0.source { true } else { false } }
        do {
            let bound = try PinnedThreadTeam.run(on: needsTeam ? cpus : Array(cpus.prefix(1))) { self.work($0) }
            let nodes = memory.prefix(3).compactMap { $0.nodesFound() }
            return rivals.map { rival in
                rival.result().map { run in
                    var run = run
                    run.boundCPUs = CPUSet(run.boundCPUs.numbers + bound.numbers.prefix(1))
                    run.memoryNodes = nodes.count == 3 ? Set(nodes.joined()).sorted() : nil
                    run.placementText = memory[0].placementDescription
                    return run
                }
            }
        } catch {
            return rivals.map { _ in .failure(error) }
        }
    }
}
