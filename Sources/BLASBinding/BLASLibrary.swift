// BLASLibrary.swift: a CBLAS library chosen at run time: who it is, its routines, its threads, whether it has crashed.
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
    /// LU factorisation and solution by its LAPACK; nil when it has none.
    package let lu: LUCall?
    /// Why `lu` is nil: `lacks dgetrf_`.
    package let luUnavailability: String?
    /// Stands before the names of its functions: none, or `scipy_`.
    package var symbolPrefix: String { spelling.prefix }
    /// Stands behind the names of its functions: none, `64_` or `_64`.
    package var symbolSuffix: String { spelling.suffix }
    /// The most threads it was built for (`MAX_THREADS` of OpenBLAS); nil when it does not tell.
    package let maximumThreads: Int?

    let spelling: Spelling
    let identity: BLASDescription
    let threadControl: ThreadControl?
    let threadStart: ThreadStart
    let state: Mutex<ThreadState>
    /// Under which each call is made; never freed.
    let crashGuard: OpaquePointer
    /// What was being done when it crashed; set once.
    let crashedDuring = Mutex<String?>(nil)

    /// The libraries opened so far by real path, those that crashed meanwhile among them, and the lock under which one is
    /// opened.
    private static let opened = Mutex<[String: Result<BLASLibrary, BLASError>]>([:])

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
                if let known = opened[path] { return try known.get() }
                let result = Result { () throws(BLASError) in
                    try BLASLibrary(loaded, symbols: symbols, path: path, appeared: threads)
                }
                switch result {
                case .success, .failure(.crashed): opened[path] = result
                case .failure: break
                }
                return try result.get()
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
        guard let crashGuard = sl_library_guard_create() else { preconditionFailure("no memory for some bytes") }
        self.crashGuard = crashGuard
        let integerBits = try symbols.integerBits(path: path, crashGuard: crashGuard)
        let identity = BLASIdentity(of: library, spelling: symbols.spelling)

        dgemm = GEMMCall(entry: symbols.dgemm, wideIntegers: integerBits == 64, crashGuard: crashGuard)
        sgemm = GEMMCall(entry: symbols.sgemm, wideIntegers: integerBits == 64, crashGuard: crashGuard)
        (lu, luUnavailability) = Self.lu(
            of: library, symbols, path: path, wideIntegers: integerBits == 64, crashGuard: crashGuard)
        spelling = symbols.spelling
        maximumThreads = identity.maximumThreads
        threadControl = ThreadControl(in: library, spelling: symbols.spelling)
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
            Self.pool(adding: left)
        default: break
        }
        self.state = Mutex(state)
        self.state.withLock { nameWorkers($0) }
        if let crash = crash(during: "its first multiplication") { throw crash }
    }

    /// The library's own LAPACK: routines that it merely gets from a library it depends on are not measured as its own.
    private static func lu(
        of library: LoadedLibrary, _ symbols: CBLASSymbols, path: String, wideIntegers: Bool, crashGuard: OpaquePointer
    ) -> (LUCall?, unavailability: String?) {
        do throws(LackingRoutines) {
            let call = try LUCall(wideIntegers: wideIntegers, crashGuard: crashGuard) { name in
                symbols.spelling.spellFortran(name).lazy.compactMap(library.symbol)
                    .first { LoadedLibrary.file(holding: $0) == path }.map { UnsafeRawPointer($0) }
            }
            return (call, nil)
        } catch {
            return (nil, "lacks " + error.names.joined(separator: ", "))
        }
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
        return GEMMCall(
            entry: isDouble ? dgemm.entry : sgemm.entry, wideIntegers: dgemm.wideIntegers, crashGuard: crashGuard)
    }
}
