// WorkerThreadsTests.swift: a library's workers are found and bound, and the kernel's own list says so.
// Each test runs in a process of its own: in the test runner other threads start at any time.

import BLASBinding
import Foundation
import ResultRecord
import Synchronization
import Testing

/// Where a thread may run, by the kernel's text in /proc rather than by sched_getaffinity.
private func allowedCPUs(of thread: String) throws -> CPUSet {
    let status = try String(contentsOfFile: "/proc/\(thread)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") })
    return try #require(CPUSet(list: line.drop { $0 != ":" }.dropFirst()))
}

@Suite("Worker threads of OpenBLAS")
struct WorkerThreadsTests {
    static let isThreaded = OpenBLASProcessTests.isThreaded
    static let hasTwoCPUs = ((try? allowedCPUs(of: "self"))?.count ?? 0) >= 2
    static let taskset = "/usr/bin/taskset"

    @Test("are bound to the CPUs that were named", .enabled(if: isThreaded, "the installed OpenBLAS is sequential"))
    func boundAsNamed() async {
        await #expect(processExitsWith: .success) {
            let library = try BLASLibrary.openDefault()
            let cpu = try #require(try allowedCPUs(of: "self").numbers.last)
            #expect(library.setThreads(3) == 3)
            let bound = try library.pinWorkers(to: [cpu, cpu])
            #expect(bound.count == 2)
            for (thread, cpu) in bound { #expect(try allowedCPUs(of: "self/task/\(thread)") == [cpu]) }
            #expect(bound[getpid()] == nil, "the process's first thread is ours")
        }
    }

    @Test("stay fewer than the threads by one", .enabled(if: isThreaded, "the installed OpenBLAS is sequential"))
    func oneFewerThanThreads() async {
        await #expect(processExitsWith: .success) {
            let library = try BLASLibrary.openDefault()
            let cpu = try #require(try allowedCPUs(of: "self").numbers.first)
            #expect(library.setThreads(2) == 2)
            #expect(throws: BLASError.workerCount(library: "openblas", workers: 1, cpus: 2)) {
                try library.pinWorkers(to: [cpu, cpu])
            }
            // With one thread the workers that exist sleep: there is nothing to bind.
            #expect(library.setThreads(1) == 1)
            #expect(try library.pinWorkers(to: []).isEmpty)
        }
    }

    @Test("multiply on the CPUs they were bound to", .enabled(if: isThreaded && hasTwoCPUs, "needs two CPUs"))
    func workWhereBound() async {
        await #expect(processExitsWith: .success) {
            let library = try BLASLibrary.openDefault()
            let cpu = try #require(try allowedCPUs(of: "self").numbers.last)
            library.setThreads(2)
            let worker = try #require(try library.pinWorkers(to: [cpu]).first)
            var multiplication = Multiplication<Double>(GEMMShape(order: 256), beta: 0)
            for _ in 0..<10 { multiplication.run(library.dgemm) }
            #expect(multiplication.worstDeviation <= 1)
            // Field 39 of stat is the CPU the thread ran on last; the name before it has no spaces here.
            let stat = try String(contentsOfFile: "/proc/self/task/\(worker.key)/stat", encoding: .utf8)
            #expect(stat.split(separator: " ")[38] == "\(cpu)")
        }
    }

    @Test(
        "can be spread again after the library was loaded on one CPU",
        .enabled(if: isThreaded && hasTwoCPUs, "needs two CPUs"),
        .enabled(if: FileManager.default.isExecutableFile(atPath: taskset), "no taskset"))
    func loadedWhileBound() async {
        await #expect(processExitsWith: .success) {
            let cpus = try allowedCPUs(of: "self").numbers
            // All threads, since the test's body runs on whichever.
            let process = try Process.run(
                URL(filePath: WorkerThreadsTests.taskset), arguments: ["-a", "-p", "-c", "\(cpus[0])", "\(getpid())"])
            process.waitUntilExit()
            #expect(try allowedCPUs(of: "thread-self") == [cpus[0]])
            let library = try BLASLibrary.openDefault()
            #expect(library.description.threads == 1, "OpenBLAS counts the CPUs of the thread that loads it")
            #expect(library.setThreads(2) == 2)
            let bound = try library.pinWorkers(to: [cpus[1]])
            for thread in bound.keys { #expect(try allowedCPUs(of: "self/task/\(thread)") == [cpus[1]]) }
        }
    }

    @Test(
        "cannot be bound to a CPU that does not exist", .enabled(if: isThreaded, "the installed OpenBLAS is sequential")
    )
    func absentCPU() async {
        await #expect(processExitsWith: .success) {
            let library = try BLASLibrary.openDefault()
            library.setThreads(2)
            let error = #expect(throws: BLASError.self) { try library.pinWorkers(to: [60_000]) }
            #expect(error?.what.contains("to CPU 60000: this process may not use that CPU") == true)
            #expect(error?.exitStatus == .permission)
        }
    }
}

/// Debian has this OpenBLAS beside the other in a directory of its own; `SUANLI_TEST_OPENBLAS_OPENMP` names another.
private let openMPLibrary = {
    let environment = ProcessInfo.processInfo.environment
    return
        ([environment["SUANLI_TEST_OPENBLAS_OPENMP"]].compactMap(\.self)
        + ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/openblas-openmp/libopenblas.so.0" })
        .first { FileManager.default.fileExists(atPath: $0) }
}()

@Suite(
    "Worker threads of OpenBLAS on OpenMP",
    .enabled(if: openMPLibrary != nil, "no libopenblas0-openmp (set SUANLI_TEST_OPENBLAS_OPENMP to its path)"))
struct OpenMPWorkersTests {
    /// Prepares two or more threads on a thread of its own, which multiplies and ends, and with it its team.
    private static func measure(_ library: BLASLibrary, threads: Int, on cpu: Int) throws {
        let outcome = Mutex<Result<Void, any Error>?>(nil)
        let leader = Thread {
            let result = Result {
                // Required rather than expected: a failure on a thread of our own reaches the test by throwing only.
                let cpus = [Int](repeating: cpu, count: threads - 1)
                let prepared = try library.prepare(threads: threads, workerCPUs: cpus)
                try #require(prepared.threads == threads)
                try #require(prepared.boundWorkerCPUs == cpus)
                var multiplication = Multiplication<Double>(GEMMShape(order: 256), beta: 0)
                multiplication.run(library.dgemm)
                try #require(multiplication.worstDeviation <= 1)
                // Again on the same thread, whose team is there already.
                let bound = try library.pinWorkers(to: cpus)
                try #require(bound.count == threads - 1)
                for worker in bound.keys { try #require(try allowedCPUs(of: "self/task/\(worker)") == [cpu]) }
                try #require(try library.prepare(threads: threads, workerCPUs: cpus) == prepared)
                try #require(try library.pinWorkers(to: cpus) == bound)
            }
            outcome.withLock { $0 = result }
        }
        leader.start()
        while !leader.isFinished { usleep(100) }
        try #require(outcome.withLock { $0 }).get()
    }

    @Test("are found and bound anew for each thread that multiplies, as the one before took its team along")
    func newLeaders() async {
        await #expect(processExitsWith: .success) {
            let library = try BLASLibrary.open(path: #require(openMPLibrary))
            #expect(library.description.threading == "openmp")
            #expect(library.workerBinding == .pinned)
            let cpu = try #require(try allowedCPUs(of: "self").numbers.last)
            for threads in [2, 2, 4, 3, 2] {
                try Self.measure(library, threads: threads, on: cpu)
                // As between two measurements, on yet another thread.
                library.setThreads(1)
            }
        }
    }
}

/// Threads of our own stand in for a library's: their number and what they do is known.
@Suite("Threads that appear together")
struct AppearingThreadsTests {
    /// Starts threads that spin, or sleep, until `isDone`; `WorkerThreads` must tell which do which.
    final class Helpers: Sendable {
        private let isDone = Atomic(false)

        func start(_ count: Int, spinning: Bool) -> [Int32] {
            WorkerThreads.appearing {
                for _ in 0..<count {
                    Thread.detachNewThread { [self] in
                        while !isDone.load(ordering: .relaxed) { if !spinning { usleep(1000) } }
                    }
                }
            }.threads
        }

        func finish() { isDone.store(true, ordering: .relaxed) }
    }

    @Test("are told apart by who works")
    func busyOnesAreKept() async {
        await #expect(processExitsWith: .success) {
            let helpers = Helpers()
            defer { helpers.finish() }
            let resting = helpers.start(3, spinning: false)
            let busy = helpers.start(1, spinning: true)
            #expect(resting.count >= 3 && !busy.isEmpty)
            var workers = WorkerThreads()
            workers.add(resting + busy, startedByLibrary: 1)
            #expect(workers.isAmbiguous)
            workers.keepBusyOnes { usleep(100_000) }
            #expect(!workers.isAmbiguous)
            #expect(workers.ids.count == 1 && busy.contains(workers.ids[0]))
        }
    }

    @Test("stay ambiguous when a stranger works too")
    func busyStrangerIsNotHidden() async {
        await #expect(processExitsWith: .success) {
            let helpers = Helpers()
            defer { helpers.finish() }
            var workers = WorkerThreads()
            workers.add(helpers.start(2, spinning: true), startedByLibrary: 1)
            workers.keepBusyOnes { usleep(100_000) }
            #expect(workers.isAmbiguous)
        }
    }

    @Test("are forgotten when they have ended, and one that ends cannot be bound")
    func endedThreads() async {
        await #expect(processExitsWith: .success) {
            let (staying, ending) = (Helpers(), Helpers())
            defer { staying.finish() }
            var workers = WorkerThreads()
            workers.add(staying.start(1, spinning: false) + ending.start(1, spinning: true), startedByLibrary: 2)
            let ended = try #require(workers.ids.last)
            ending.finish()
            while WorkerThreads.running()[ended] != nil { usleep(100) }
            let cpu = try #require(try allowedCPUs(of: "self").numbers.first)
            #expect(throws: BLASError.workerEnded(thread: ended)) { try workers.bind(to: [cpu, cpu]) }
            workers.forgetEnded()
            #expect(workers.ids.count == 1 && workers.started == 1)
            #expect(try workers.bind(to: [cpu]).count == 1)
        }
    }

    @Test("that end while they are watched have done no work")
    func endedWhileWatched() async {
        await #expect(processExitsWith: .success) {
            let (busy, ending) = (Helpers(), Helpers())
            defer { busy.finish() }
            let kept = busy.start(1, spinning: true)
            let ended = ending.start(1, spinning: true)
            usleep(10_000)
            var workers = WorkerThreads()
            workers.add(ended + kept, startedByLibrary: 1)
            workers.keepBusyOnes {
                ending.finish()
                usleep(100_000)
            }
            #expect(workers.ids == kept)
        }
    }

    @Test("belong to no library that started none")
    func strangersOnly() {
        var workers = WorkerThreads()
        workers.add([1, 2], startedByLibrary: 0)
        #expect(workers.ids.isEmpty && !workers.isAmbiguous)
    }
}
