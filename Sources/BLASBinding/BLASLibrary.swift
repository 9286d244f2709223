// BLASLibrary.swift: a CBLAS library chosen at run time: who it is, its matrix multiplications, its threads.
// One value per library and process, since a library's thread count and worker threads are the process's.

import CLinux
import Glibc
package import ResultRecord
import Synchronization

/// A loaded CBLAS library that has cblas_dgemm and cblas_sgemm, of known integer width.
///
/// Load it before starting threads and before binding the loading thread: the worker threads of OpenBLAS are
/// created in between, inherit the binding, and are told from others by the time they appear (docs/blas.md).
// Unchecked: all stored properties are constants. The pointers lead to code of a library that is never unloaded;
// what changes is inside the mutex.
package final class BLASLibrary: @unchecked Sendable {
    /// C = αAB + βC in double precision.
    package let dgemm: GEMMCall<Double>
    /// C = αAB + βC in single precision.
    package let sgemm: GEMMCall<Float>
    /// Appended to the names of its functions: none, `64_` or `_64`.
    package let symbolSuffix: String
    /// The most threads it was built for (`MAX_THREADS` of OpenBLAS); nil when it does not tell.
    package let maximumThreads: Int?

    private let identity: BLASDescription
    private let threadControl: ThreadControl?
    private let startsThreadsWhenSet: Bool
    private let state: Mutex<State>

    private struct State: Sendable {
        var workers = WorkerThreads()
        /// As read back last.
        var threads: Int?
    }

    /// The libraries opened so far by real path, and the lock under which one is opened.
    private static let opened = Mutex<[String: BLASLibrary]>([:])

    /// The names under which OpenBLAS is installed: by the runtime package, and by the development package alone.
    static let defaultNames = ["libopenblas.so.0", "libopenblas.so"]

    /// Loads the system's OpenBLAS, from where the loader looks.
    ///
    /// - Throws: `BLASError.notFound`, or what is wrong with the library that was found.
    package static func openDefault() throws(BLASError) -> BLASLibrary {
        try open(anyOf: defaultNames)
    }

    /// Loads a library by its path.
    ///
    /// - Parameter path: Of a shared library. A bare file name is looked up by the loader.
    /// - Throws: `BLASError`, naming what is wrong with the file.
    package static func open(path: String) throws(BLASError) -> BLASLibrary {
        guard path.contains("/") else { return try open(anyOf: [path]) }
        let file = try SharedObjectFile(checking: path)
        return try open(anyOf: [file.path])
    }

    private static func open(anyOf names: [String]) throws(BLASError) -> BLASLibrary {
        let outcome = opened.withLock { opened -> Result<BLASLibrary, BLASError> in
            Result { () throws(BLASError) in
                let (loaded, name, threads) = try load(anyOf: names)
                let symbols = try CBLASSymbols(in: loaded, path: name)
                let path = LoadedLibrary.file(holding: symbols.dgemm) ?? name
                // Another name of a library that is loaded already leads to the value that knows its threads.
                if let known = opened[path] { return known }
                let library = try BLASLibrary(loaded, symbols: symbols, path: path, appeared: threads)
                opened[path] = library
                return library
            }
        }
        return try outcome.get()
    }

    /// Loads the first of `names` that the loader accepts; `threads` are those that appeared meanwhile.
    private static func load(
        anyOf names: [String]
    ) throws(BLASError) -> (library: LoadedLibrary, name: String, threads: [Int32]) {
        var reason: String?
        for name in names {
            let (outcome, threads) = WorkerThreads.appearing { LoadedLibrary.load(name) }
            if let library = outcome.library { return (library, name, threads) }
            if name.contains("/") { throw .notASharedLibrary(path: name, detail: outcome.detail) }
            // A library that is there and lacks a dependency says more than the next name that is not there.
            if reason == nil, !outcome.detail.hasPrefix(name + ": cannot open") { reason = outcome.detail }
        }
        throw .notFound(names: names, detail: reason ?? "the loader knows none of them")
    }

    private init(
        _ library: LoadedLibrary, symbols: CBLASSymbols, path: String, appeared threads: [Int32]
    ) throws(BLASError) {
        let integerBits = try symbols.integerBits(path: path)
        let identity = BLASIdentity(of: library, suffix: symbols.suffix)

        dgemm = GEMMCall(entry: symbols.dgemm, wideIntegers: integerBits == 64)
        sgemm = GEMMCall(entry: symbols.sgemm, wideIntegers: integerBits == 64)
        symbolSuffix = symbols.suffix
        maximumThreads = identity.maximumThreads
        threadControl = ThreadControl(in: library, suffix: symbols.suffix)
        startsThreadsWhenSet = identity.startsThreadsWhenSet
        var description = BLASDescription(library: identity.library, integerBits: integerBits, path: path)
        description.version = identity.version
        description.config = identity.config
        description.coreName = identity.coreName
        description.threading = identity.threading
        description.coreTypeEnvironment = getenv("OPENBLAS_CORETYPE").map { String(cString: $0) }
        description.sha256 = SharedObjectFile.sha256(ofFile: path)
        self.identity = description

        var state = State()
        state.threads = identity.threading == "sequential" ? 1 : threadControl?.count
        if identity.startsThreadsWhenSet {
            state.workers.add(threads, startedByLibrary: (state.threads ?? 1) - 1)
            if state.workers.isAmbiguous { Self.identify(&state.workers, threads: state.threads ?? 1, with: dgemm) }
        }
        self.state = Mutex(state)
    }

    /// Who the library is and how many threads it uses now, for the record.
    package var description: BLASDescription {
        var description = identity
        description.threads = state.withLock(\.threads)
        return description
    }

    /// The multiplication for an element type, for code that is written once for both.
    package func gemm<Element: GEMMElement>(_ type: Element.Type = Element.self) -> GEMMCall<Element> {
        let isDouble = Element.gemmName == Double.gemmName
        return GEMMCall(entry: isDouble ? dgemm.entry : sgemm.entry, wideIntegers: dgemm.wideIntegers)
    }
}

// MARK: - Threads

extension BLASLibrary {
    /// Sets how many threads one multiplication uses, and starts them, so that none starts in a timed region.
    ///
    /// Call it on the thread that will multiply: a library on OpenMP has a team of workers for each calling thread.
    ///
    /// - Parameter count: ≥ 1, the calling thread included.
    /// - Returns: What the library says afterwards, which may be less; nil when it has no function to set or to tell.
    @discardableResult
    package func setThreads(_ count: Int) -> Int? {
        precondition(count >= 1, "a multiplication takes a thread")
        return state.withLock { state in
            guard let threadControl else { return nil }
            // A sequential BLIS keeps the number it is given and uses one thread all the same.
            guard identity.threading != "sequential" else {
                state.threads = 1
                return 1
            }
            let (threads, appeared) = WorkerThreads.appearing {
                threadControl.request(count)
                return threadControl.count
            }
            state.threads = threads
            let missing = (threads ?? 1) - 1 - state.workers.started
            guard let threads, missing > 0 else { return threads }
            if startsThreadsWhenSet {
                state.workers.add(appeared, startedByLibrary: missing)
            } else {
                // OpenMP starts a thread's team with its first multiplication, and not when it is set.
                let late = WorkerThreads.appearing { Self.multiplyOnce(threads: threads, with: dgemm) }.threads
                // BLIS on pthreads has ended its threads by now; then there are none to know.
                if !late.isEmpty { state.workers.add(late, startedByLibrary: missing) }
            }
            if state.workers.isAmbiguous { Self.identify(&state.workers, threads: threads, with: dgemm) }
            return threads
        }
    }

    /// Binds the active worker threads to one CPU each, in the order the library created them.
    ///
    /// The thread that calls the multiplication works too and is not bound here: `setThreads(n)` leaves n − 1 workers.
    ///
    /// - Parameter cpus: One CPU per active worker.
    /// - Returns: The CPU of each bound worker by kernel thread id, as read back.
    /// - Throws: `workersNotIdentified` when other threads started while the library's did; `workerCount` when there
    ///   are not as many workers as CPUs; `cannotBind` and `notBound`.
    @discardableResult
    package func pinWorkers(to cpus: [Int]) throws(BLASError) -> [Int32: Int] {
        let (workers, threads) = state.withLock { ($0.workers, $0.threads) }
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

    /// Tells the library's threads from others by their work, over at least 20 ms: above the scheduler's time slices.
    private static func identify(_ workers: inout WorkerThreads, threads: Int, with gemm: GEMMCall<Double>) {
        workers.keepBusyOnes {
            let start = sl_monotonic_ns()
            repeat { multiplyOnce(threads: threads, with: gemm) } while sl_monotonic_ns() - start < 20_000_000
        }
    }

    /// A product tall enough for every thread to get rows: OpenBLAS uses fewer threads below 32 rows each.
    private static func multiplyOnce(threads: Int, with gemm: GEMMCall<Double>) {
        let shape = GEMMShape(m: 64 * threads, n: 256, k: 256)
        let a = [Double](repeating: 1, count: shape.m * shape.k)
        let b = [Double](repeating: 1, count: shape.k * shape.n)
        var c = [Double](repeating: 0, count: shape.m * shape.n)
        gemm(shape, alpha: 1, a: a, b: b, beta: 0, c: &c)
    }
}
