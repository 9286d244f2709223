// BLASLibrary+Crash.swift: a library that died by a signal ends itself and not the process.
// It is not called again: what it had locked stays locked, and its workers sleep until the process ends.

import CLinux
import ResultRecord
import Synchronization

extension BLASLibrary {
    /// The library's crash as an error; nil while it lives.
    ///
    /// - Parameter call: What was being done, for the message: `dgemm of order 512`. The first one asked with after the
    ///   crash stays.
    package func crash(during call: String) -> BLASError? {
        let signal = sl_library_crash(crashGuard)
        guard signal != 0 else { return nil }
        let first = crashedDuring.withLock { known in
            if known == nil { known = call }
            return known ?? call
        }
        return .crashed(
            library: identity.library, signal: signal, onWorker: sl_library_crash_on_worker(crashGuard) != 0,
            during: first)
    }

    /// Tells the guard which threads are the library's, as far as they are known.
    func nameWorkers(_ state: borrowing ThreadState) {
        // Where strangers are among them, none is named: a crash would put them to sleep too.
        let ids = state.workers.isAmbiguous ? [] : state.workers.ids
        // Without memory for some numbers its crashes are told by who is in a call.
        _ = sl_library_guard_set_workers(crashGuard, ids, ids.count)
    }
}
