// PlantedFaultTests.swift: each wrong library of the table through measure and verify. What caught it is printed, and
// scripts/planted-faults makes docs/planted-faults.md of it.

import BLASBinding
import Glibc
import MachineProbe
import Measurement
import Quantities
import ResultRecord
import TestSupport
import Testing

/// The product of one type and order by a library, on one thread, short.
private func planned(_ type: ElementType, order: Int, slices: Int, cpus: CPUSet? = nil) throws -> MeasurementPlan {
    let probe = MachineProbe(environment: [:])
    let facts = PlanningFacts(machine: try probe.describe(), usable: probe.usableCPUs(), clockHertz: 3e9)
    var request = MeasurementRequest()
    request.filter = "gemm/\(type.rawValue)/openblas/core"
    request.orders = [order]
    request.seed = 5
    request.cpus = cpus
    var plan = try Planner.plan(request, facts: facts, libraries: [PlanningLibrary(variant: "openblas")])
    for index in plan.measurements.indices {
        plan.measurements[index].sampling = SamplingLimits(
            targetHalfWidth: 1, minimumSamples: slices, minimumSeconds: 0, maximumSamples: 4 * slices,
            budgetSeconds: 0.02)
        plan.measurements[index].visits = 1
    }
    return plan
}

private func outcome(_ plan: MeasurementPlan, library: BLASLibrary) throws -> MeasurementOutcome {
    let machine = try MachineProbe(environment: [:]).describe()
    let outcomes = PlanExecution(
        plan: plan, machine: machine, libraries: [library], stopSignal: { 0 }, monitor: { _ in { Conditions() } }
    ).run { _ in }
    return try #require(outcomes.first)
}

@Suite(
    "Planted faults in products", .serialized, .librariesInTurn,
    .enabled(if: CLibrary.compiler != nil, "there is no C compiler to build the libraries with"))
struct PlantedFaultTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func library(_ fault: LibraryFault) throws -> BLASLibrary {
        let path = directory.file("libwrong.so")
        try WrongLibrary.build(fault, at: path)
        return try BLASLibrary.open(path: path)
    }

    /// Products that the library computed so far.
    private func computed() throws -> Int {
        let handle = try #require(dlopen(directory.file("libwrong.so"), RTLD_NOW | RTLD_NOLOAD))
        defer { dlclose(handle) }
        let counter = try #require(dlsym(handle, "computed"))
        return counter.load(as: Int.self)
    }

    /// Requires the row's verdict, and that nothing but a verified run has a rate.
    private func check(
        _ planted: PlantedFault, _ outcome: MeasurementOutcome, _ type: ElementType, computedBefore before: Int = 0,
        place: String = "", needs: String = ""
    ) throws {
        var verdict: String
        switch (planted.verdict, outcome) {
        case (.caught(let kinds), .wrong(let failure, let conditions)):
            let failed = Set(failure.checks.filter { !$0.passed }.map(\.kind))
            #expect(failed.isSuperset(of: kinds), "\(planted.name): \(failure.checks)")
            let entry = ResultEntry(failure, conditions: conditions)
            #expect(entry.rate == nil && entry.burst == nil && entry.status == .failed)
            #expect(failure.exitStatus == .measurementFailed)
            verdict = kinds.joined(separator: ", ")
        case (.passes(let reason), .verified(let verified, _)):
            if let each = planted.computesEachSlice {
                let run = verified.run
                let timed = try computed() - before - run.warmUpPasses
                #expect(timed >= run.slices.count)
                #expect((timed == run.slices.count * run.iterationsPerSlice) == each)
                #expect((run.iterationsPerSlice == 1) == each)
            }
            verdict = "passes: " + reason
        default:
            Issue.record("\(planted.name) in \(type): \(outcome)")
            return
        }
        let routine = type == .f64 ? "dgemm" : "sgemm"
        PlantedFaultReport(
            subject: "products", fault: planted.name, place: "\(routine), n = \(planted.order)\(place)",
            verdict: verdict, needs: needs
        ).log()
    }

    @Test("are caught by the checks that the table names, or pass for the reason it gives", arguments: PlantedFault.all)
    func table(planted: PlantedFault) throws {
        let library = try library(planted.fault)
        for type in planted.types {
            var plan = try planned(type, order: planted.order, slices: planted.slices)
            // Under load the clock is read too low.
            for index in plan.measurements.indices { plan.measurements[index].peakPerCycle = nil }
            let before = try computed()
            try check(planted, try outcome(plan, library: library), type, computedBefore: before)
        }
    }

    @Test("the library that spoils nothing is verified", arguments: [ElementType.f64, .f32])
    func harmless(type: ElementType) throws {
        var plan = try planned(type, order: 160, slices: 20)
        plan.measurements[0].peakPerCycle = nil
        guard case .verified = try outcome(plan, library: library(LibraryFault())) else {
            Issue.record("a right library is not verified")
            return
        }
    }

    private static let cpus = MachineProbe(environment: [:]).usableCPUs().cpus

    @Test(
        "a core that computes wrongly is found where it is, and not elsewhere",
        .enabled(if: cpus.count > 1, "there is only one CPU to use"), arguments: [ElementType.f64, .f32])
    func oneCPU(type: ElementType) throws {
        let (right, wrong) = (Self.cpus.numbers[0], Self.cpus.numbers[1])
        let library = try library(LibraryFault(after: "if (sched_getcpu() == \(wrong)) c[n + 1] += 1;"))
        for (cpu, place, verdict) in [
            (wrong, " there", PlantedFault.Verdict.caught(["freivalds", "own-product"])),
            (right, " elsewhere", .passes("right on this CPU; the per-core map measures each")),
        ] {
            var plan = try planned(type, order: 160, slices: 5, cpus: [cpu])
            plan.measurements[0].peakPerCycle = nil
            let found = try outcome(plan, library: library)
            if case .wrong(let failure, _) = found { #expect(failure.checks.first?.cpu == wrong) }
            try check(
                PlantedFault("wrong on one CPU only", LibraryFault(), verdict), found, type, place: place,
                needs: "two CPUs")
        }
    }

    @Test("a library that copies what it computed before is faster than the peak", arguments: [ElementType.f64, .f32])
    func fastCopies(type: ElementType) throws {
        let plan = try planned(type, order: PlantedFault.fastCopies.order, slices: 50)
        guard plan.measurements[0].peakPerCycle != nil else {
            print("not run here: the peak gate on copied products, \(plan.peakUnknown ?? "no peak is stated")")
            return
        }
        let library = try library(PlantedFault.fastCopies.fault)
        // Other work on the CPU can make it as slow as an honest library; then another run shows it.
        for attempt in 1...20 {
            let found = try outcome(plan, library: library)
            if case .verified = found, attempt < 20 { continue }
            return try check(PlantedFault.fastCopies, found, type, needs: "a known peak")
        }
    }
}
