// LUSamplerTests.swift: solutions by real and by wrong libraries through sampling and verification.
// They say nothing about speed; what they show is that a wrong solution cannot become a rate.

import BLASBinding
import Glibc
import MachineProbe
import Measurement
import Quantities
import ResultRecord
import TestSupport
import Testing

@Suite("The sampling of LU", .serialized, .librariesInTurn)
struct LUSamplerTests {
    /// Small and short: functional tests share the machine with others.
    private func planned(_ elementType: ElementType, order: Int = 160, scope: Scope = .core) throws
        -> PlannedMeasurement
    {
        let machine = try MachineProbe(environment: [:]).describe()
        let facts = PlanningFacts(
            machine: machine, usable: MachineProbe(environment: [:]).usableCPUs(), clockHertz: 3e9)
        var request = MeasurementRequest()
        request.filter = "lu/\(elementType.rawValue)/openblas/\(scope.rawValue)"
        request.orders = [order]
        let plan = try Planner.plan(request, facts: facts, libraries: [PlanningLibrary(variant: "openblas")])
        var planned = try #require(plan.measurements.first)
        planned.sampling = SamplingLimits(
            targetHalfWidth: 1, minimumSamples: 5, minimumSeconds: 0, maximumSamples: 20, budgetSeconds: 0.05)
        planned.visits = 1
        // Under load the clock is read too low.
        planned.peakPerCycle = nil
        return planned
    }

    private func run(_ planned: PlannedMeasurement, by library: BLASLibrary) throws -> RawRun {
        defer { library.setThreads(1) }
        return try LUSampler(
            planned: planned, order: try #require(planned.order), library: library, seed: 5, origin: 0,
            stopSignal: { 0 }
        ).run()
    }

    private func shim(_ definitions: [String], in directory: TemporaryDirectory) throws -> BLASLibrary {
        let path = directory.file("libsolver.so")
        try WrongSolver.build(definitions, at: path)
        return try BLASLibrary.open(path: path)
    }

    /// Matrices that the shim factorised so far.
    private func computed(_ directory: TemporaryDirectory) throws -> Int {
        let handle = try #require(dlopen(directory.file("libsolver.so"), RTLD_NOW | RTLD_NOLOAD))
        defer { dlclose(handle) }
        return try #require(dlsym(handle, "computed")).load(as: Int.self)
    }

    @Test("verifies what OpenBLAS solves, with its residual", arguments: [ElementType.f64, .f32], [Scope.core, .node])
    func rightLibrary(elementType: ElementType, scope: Scope) throws {
        let planned = try planned(elementType, scope: scope)
        let verified = try Verifier.verify(run(planned, by: .openDefault())).get()
        #expect(verified.checks.map(\.kind) == ["hpl-residual"])
        let check = try #require(verified.checks.first)
        #expect(check.count == verified.run.slices.count && check.count >= 5)
        #expect(try #require(check.residual) < 1 && check.tolerance == 16)
        #expect(verified.run.boundCPUs == CPUSet(planned.cpus))
        // 2/3 · 160³ + 3/2 · 160², rounded to the flop.
        #expect(verified.run.workPerSlice.rounded() == 2_769_067)
    }

    @Test(
        "makes a rate of a wrong solution never, and of a right one by whatever road",
        .enabled(if: CLibrary.compiler != nil, "there is no C compiler to build the shim with"),
        arguments: SolverFault.allCases)
    func wrongLibrary(fault: SolverFault) throws {
        let directory = try TemporaryDirectory()
        let library = try shim(["FAULT=\(fault.rawValue)"], in: directory)
        for elementType in fault.types {
            let before = try computed(directory)
            let run = try run(planned(elementType), by: library)
            let outcome = Verifier.verify(run)
            let verdict: String
            switch fault.verdict {
            case .caught(let reason):
                let failure = #expect(throws: VerificationFailure.self) { try outcome.get() }
                #expect(failure?.kind == .wrongResult)
                #expect(failure?.detail.contains(reason) == true, "\(failure?.detail ?? "")")
                verdict = reason.hasPrefix("hpl") ? "hpl-residual" : "hpl-residual, with the INFO"
            case .passes(let reason):
                #expect(throws: Never.self) { try outcome.get() }
                if fault == .copiesByContent { #expect(try computed(directory) >= before + run.slices.count) }
                verdict = "passes: " + reason
            }
            PlantedFaultReport(
                subject: "factorisations", fault: fault.name,
                place: "\(elementType == .f64 ? "dgetrf, dgetrs" : "sgetrf, sgetrs"), n = 160", verdict: verdict
            ).log()
        }
    }

    @Test(
        "passes the shim that spoils nothing",
        .enabled(if: CLibrary.compiler != nil, "there is no C compiler to build the shim with"))
    func harmlessShim() throws {
        let directory = try TemporaryDirectory()
        let library = try shim([], in: directory)
        #expect(throws: Never.self) { try Verifier.verify(run(planned(.f64), by: library)).get() }
    }

    @Test(
        "ends with the crash of the library, and with the lack of LAPACK",
        .enabled(if: CLibrary.compiler != nil, "there is no C compiler to build the shim with"))
    func crashes() throws {
        let directory = try TemporaryDirectory()
        let crashing = try shim(["FAULT=100"], in: directory)
        let crash = BLASError.crashed(
            library: "cblas", signal: SIGSEGV, onWorker: false, during: "dgetrf of order 160")
        #expect(throws: crash) { try run(planned(.f64), by: crashing) }
        #expect(throws: crash) { try run(planned(.f32), by: crashing) }
        let other = try TemporaryDirectory()
        let lacking = try shim(["WITHOUT_LAPACK"], in: other)
        let error = #expect(throws: LAPACKMissing.self) { try run(planned(.f64), by: lacking) }
        #expect(error?.what.hasSuffix("cannot factorise a matrix: it lacks dgetrf_, dgetrs_, sgetrf_, sgetrs_") == true)
    }

    @Test("stops at a signal")
    func interrupted() throws {
        let planned = try planned(.f64)
        let library = try BLASLibrary.openDefault()
        let run = try LUSampler(
            planned: planned, order: 160, library: library, seed: 5, origin: 0, stopSignal: { 15 }
        ).run()
        #expect(run.end == .interrupted(signal: 15) && run.slices.count == 1)
    }
}
