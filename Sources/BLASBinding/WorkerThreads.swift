// WorkerThreads.swift: which threads of this process belong to a library, and where they may run.
// Libraries do not tell, so the threads that appear while one is loaded or set are its own, if they are as many as it
// started. If more appeared, those that use CPU time while the library multiplies are.

import CLinux
import Glibc
import ResultRecord

/// A library's threads, in the order in which it created them.
///
/// Usable for other libraries too; `BLASLibrary` keeps one for its own.
package struct WorkerThreads: Sendable {
    package init() {}

    /// Kernel thread ids. OpenBLAS hands out work in this order, so that the first ones are those that work.
    package private(set) var ids: [Int32] = []
    /// How many threads the library has started, by its own account.
    package private(set) var started = 0

    /// Whether threads that are not the library's are among `ids`.
    package var isAmbiguous: Bool { ids.count > started }

    /// Runs `body` and returns the threads that it leaves behind, the oldest first.
    package static func appearing<Result>(during body: () -> Result) -> (result: Result, threads: [Int32]) {
        let before = running()
        let result = body()
        let appeared = running().filter { before[$0.key] == nil }
        return (result, appeared.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key))
    }

    /// Takes in the threads that appeared while the library started `count`.
    package mutating func add(_ threads: [Int32], startedByLibrary count: Int) {
        // A library that started none cannot own any of them.
        guard count > 0 else { return }
        ids += threads
        started += count
    }

    /// Drops the threads that have ended since they were taken in.
    package mutating func forgetEnded() {
        guard !ids.isEmpty else { return }
        let running = Self.running()
        let count = ids.count
        ids.removeAll { running[$0] == nil }
        started = max(0, started - (count - ids.count))
    }

    /// Drops the threads that rest while the library works.
    ///
    /// - Parameter work: Keeps all workers busy, each for some milliseconds.
    /// - Postcondition: Still ambiguous when a thread that is not the library's was busy as well.
    package mutating func keepBusyOnes(during work: () -> Void) {
        let before = ids.map(Self.cpuTime)
        work()
        // A thread that ended meanwhile has 0 now, hence less than before, and used nothing.
        let used = zip(ids, before).map { (id: $0, nanoseconds: max(0, Self.cpuTime(of: $0) - $1)) }
        let ranked = used.sorted { $0.nanoseconds > $1.nanoseconds }
        // A factor of four leaves room for workers that had to wait for a CPU; resting threads use nothing.
        guard ranked.count > started, ranked[started - 1].nanoseconds > 4 * ranked[started].nanoseconds else { return }
        let busy = Set(ranked.prefix(started).map(\.id))
        ids.removeAll { !busy.contains($0) }
    }

    /// Drops the threads that do nothing while the library works.
    ///
    /// - Parameter work: Keeps all workers busy, each for at least two milliseconds of CPU time.
    package mutating func dropIdleOnes(during work: () -> Void) {
        let before = ids.map(Self.cpuTime)
        work()
        // A resting thread that is woken uses microseconds.
        let used = zip(ids, before).map { (id: $0, nanoseconds: Self.cpuTime(of: $0) - $1) }
        ids = used.filter { $0.nanoseconds >= 1_000_000 }.map(\.id)
        started = min(started, ids.count)
    }

    /// Nanoseconds of CPU time that a thread of this process has used; 0 when it is gone.
    private static func cpuTime(of id: Int32) -> Int {
        // The kernel's encoding of a thread's CPU-time clock: the complement of its id, above the bits for
        // "one thread" (4) and "as scheduled" (2). The C library makes the same from a pthread_t, which we lack.
        Int(clamping: sl_clock_ns(~id << 3 | 6))
    }

    /// Binds the first workers to one CPU each and reads back where they may run.
    ///
    /// - Returns: The CPU of each worker by its thread id.
    package func bind(to cpus: [Int]) throws(BLASError) -> [Int32: Int] {
        var bound: [Int32: Int] = [:]
        for (id, cpu) in zip(ids, cpus) {
            if let reason = Self.setAffinity(of: id, to: cpu) {
                guard Self.startTime(of: id) != nil else { throw .workerEnded(thread: id) }
                throw .cannotBind(thread: id, cpu: cpu, reason: reason)
            }
            let found = Self.affinity(of: id)
            guard !found.isEmpty else { throw .workerEnded(thread: id) }
            guard found == [cpu] else { throw .notBound(thread: id, cpu: cpu, found: found) }
            bound[id] = cpu
        }
        return bound
    }

    /// The threads of this process and when each started, in clock ticks since boot.
    package static func running() -> [Int32: UInt64] {
        guard let directory = opendir("/proc/self/task") else { return [:] }
        defer { closedir(directory) }
        var threads: [Int32: UInt64] = [:]
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // A thread that ended since the directory was read has no start time and is left out.
            if let id = Int32(name), let start = startTime(of: id) { threads[id] = start }
        }
        return threads
    }

    /// Whether a thread of this process sleeps: in an interruptible wait, not merely waiting for a CPU. One that has
    /// ended does.
    static func isAsleep(_ id: Int32) -> Bool { statFields(of: id).map { $0[0] == [UInt8(ascii: "S")] } ?? true }

    /// In clock ticks since boot; nil when the thread is gone.
    fileprivate static func startTime(of id: Int32) -> UInt64? {
        // Field 22; the state, field 3, is the first behind the name.
        statFields(of: id).flatMap { $0.count > 19 ? UInt64(String(decoding: $0[19], as: UTF8.self)) : nil }
    }

    /// The fields of /proc/self/task/…/stat from the state on, behind the name, which may hold spaces; not empty. Nil
    /// when the thread is gone.
    private static func statFields(of id: Int32) -> [ArraySlice<UInt8>]? {
        let descriptor = open("/proc/self/task/\(id)/stat", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // The line has 52 numbers of at most 20 digits and a name of at most 64 bytes.
        let bytes = [UInt8](unsafeUninitializedCapacity: 2048) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, 2048))
        }
        guard let nameEnd = bytes.lastIndex(of: UInt8(ascii: ")")) else { return nil }
        let fields = bytes[(nameEnd + 1)...].split(separator: UInt8(ascii: " "))
        return fields.isEmpty ? nil : fields
    }

    /// - Returns: Why the kernel refused; nil when it did not.
    private static func setAffinity(of id: Int32, to cpu: Int) -> String? {
        guard (0...CPUSet.largestNumber).contains(cpu) else { return "no such CPU" }
        var mask = [UInt8](repeating: 0, count: cpu / 64 * 8 + 8)
        mask[cpu / 8] = 1 << UInt8(cpu % 8)
        return switch sl_affinity_set(id, mask, mask.count) {
        case 0: nil
        case EINVAL: "this process may not use that CPU, or it is offline"
        case let code: SharedObjectFile.errorText(code)
        }
    }

    /// The CPUs that a thread may run on; empty when it is gone.
    static func affinity(of id: Int32) -> CPUSet {
        // Room for every CPU number that a `CPUSet` takes, which is more than any kernel is built for.
        var mask = [UInt8](repeating: 0, count: (CPUSet.largestNumber + 1) / 8)
        let count = Int(sl_affinity_get(id, &mask, mask.count))
        guard count > 0 else { return [] }
        return CPUSet((0..<count * 8).filter { mask[$0 / 8] >> UInt8($0 % 8) & 1 == 1 })
    }
}

/// A thread of this process, told from a later one that was given the same id.
struct ThreadMark: Sendable, Hashable {
    /// Kernel thread id.
    let id: Int32
    /// Clock ticks since boot; nil when /proc does not tell.
    let start: UInt64?

    static var current: ThreadMark {
        let id = sl_gettid()
        return ThreadMark(id: id, start: WorkerThreads.startTime(of: id))
    }
}
