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

/// How the shim spoils the solution that OpenBLAS found.
enum SolverFault: Int, CaseIterable, Sendable {
    /// It says that a pivot is zero.
    case singular
    /// getrs refuses an argument.
    case refused
    /// One element is NaN.
    case notANumber
    /// The largest element is off by a millionth.
    case slightlyOff
    /// Nothing is done, and nothing said of it.
    case idle
    /// The same, from the third call on: a library that keeps what it found for the same matrix.
    case stale
    /// Row exchanges are forgotten.
    case withoutPivots

    /// What the failure's detail holds.
    var reason: String {
        switch self {
        case .singular: "getrf gave INFO = 80: pivot 80 is exactly zero"
        case .refused: "getrs gave INFO = -5: it refused its argument 5"
        default: "hpl-residual residual"
        }
    }
}

private enum WrongSolver {
    static func build(_ definitions: [String], at path: String) throws {
        try CLibrary.build(source, definitions: definitions, at: path)
    }

    private static let source = """
        #include <dlfcn.h>
        #include <math.h>
        #include <stddef.h>
        #ifndef FAULT
        #define FAULT -1
        #endif

        static void *real(const char *name) {
            static void *library;
            if (!library) library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
            return dlsym(library, name);
        }
        double cblas_ddot(int n, const double *x, int incx, const double *y, int incy) {
            typedef double (*function)(int, const double *, int, const double *, int);
            return ((function)real("cblas_ddot"))(n, x, incx, y, incy);
        }
        void cblas_dgemm(void) {}
        void cblas_sgemm(void) {}

        #ifndef WITHOUT_LAPACK
        static int calls;
        #define SOLVER(p, TYPE)                                                                                   \\
        void p##getrf_(const int *m, const int *n, TYPE *a, const int *lda, int *pivots, int *info) {             \\
            typedef void (*function)(const int *, const int *, TYPE *, const int *, int *, int *);                \\
            calls++;                                                                                              \\
            if (FAULT == 100) *(volatile int *)sizeof(int) = 1;                                                   \\
            *info = 0;                                                                                            \\
            if (FAULT == 4 || (FAULT == 5 && calls > 2)) return;                                                  \\
            ((function)real(#p "getrf_"))(m, n, a, lda, pivots, info);                                            \\
            if (FAULT == 0) *info = *n / 2;                                                                       \\
            if (FAULT == 6) for (int i = 0; i < *n; i++) pivots[i] = i + 1;                                       \\
        }                                                                                                         \\
        void p##getrs_(const char *t, const int *n, const int *count, const TYPE *a, const int *lda,              \\
                       const int *pivots, TYPE *b, const int *ldb, int *info, size_t length) {                    \\
            typedef void (*function)(const char *, const int *, const int *, const TYPE *, const int *,           \\
                                     const int *, TYPE *, const int *, int *, size_t);                            \\
            *info = 0;                                                                                            \\
            if (FAULT == 4 || (FAULT == 5 && calls > 2)) return;                                                  \\
            ((function)real(#p "getrs_"))(t, n, count, a, lda, pivots, b, ldb, info, length);                     \\
            if (FAULT == 1) *info = -5;                                                                           \\
            if (FAULT == 2) b[*n / 3] = NAN;                                                                      \\
            int largest = 0;                                                                                      \\
            for (int i = 0; i < *n; i++) if (fabs(b[i]) > fabs(b[largest])) largest = i;                          \\
            /* In single precision that would be less than rounding. */                                           \\
            if (FAULT == 3) b[largest] *= 1 + (sizeof(TYPE) == 8 ? 1e-6 : 0.25);                                  \\
        }
        SOLVER(d, double)
        SOLVER(s, float)
        #endif
        """
}

@Suite("The sampling of LU", .serialized)
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
        "does not make a rate of a wrong solution",
        .enabled(if: CLibrary.compiler != nil, "there is no C compiler to build the shim with"),
        arguments: SolverFault.allCases)
    func wrongLibrary(fault: SolverFault) throws {
        let directory = try TemporaryDirectory()
        let library = try shim(["FAULT=\(fault.rawValue)"], in: directory)
        for elementType in [ElementType.f64, .f32] {
            let outcome = Verifier.verify(try run(planned(elementType), by: library))
            let failure = #expect(throws: VerificationFailure.self) { try outcome.get() }
            #expect(failure?.kind == .wrongResult)
            #expect(failure?.detail.contains(fault.reason) == true, "\(failure?.detail ?? "")")
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
