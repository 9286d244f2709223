// ShimLibraryTests.swift: integer widths, name suffixes and thread functions other than OpenBLAS's.

import BLASBinding
import ResultRecord
import TestSupport
import Testing

@Suite("Other CBLAS libraries", .enabled(if: ShimLibrary.compiler != nil, "no C compiler on PATH"))
struct ShimLibraryTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func open(_ definitions: [String], name: String = "libshim.so") throws -> BLASLibrary {
        let path = directory.file(name)
        try ShimLibrary.build(definitions, at: path)
        return try BLASLibrary.open(path: path)
    }

    struct Interface: Sendable {
        let definitions: [String]
        let fileName: String
        let integerBits: Int
        let suffix: String
    }

    // The file names say the opposite of the truth, since they must not matter.
    static let interfaces = [
        Interface(definitions: ["INTEGER=int"], fileName: "libblas64.so", integerBits: 32, suffix: ""),
        Interface(definitions: ["INTEGER=long"], fileName: "libblas32.so", integerBits: 64, suffix: ""),
        Interface(definitions: ["INTEGER=long", "SUFFIX=64_"], fileName: "liba.so", integerBits: 64, suffix: "64_"),
        Interface(definitions: ["INTEGER=long", "SUFFIX=_64"], fileName: "libb.so", integerBits: 64, suffix: "_64"),
        Interface(definitions: ["INTEGER=int", "SUFFIX=64_"], fileName: "libc64_.so", integerBits: 32, suffix: "64_"),
    ]

    @Test("are called with the integers they take", arguments: interfaces)
    func integerWidth(interface: Interface) throws {
        let library = try open(interface.definitions, name: interface.fileName)
        #expect(library.description.integerBits == interface.integerBits)
        #expect(library.symbolSuffix == interface.suffix)
        for shape in multiplicationShapes {
            var doubles = Multiplication<Double>(shape, beta: -0.5)
            doubles.run(library.dgemm)
            #expect(doubles.worstDeviation <= 1)
            var floats = Multiplication<Float>(shape, beta: 0)
            floats.run(library.sgemm)
            #expect(floats.worstDeviation <= 1)
        }
    }

    @Test("that do not name themselves are called cblas, and what they do not tell stays unknown")
    func anonymous() throws {
        let library = try open([])
        let description = library.description
        #expect(description.library == "cblas")
        #expect(description.version == nil && description.config == nil && description.coreName == nil)
        #expect(description.threads == nil && description.threading == nil)
        #expect(library.setThreads(2) == nil)
        #expect(library.maximumThreads == nil)
        // To be measured as one thread, with nothing to bind.
        #expect(library.workerBinding == .none)
        let prepared = try library.prepare(threads: 2, workerCPUs: [0])
        #expect(prepared.threads == 1)
        #expect(prepared.boundWorkerCPUs == [])
        #expect(description.sha256?.count == 64)
    }

    @Test("a sequential BLIS is recorded with one thread, whatever number it keeps")
    func sequentialBLIS() throws {
        let library = try open(["THREADS_OF_BLIS"])
        #expect(library.description.library == "blis")
        #expect(library.description.version == "0.9.0")
        #expect(library.description.threading == "sequential")
        #expect(library.setThreads(4) == 1)
        #expect(library.workerBinding == .none)
        #expect(library.description.threads == 1)
    }

    @Test("a BLIS that starts threads for each multiplication is known before any is bound, and prepared unbound")
    func blisOnPthreads() throws {
        let library = try open(["THREADS_OF_BLIS", "ON_PTHREADS"])
        #expect(library.description.threading == "pthreads")
        #expect(library.workerBinding == .unbindable)
        let several = try library.prepare(threads: 3, workerCPUs: [0, 0])
        #expect(several.threads == 3)
        #expect(several.boundWorkerCPUs == nil)
        // One thread has no workers that could not be bound.
        #expect(try library.prepare(threads: 1, workerCPUs: []).boundWorkerCPUs == [])
    }

    @Test("one that says OpenMP and leaves no workers behind turns out unbindable")
    func noWorkersLeft() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try ShimLibrary.build(["THREADS_OF_BLIS", "ON_OPENMP"], at: directory.file("libshim.so"))
            let library = try BLASLibrary.open(path: directory.file("libshim.so"))
            #expect(library.workerBinding == .pinned)
            let prepared = try library.prepare(threads: 2, workerCPUs: [0])
            #expect(prepared.threads == 2)
            #expect(prepared.boundWorkerCPUs == nil)
            #expect(library.workerBinding == .unbindable)
        }
    }

    @Test("MKL is known by the version text it writes")
    func mkl() throws {
        let description = try open(["VERSION_OF_MKL"]).description
        #expect(description.library == "mkl")
        #expect(description.version == "2024.2-Product")
        #expect(description.config == "oneAPI Math Kernel Library Version 2024.2-Product Build 20240605")
    }

    @Test(
        "without a function we need are refused by its name",
        arguments: [
            (["WITHOUT_SGEMM"], ["cblas_sgemm"]),
            (["WITHOUT_DDOT"], ["cblas_ddot"]),
            (["WITHOUT_SGEMM", "SUFFIX=64_"], ["cblas_sgemm64_"]),
            (["WITHOUT_DGEMM", "WITHOUT_SGEMM", "WITHOUT_DDOT"], ["cblas_dgemm", "cblas_sgemm", "cblas_ddot"]),
        ])
    func missingFunctions(definitions: [String], names: [String]) throws {
        let error = #expect(throws: BLASError.self) { try open(definitions) }
        #expect(error == .missingFunctions(path: directory.file("libshim.so"), names: names))
        #expect(error?.exitStatus == .usage)
    }

    // 3 + 8 + 1: neither what 32-bit integers give nor what 64-bit ones do.
    @Test("whose dot product is wrong are refused")
    func wrongDotProduct() throws {
        let error = #expect(throws: BLASError.self) { try open(["WRONG_DDOT"]) }
        #expect(error == .integerWidthUnclear(path: directory.file("libshim.so"), answer: 12))
    }
}
