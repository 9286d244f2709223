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

    @Test("belong to no library that started none")
    func strangersOnly() {
        var workers = WorkerThreads()
        workers.add([1, 2], startedByLibrary: 0)
        #expect(workers.ids.isEmpty && !workers.isAmbiguous)
    }
}
