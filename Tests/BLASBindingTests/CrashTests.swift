// CrashTests.swift: a library that dies by a signal, on the calling thread or on its own, leaves the process alive.
// Each test runs in a process of its own: there, the library's threads are the only ones that nobody knows.

import BLASBinding
import Foundation
import ResultRecord
import Synchronization
import TestSupport
import Testing

/// A way to crash, as `ShimLibrary` numbers them.
enum CrashKind: Int, CaseIterable, Codable, Sendable {
    case segfault, illegal, abort, overflow
    // On two threads of the library's own at once; an overflow there has no stack left for a handler.
    case segfaultOnWorker = 5
    case illegalOnWorker, abortOnWorker

    var signal: Int32 {
        switch self {
        case .segfault, .overflow, .segfaultOnWorker: SIGSEGV
        case .illegal, .illegalOnWorker: SIGILL
        case .abort, .abortOnWorker: SIGABRT
        }
    }

    var isOnWorker: Bool { rawValue >= Self.segfaultOnWorker.rawValue }
}

@Suite("A library that crashes", .enabled(if: ShimLibrary.compiler != nil, "no C compiler on PATH"))
struct CrashTests {
    /// The order at which the shim crashes.
    private static let fatal = 7

    private static func open(_ definitions: [String], in directory: TemporaryDirectory) throws -> BLASLibrary {
        let path = directory.file("libcrash\(definitions.joined().hashValue).so")
        try ShimLibrary.build(definitions, at: path)
        return try BLASLibrary.open(path: path)
    }

    private static func multiply(_ library: BLASLibrary, order: Int) -> Int32 {
        var multiplication = Multiplication<Double>(GEMMShape(order: order), beta: 0)
        let signal = multiplication.run(library.dgemm)
        if signal == 0 { #expect(multiplication.worstDeviation <= 1) }
        return signal
    }

    @Test("is told by the signal and not called again, while others go on", arguments: CrashKind.allCases)
    func crash(kind: CrashKind) async {
        await #expect(processExitsWith: .success) { [kind] in
            let directory = try TemporaryDirectory()
            let library = try Self.open(["CRASH=\(kind.rawValue)", "CRASH_AT=\(Self.fatal)"], in: directory)
            let other = try Self.open(["VERSION_OF_MKL"], in: directory)
            #expect(Self.multiply(library, order: Self.fatal - 1) == 0)
            #expect(library.crash(during: "a product that went well") == nil)
            #expect(Self.multiply(library, order: Self.fatal) == kind.signal)
            let crash = BLASError.crashed(
                library: "cblas", signal: kind.signal, onWorker: kind.isOnWorker, during: "the seventh")
            #expect(library.crash(during: "the seventh") == crash)
            // No product is made any more, although this one would go well, and the first reason stays.
            #expect(Self.multiply(library, order: Self.fatal - 1) == kind.signal)
            #expect(library.crash(during: "another") == crash)
            #expect(throws: crash) { try library.prepare(threads: 1, workerCPUs: []) }
            #expect(library.setThreads(2) == nil)
            #expect(try BLASLibrary.open(path: library.description.path) === library)
            for order in [Self.fatal - 1, Self.fatal, 40] { #expect(Self.multiply(other, order: order) == 0) }
            let system = try BLASLibrary.openDefault()
            #expect(Self.multiply(system, order: 100) == 0)
        }
    }

    @Test("twice over is caught twice")
    func crashesOfTwo() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let kinds = [CrashKind.abort, .abort, .segfault, .segfaultOnWorker, .overflow, .illegalOnWorker]
            for (index, kind) in kinds.enumerated() {
                let order = Self.fatal + index
                let library = try Self.open(["CRASH=\(kind.rawValue)", "CRASH_AT=\(order)"], in: directory)
                #expect(Self.multiply(library, order: order) == kind.signal)
            }
        }
    }

    // A real library has workers that wait for each other, locks, and destructors that wait for workers.
    @Test("by memory it may not read, on two threads, leaves the thread, the process and other libraries as they were")
    func realLibraries() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let paths = [try BLASLibrary.openDefault().description.path] + BLASBindingTests.realLibraries
            let libraries = try paths.map { try BLASLibrary.open(path: $0) }
            let other = try Self.open([], in: directory)
            let order = 300
            let bytes = order * order * MemoryLayout<Double>.stride
            let forbidden = try #require(mmap(nil, bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))
            let address = UInt(bitPattern: forbidden)
            let cpu = try #require(WorkerThreads.allowed.numbers.last)
            for library in libraries {
                let faults = Mutex<[String]>([])
                // A thread of its own, which ends: a team of OpenMP's ends with it.
                let leader = Thread {
                    do {
                        _ = try library.prepare(threads: 2, workerCPUs: [cpu])
                    } catch { faults.withLock { $0.append("\(error)") } }
                    guard let b = UnsafePointer<Double>(bitPattern: address) else { return }
                    let a = [Double](repeating: 1, count: order * order)
                    var c = a
                    let signal = library.dgemm.guarded(GEMMShape(order: order), a: a, b: b, c: &c)
                    if signal != SIGSEGV { faults.withLock { $0.append("signal \(signal)") } }
                }
                leader.start()
                while !leader.isFinished { usleep(1000) }
                #expect(faults.withLock { $0 } == [], "\(library.description)")
                #expect(library.crash(during: "a test") != nil)
                #expect(Self.multiply(other, order: 20) == 0)
            }
        }
    }

    @Test("in its first call cannot be loaded, and is not tried again")
    func crashWhenLoaded() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            for _ in 0..<2 {
                let error = #expect(throws: BLASError.self) { try Self.open(["CRASHING_DDOT"], in: directory) }
                guard case .crashed(let path, SIGILL, onWorker: false, during: "cblas_ddot") = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(path.hasPrefix(directory.path))
                #expect(error?.code == "library-crashed")
                #expect(error?.exitStatus == .measurementFailed)
            }
        }
    }

    @Test("is described by the signal's name, where it struck and what to do")
    func messages() {
        func text(_ signal: Int32, onWorker: Bool) -> BLASError {
            .crashed(library: "openblas", signal: signal, onWorker: onWorker, during: "dgemm of order 512")
        }
        #expect(
            text(SIGSEGV, onWorker: true).what
                == "openblas crashed in a thread of its own during dgemm of order 512: SIGSEGV (Segmentation fault)")
        #expect(
            text(SIGILL, onWorker: false).what
                == "openblas crashed during dgemm of order 512: SIGILL (Illegal instruction)")
        #expect(text(SIGILL, onWorker: false).nextStep.contains("OPENBLAS_CORETYPE"))
        #expect(text(SIGBUS, onWorker: false).nextStep.contains("another one with --blas"))
    }

    // 2 would say that a node is defective.
    @Test("that calls exit() ends the program as a measurement that failed", arguments: [4, 9])
    func exitByLibrary(kind: Int) async throws {
        let result = await #expect(processExitsWith: .exitCode(3), observing: [\.standardErrorContent]) { [kind] in
            let directory = try TemporaryDirectory()
            let library = try Self.open(["CRASH=\(kind)", "CRASH_AT=\(Self.fatal)"], in: directory)
            _ = Self.multiply(library, order: Self.fatal)
        }
        let errors = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
        #expect(errors.contains("error: a BLAS library ended the program by calling exit()."))
    }

    /// Crashes of this program's own: the guard is in place by then and must not take them.
    @Test("does not hide crashes of ours", arguments: [SIGSEGV, SIGILL, SIGABRT])
    func ownCrash(signal: Int32) async {
        await #expect(processExitsWith: .signal(signal)) { [signal] in
            let directory = try TemporaryDirectory()
            let library = try Self.open(["CRASH=0", "CRASH_AT=\(Self.fatal)"], in: directory)
            #expect(Self.multiply(library, order: Self.fatal) == SIGSEGV)
            raise(signal)
        }
    }

    @Test("does not hide that another process ended this one")
    func signalFromElsewhere() async {
        await #expect(processExitsWith: .signal(SIGABRT)) {
            let directory = try TemporaryDirectory()
            let library = try Self.open([], in: directory)
            #expect(Self.multiply(library, order: 10) == 0)
            _ = try Command.run("/bin/sh", ["-c", "kill -ABRT \(getpid())"])
            sleep(10)
        }
    }
}
