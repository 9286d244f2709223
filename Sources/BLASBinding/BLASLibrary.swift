// BLASLibrary.swift: a CBLAS library chosen at run time: who it is, its matrix multiplications, its threads.
// One value per library and process, since a library's thread count and worker threads are the process's.

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

    let identity: BLASDescription
    let threadControl: ThreadControl?
    let threadStart: ThreadStart
    let state: Mutex<ThreadState>

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
        threadStart = threadControl == nil ? .never : identity.threadStart
        var description = BLASDescription(library: identity.library, integerBits: integerBits, path: path)
        description.version = identity.version
        description.config = identity.config
        description.coreName = identity.coreName
        description.threading = identity.threading
        description.coreTypeEnvironment = getenv("OPENBLAS_CORETYPE").map { String(cString: $0) }
        description.sha256 = Digest.sha256(ofFile: path)
        self.identity = description

        var state = ThreadState()
        state.threads = identity.threading == "sequential" ? 1 : threadControl?.count
        let count = state.threads ?? 1
        switch threadStart {
        case .whenSet:
            state.workers.add(threads, startedByLibrary: count - 1)
            if state.workers.isAmbiguous { Self.identify(&state.workers, threads: count, with: dgemm) }
        case .unknown where count > 1:
            // Found out here, before anybody binds the thread that multiplies.
            let left = WorkerThreads.appearing { [dgemm] in Self.multiplyOnce(threads: count, with: dgemm) }.threads
            state.keepsNoWorkers = left.isEmpty
        default: break
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
