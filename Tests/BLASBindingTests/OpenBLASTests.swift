// OpenBLASTests.swift: the system's OpenBLAS, which is a dependency of the package and so is always there.

import BLASBinding
import Foundation
import ResultRecord
import Testing

@Suite("OpenBLAS of the system")
struct OpenBLASTests {
    let library: BLASLibrary

    init() throws { library = try BLASLibrary.openDefault() }

    @Test("names itself, its version, its kernels and its file")
    func identity() throws {
        let description = library.description
        #expect(description.library == "openblas")
        #expect(description.integerBits == 32, "Debian's libopenblas is the 32-bit-integer build")
        let version = try #require(description.version)
        #expect(try #require(description.config).hasPrefix("OpenBLAS \(version)"))
        #expect(try !#require(description.coreName).isEmpty)
        #expect(["pthreads", "openmp", "sequential"].contains(try #require(description.threading)))
        #expect(description.coreTypeEnvironment == ProcessInfo.processInfo.environment["OPENBLAS_CORETYPE"])
        // A real path has no links left to resolve.
        #expect(URL(filePath: description.path).resolvingSymlinksInPath().path() == description.path)
        #expect(library.symbolSuffix == "")
    }

    // sha256sum of coreutils is the other road to the digest.
    @Test(
        "is known by the digest of its file",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/sha256sum"), "no sha256sum"))
    func digest() throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/sha256sum")
        process.arguments = [library.description.path]
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(library.description.sha256 == String(text.prefix(64)))
    }

    @Test("multiplies doubles as the definition does", arguments: multiplicationShapes, [0, -0.5])
    func doubles(shape: GEMMShape, beta: Double) {
        var multiplication = Multiplication<Double>(shape, beta: beta)
        multiplication.run(library.dgemm)
        #expect(multiplication.worstDeviation <= 1)
        #expect(multiplication.gapsUntouched)
    }

    @Test("multiplies floats as the definition does", arguments: multiplicationShapes, [0, -0.5])
    func floats(shape: GEMMShape, beta: Float) {
        var multiplication = Multiplication<Float>(shape, beta: beta)
        multiplication.run(library.sgemm)
        #expect(multiplication.worstDeviation <= 1)
        #expect(multiplication.gapsUntouched)
    }

    @Test("a planted error of one part in a thousand is seen")
    func plantedErrorIsSeen() {
        var multiplication = Multiplication<Double>(GEMMShape(m: 33, n: 31, k: 64), beta: 0)
        multiplication.run(library.gemm())
        multiplication.c[500] += 1e-3
        #expect(multiplication.worstDeviation > 1)
    }

    @Test("opened by its path, it is the same library")
    func openedByPath() throws {
        #expect(try BLASLibrary.open(path: library.description.path) === library)
        #expect(try BLASLibrary.open(path: "libopenblas.so.0") === library)
    }
}

/// Thread counts and kernels are chosen for a whole process, so each test has one of its own.
@Suite("OpenBLAS of the system in a fresh process")
struct OpenBLASProcessTests {
    static let isThreaded = (try? BLASLibrary.openDefault())?.description.threading != "sequential"

    @Test("uses as many threads as it was told", .enabled(if: isThreaded, "the installed OpenBLAS is sequential"))
    func threadsAreReadBack() async {
        await #expect(processExitsWith: .success) {
            let library = try BLASLibrary.openDefault()
            for count in [1, 2, 3, 1] {
                #expect(library.setThreads(count) == count)
                #expect(library.description.threads == count)
            }
        }
    }

    // The Prescott kernels need SSE3 only and are in every x86-64 build that chooses at run time.
    #if arch(x86_64)
        @Test("takes the kernels that the environment names")
        func coreTypeFromEnvironment() async {
            await #expect(processExitsWith: .success) {
                setenv("OPENBLAS_CORETYPE", "Prescott", 1)
                let description = try BLASLibrary.openDefault().description
                #expect(description.coreTypeEnvironment == "Prescott")
                if description.config?.contains("DYNAMIC_ARCH") == true { #expect(description.coreName == "Prescott") }
            }
        }
    #endif
}
