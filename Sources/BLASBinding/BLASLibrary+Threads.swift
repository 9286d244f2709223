// BLASLibrary+Threads.swift: how many threads a library uses, and where its worker threads run.
// What can be bound depends on when a library starts threads; docs/blas.md has a table of those that were tried.

import CLinux
import Glibc
import ResultRecord
import Synchronization

/// When a library starts its worker threads, which decides whether they can be bound.
enum ThreadStart: Sendable {
    /// It has none, or no function by which their number could be told.
    case never
    /// When loaded and when their number is raised, for the whole process: OpenBLAS on pthreads.
    case whenSet
    /// With the first multiplication of each calling thread, whose team ends with it: OpenMP.
    case perCallingThread
    /// Anew for each multiplication: BLIS on pthreads.
    case perCall
    /// As one of the two above; the library does not tell: MKL.
    case unknown
}

/// What a measurement can do about a library's worker threads.
package enum WorkerBinding: Sendable, Hashable {
    /// The calling thread works alone, or for all that can be told: the library is sequential, or has no functions for
    /// its thread count. Measure it as one thread, bound to one CPU.
    case none
    /// Workers stay between multiplications: bind the calling thread to its CPU, and the workers to theirs.
    case pinned
    /// Workers start anew for each multiplication, where the calling thread may run: leave that on the whole CPU set.
    case unbindable
}

/// A library that is ready to multiply on the thread that prepared it.
package struct PreparedThreads: Sendable, Hashable {
    /// Threads that one multiplication uses, the calling thread included; 1 when the library does not tell.
    package let threads: Int
    /// The CPU of each worker in the order of their work, read back; empty when the calling thread works alone. Nil
    /// when workers cannot be bound: they run where the calling thread may, so that should be the whole CPU set.
    package let boundWorkerCPUs: [Int]?
}

/// What changes about a library's threads.
struct ThreadState: Sendable {
    var workers = WorkerThreads()
    /// As read back last.
    var threads: Int?
    /// The thread whose team `workers` are; nil when they serve the whole process.
    var leader: ThreadMark?
    /// Whether a multiplication on several threads left none behind.
    var keepsNoWorkers = false
}

extension BLASLibrary {
    /// Whether the workers can be bound, to be asked before binding the thread that will multiply.
    ///
    /// Known once the library is loaded. Only a library that turns out to keep no workers, against what it says of
    /// itself, goes from `pinned` to `unbindable` with the first count above 1 that is set.
    package var workerBinding: WorkerBinding {
        switch threadStart {
        case .never: .none
        case .perCall: .unbindable
        case .whenSet, .perCallingThread, .unknown: state.withLock(\.keepsNoWorkers) ? .unbindable : .pinned
        }
    }

    /// Sets how many threads one multiplication uses and binds its workers where they can be.
    ///
    /// Call it on the thread that will multiply, which is not bound here.
    ///
    /// - Parameters:
    ///   - threads: ≥ 1, the calling thread included.
    ///   - workerCPUs: A CPU for each worker, at least `threads` − 1; the first ones are used.
    /// - Returns: The threads that the library says it uses, which may be fewer.
    /// - Throws: What `pinWorkers(to:)` does, for a library whose workers stay; `crashed` for any.
    package func prepare(threads count: Int, workerCPUs: [Int]) throws(BLASError) -> PreparedThreads {
        precondition(workerCPUs.count >= count - 1, "each worker has a CPU")
        let threads = setThreads(count) ?? 1
        if let crash = crash(during: "the start of \(count) threads") { throw crash }
        switch workerBinding {
        case .none: return PreparedThreads(threads: 1, boundWorkerCPUs: [])
        case .unbindable: return PreparedThreads(threads: threads, boundWorkerCPUs: threads > 1 ? nil : [])
        case .pinned:
            let cpus = Array(workerCPUs.prefix(threads - 1))
            try pinWorkers(to: cpus)
            return PreparedThreads(threads: threads, boundWorkerCPUs: cpus)
        }
    }

    /// Sets how many threads one multiplication uses, and starts them, so that none starts in a timed region.
    ///
    /// Call it on the thread that will multiply: a library on OpenMP has a team of workers for each calling thread,
    /// which ends with that thread.
    ///
    /// - Parameter count: ≥ 1, the calling thread included.
    /// - Returns: What the library says afterwards, which may be less; nil when it has no function to set or to tell, or
    ///   has crashed.
    @discardableResult
    package func setThreads(_ count: Int) -> Int? {
        precondition(count >= 1, "a multiplication takes a thread")
        return state.withLock { state in
            guard let threadControl, sl_library_crash(crashGuard) == 0 else { return nil }
            defer { nameWorkers(state) }
            // A sequential BLIS keeps the number it is given and uses one thread all the same.
            guard identity.threading != "sequential" else {
                state.threads = 1
                return 1
            }
            let (threads, appeared) = WorkerThreads.appearing {
                threadControl.request(count, crashGuard: crashGuard) == 0 ? threadControl.count : nil
            }
            state.threads = threads
            guard let threads, threads > 1 else { return threads }
            switch threadStart {
            case .whenSet:
                state.workers.add(appeared, startedByLibrary: threads - 1 - state.workers.started)
                if state.workers.isAmbiguous { Self.identify(&state.workers, threads: threads, with: dgemm) }
            case .perCallingThread, .unknown: findTeam(of: threads, &state)
            case .perCall, .never: break
            }
            return threads
        }
    }

    /// What appeared with any library's team and still runs: a later one may take them over. LLVM's and Intel's OpenMP hand
    /// a team to the next thread that asks; any OpenMP, to the next library that asks on the same thread.
    private static let teams = Mutex<[Int32]>([])

    /// Takes in threads that appeared with a team, and returns all that still run.
    @discardableResult
    static func pool(adding appeared: [Int32]) -> [Int32] {
        let running = WorkerThreads.running()
        return teams.withLock { teams in
            teams = teams.filter { running[$0] != nil } + appeared
            return teams
        }
    }

    /// Finds the calling thread's team: OpenMP starts it with a multiplication, and not when the count is set.
    ///
    /// GNU's runtime gives each thread new workers and ends those of a thread that ended, some only now. LLVM's and
    /// Intel's hands them to the next thread that asks, and makes only what is missing.
    private func findTeam(of threads: Int, _ state: inout ThreadState) {
        let caller = ThreadMark.current
        let count = threads - 1
        state.workers.forgetEnded()
        // A team that is large enough stays; only its first workers are used.
        if state.leader == caller, !state.workers.isAmbiguous, state.workers.ids.count >= count { return }
        let appeared = WorkerThreads.appearing { Self.multiplyOnce(threads: threads, with: dgemm) }.threads
        let pool = Self.pool(adding: appeared)
        var team = WorkerThreads()
        team.add(appeared.count == count ? appeared : pool, startedByLibrary: count)
        if team.isAmbiguous { Self.identify(&team, threads: threads, with: dgemm) }
        if team.isAmbiguous {
            // LLVM's idle workers spin for 200 ms (KMP_BLOCKTIME) and look busy; after that they sleep.
            usleep(250_000)
            Self.identify(&team, threads: threads, with: dgemm)
        }
        if appeared.isEmpty {
            // They may be another library's, and this one may keep none.
            team.dropIdleOnes { Self.multiply(threads: threads, with: dgemm) }
        }
        state.workers = team
        state.leader = caller
        state.keepsNoWorkers = team.ids.isEmpty
    }

    /// Binds the active worker threads to one CPU each, in the order the library created them.
    ///
    /// The thread that calls the multiplication works too and is not bound here: `setThreads(n)` leaves n − 1 workers.
    ///
    /// - Parameter cpus: One CPU per active worker.
    /// - Returns: The CPU of each bound worker by kernel thread id, as read back.
    /// - Throws: `workersNotIdentified` when other threads started while the library's did; `workerCount` when there
    ///   are not as many workers as CPUs; `workerEnded`, `cannotBind` and `notBound`.
    @discardableResult
    package func pinWorkers(to cpus: [Int]) throws(BLASError) -> [Int32: Int] {
        let (workers, threads) = state.withLock { ($0.workers, $0.threads) }
        // Where one thread works alone, whatever threads there are sleep.
        if (threads ?? 1) == 1, cpus.isEmpty { return [:] }
        guard !workers.isAmbiguous else {
            throw .workersNotIdentified(
                library: identity.library, expected: workers.started, appeared: workers.ids.count)
        }
        let active = min(workers.ids.count, (threads ?? 1) - 1)
        guard active == cpus.count else {
            throw .workerCount(library: identity.library, workers: active, cpus: cpus.count)
        }
        return try workers.bind(to: cpus)
    }

    /// Tells the library's threads from others by their work.
    static func identify(_ workers: inout WorkerThreads, threads: Int, with gemm: GEMMCall<Double>) {
        workers.keepBusyOnes { multiply(threads: threads, with: gemm) }
    }

    /// Keeps the library's threads busy: for 20 ms, which is above the scheduler's time slices, and for 32 products, which
    /// are 2 ms of work for each of them on the fastest of cores, however long it waits for one.
    private static func multiply(threads: Int, with gemm: GEMMCall<Double>) {
        let start = sl_monotonic_ns()
        var products = 0
        while products < 32 || sl_monotonic_ns() - start < 20_000_000 {
            if multiplyOnce(threads: threads, with: gemm) != 0 { break }
            products += 1
        }
    }

    /// A product tall enough for every thread to get rows: OpenBLAS uses fewer threads below 32 rows each.
    ///
    /// - Returns: 0, or the signal by which the library crashed.
    @discardableResult
    static func multiplyOnce(threads: Int, with gemm: GEMMCall<Double>) -> Int32 {
        let shape = GEMMShape(m: 64 * threads, n: 256, k: 256)
        let a = [Double](repeating: 1, count: shape.m * shape.k)
        let b = [Double](repeating: 1, count: shape.k * shape.n)
        var c = [Double](repeating: 0, count: shape.m * shape.n)
        return gemm.guarded(shape, a: a, b: b, c: &c)
    }
}
