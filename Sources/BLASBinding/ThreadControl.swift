// ThreadControl.swift: how many threads a BLAS library uses, set and read back with its own functions.
// The setters take int (OpenBLAS, MKL, OpenMP) or a 64-bit integer (BLIS); a small count passed as 64 bits in a
// register reads the same as either. Getters are read as int, the low half of BLIS's answer.

import CLinux

/// The pair of functions by which a library's thread count is set and read.
// Unchecked in BLASLibrary: both lead to code of a library that is never unloaded.
struct ThreadControl {
    private typealias Getter = @convention(c) () -> Int32

    private let set: UnsafeRawPointer
    private let get: Getter

    /// In order of preference. OpenMP's comes last: it is also found in libraries that merely depend on OpenMP.
    private static let names = [
        (set: "openblas_set_num_threads", get: "openblas_get_num_threads"),
        (set: "bli_thread_set_num_threads", get: "bli_thread_get_num_threads"),
        (set: "MKL_Set_Num_Threads", get: "MKL_Get_Max_Threads"),
        (set: "omp_set_num_threads", get: "omp_get_max_threads"),
    ]

    /// Nil when the library has none of the known pairs.
    init?(in library: LoadedLibrary, spelling: Spelling) {
        for pair in Self.names {
            guard let set = library.symbol(pair.set, spelling: spelling),
                let get = library.symbol(pair.get, spelling: spelling)
            else { continue }
            self.set = UnsafeRawPointer(set)
            self.get = unsafeBitCast(get, to: Getter.self)
            return
        }
        return nil
    }

    /// What the library says now; nil when it says none, as BLIS does (−1) before a count was set.
    var count: Int? {
        let answer = Int(get())
        return answer >= 1 ? answer : nil
    }

    /// Asks for `count` threads, ≥ 1. A library may take fewer: read `count` back.
    ///
    /// - Returns: 0, or the signal by which the library crashed.
    func request(_ count: Int, crashGuard: OpaquePointer) -> Int32 {
        sl_guarded_set_count(crashGuard, set, Int64(count))
    }
}
