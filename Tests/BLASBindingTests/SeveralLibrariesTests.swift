// SeveralLibrariesTests.swift: several libraries in one process each run their own code on their own threads.

import BLASBinding
import Foundation
import ResultRecord
import TestSupport
import Testing

/// The real libraries to be had: Debian's, and those that the environment names, separated by colons in
/// `SUANLI_TEST_BLAS`.
let realLibraries: [String] = {
    let named = (ProcessInfo.processInfo.environment["SUANLI_TEST_BLAS"] ?? "").split(separator: ":").map(String.init)
    let debian = ["x86_64", "aarch64"].flatMap { architecture in
        ["blis-pthread/libblis.so.4", "openblas-openmp/libopenblas.so.0", "blis-openmp/libblis.so.4"]
            .map { "/usr/lib/\(architecture)-linux-gnu/\($0)" }
    }
    return (named + debian).filter { FileManager.default.fileExists(atPath: $0) }
}()

@Suite("Several libraries in one process", .enabled(if: ShimLibrary.compiler != nil, "no C compiler on PATH"))
struct SeveralLibrariesTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ definitions: [String], name: String) throws -> BLASLibrary {
        let path = directory.file(name)
        try ShimLibrary.build(definitions, at: path)
        return try BLASLibrary.open(path: path)
    }

    @Test("are told apart by name, then by version, then by number")
    func variants() throws {
        let openBLAS = try BLASLibrary.openDefault()
        let blis = try open(["THREADS_OF_BLIS"], name: "a.so")
        let later = try open(["THREADS_OF_BLIS", "VERSION=1.0/Beta"], name: "b.so")
        let copy = try open(["THREADS_OF_BLIS"], name: "c.so")
        let nameless = try open([], name: "d.so")
        let another = try open([], name: "e.so")
        #expect(BLASLibrary.variants(for: []) == [])
        #expect(BLASLibrary.variants(for: [openBLAS, blis, nameless]) == ["openblas", "blis", "cblas"])
        #expect(BLASLibrary.variants(for: [blis, openBLAS, later]) == ["blis-0.9.0", "openblas", "blis-1.0-beta"])
        #expect(
            BLASLibrary.variants(for: [blis, later, copy, nameless, another])
                == ["blis-0.9.0", "blis-1.0-beta", "blis-0.9.0-2", "cblas", "cblas-2"])
    }

    // The first library's functions are made global, as MKL's are, and its multiplication is wrong; the second one's
    // wraps a function of the same name as the first's.
    @Test("call their own functions although another has made its own global")
    func ownFunctions() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let inner = "double shared_helper(double x) { return FACTOR * x; }\n"
            let outer = """
                double shared_helper(double x);
                void cblas_dgemm(int order, int ta, int tb, int m, int n, int k, double alpha, const double *a, int lda,
                                 const double *b, int ldb, double beta, double *c, int ldc) {
                    c[0] = shared_helper(a[0] * b[0]);
                }
                void cblas_sgemm(void) {}
                double cblas_ddot(int n, const double *x, int incx, const double *y, int incy) {
                    double sum = 0;
                    for (int i = 0; i < n; i++) sum += x[i] * y[i];
                    return sum;
                }
                """
            try CLibrary.build(inner, definitions: ["FACTOR=100"], at: directory.file("libglobal.so"))
            try CLibrary.build(inner + outer, definitions: ["FACTOR=1"], at: directory.file("libown.so"))
            #expect(dlopen(directory.file("libglobal.so"), RTLD_NOW | RTLD_GLOBAL) != nil)
            let library = try BLASLibrary.open(path: directory.file("libown.so"))
            var c = 0.0
            #expect(library.dgemm.guarded(GEMMShape(order: 1), a: [3], b: [5], c: &c) == 0)
            #expect(c == 15)
        }
    }

    @Test("multiply and solve correctly in turn, each on workers that are bound", arguments: [1, 2])
    func inTurn(threads: Int) async {
        await #expect(processExitsWith: .success) { [threads] in
            var libraries = [try BLASLibrary.openDefault()]
            for path in realLibraries { libraries.append(try BLASLibrary.open(path: path)) }
            print("in turn: \(libraries.map { "\($0.description.path) \($0.description.version ?? "?")" })")
            let cpu = try #require(WorkerThreads.allowed.numbers.last)
            for _ in 0..<2 {
                for library in libraries {
                    let description = library.description
                    let prepared = try library.prepare(
                        threads: threads, workerCPUs: [Int](repeating: cpu, count: threads - 1))
                    #expect(prepared.threads == threads, "\(description)")
                    if threads == 2 {
                        let bindable = library.workerBinding == .pinned
                        #expect(bindable == (description.threading != "pthreads" || description.library == "openblas"))
                        #expect((prepared.boundWorkerCPUs == [cpu]) == bindable, "\(description)")
                    }
                    var multiplication = Multiplication<Double>(GEMMShape(m: 130, n: 70, k: 90), beta: -0.5)
                    #expect(multiplication.run(library.dgemm) == 0)
                    #expect(multiplication.worstDeviation <= 1, "\(description)")
                    #expect(library.settle(atMost: 5), "\(description)")
                    library.setThreads(1)
                }
            }
            #expect(Set(BLASLibrary.variants(for: libraries)).count == libraries.count)
        }
    }

    @Test("settle when their workers sleep, and not before")
    func settling() async {
        await #expect(processExitsWith: .success) {
            let library = try BLASLibrary.openDefault()
            guard library.setThreads(2) == 2 else { return }
            var multiplication = Multiplication<Double>(GEMMShape(order: 200), beta: 0)
            multiplication.run(library.dgemm)
            #expect(library.settle(atMost: 5))
            let bound = try library.pinWorkers(to: [#require(WorkerThreads.allowed.numbers.first)])
            for worker in bound.keys {
                let stat = try String(contentsOfFile: "/proc/self/task/\(worker)/stat", encoding: .utf8)
                #expect(stat.split(separator: " ")[2] == "S")
            }
            // A sequential one has no workers to wait for.
            #expect(library.setThreads(1) == 1)
            #expect(library.settle(atMost: 5))
        }
    }
}

extension WorkerThreads {
    /// The CPUs of the whole process.
    static var allowed: CPUSet {
        let text = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
        return line.flatMap { CPUSet(list: $0.drop { $0 != ":" }.dropFirst()) } ?? []
    }
}
