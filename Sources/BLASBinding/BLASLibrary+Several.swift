// BLASLibrary+Several.swift: several libraries in one process: names that tell them apart, and waiting until one is quiet.

import CLinux
import Glibc
import ResultRecord
import Synchronization

extension BLASLibrary {
    /// What results of each library are named after, all different.
    ///
    /// `openblas`, `blis`, `mkl` or `cblas` for a library that is alone with its name; else with its version, and a
    /// number where that is the same or unknown: `openblas-0.3.21`, `openblas-0.3.21-2`.
    package static func variants(for libraries: [BLASLibrary]) -> [String] {
        let names = libraries.map(\.identity.library)
        let versioned = libraries.map { library in
            ([library.identity.library] + [library.identity.version].compactMap(\.self)).joined(separator: "-")
                .lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? "\($0)" : "-" }
                .joined()
        }
        var uses: [String: Int] = [:]
        return zip(names, versioned).map { name, versioned in
            guard names.count(where: { $0 == name }) > 1 else { return name }
            uses[versioned, default: 0] += 1
            return uses[versioned] == 1 ? versioned : "\(versioned)-\(uses[versioned] ?? 0)"
        }
    }

    /// Waits until the library's workers sleep, so that they take no CPU time from who runs next.
    ///
    /// Idle workers first spin for the next call: OpenBLAS's some 20 ms, Intel's and LLVM's OpenMP 200 ms, GNU's 1 to 5 ms
    /// and for ever with OMP_WAIT_POLICY=active. For a library whose workers are not known, all threads of the process but
    /// the calling one and the first are waited for.
    ///
    /// - Parameter seconds: Of waiting, at most; ≥ 0.
    /// - Returns: Whether they sleep. One read of /proc per thread and try, some 5 µs each.
    package func settle(atMost seconds: Double) -> Bool {
        let deadline = sl_monotonic_ns() + UInt64(max(0, seconds) * 1e9)
        while true {
            if areWorkersAsleep { return true }
            guard sl_monotonic_ns() < deadline else { return false }
            usleep(200)
        }
    }

    private var areWorkersAsleep: Bool {
        let (workers, keepsNone) = state.withLock { ($0.workers, $0.keepsNoWorkers) }
        let areKnown = !workers.isAmbiguous && !workers.ids.isEmpty
        switch threadStart {
        case .never: return true
        // They end with the call.
        case .perCall: return true
        case .whenSet where areKnown, .perCallingThread where areKnown, .unknown where areKnown:
            return workers.ids.allSatisfy(WorkerThreads.isAsleep)
        case .perCallingThread where keepsNone: return true
        case .whenSet where workers.ids.isEmpty: return true
        case .whenSet, .perCallingThread, .unknown:
            let ours = [sl_gettid(), getpid()]
            return WorkerThreads.running().keys.allSatisfy { ours.contains($0) || WorkerThreads.isAsleep($0) }
        }
    }
}
