// BLASError.swift: why a BLAS library cannot be used, and what to do about it.

import Glibc
package import ResultRecord

/// A BLAS library that could not be loaded, or could not be brought to run as asked.
package enum BLASError: UserFacingError, Hashable {
    /// The loader accepted none of these names; `detail` is its reason.
    case notFound(names: [String], detail: String)
    case fileMissing(path: String)
    case notAFile(path: String)
    case unreadable(path: String, reason: String)
    /// `detail` is the loader's text, or what the file's first bytes show.
    case notASharedLibrary(path: String, detail: String)
    case wrongArchitecture(path: String, found: String, needed: String)
    case missingFunctions(path: String, names: [String])
    /// The dot product that tells 32-bit from 64-bit integers gave neither of the two possible answers.
    case integerWidthUnclear(path: String, answer: Double)
    /// More threads appeared than the library started, and others than its own were busy while it worked.
    case workersNotIdentified(library: String, expected: Int, appeared: Int)
    /// The library has fewer (or more) active workers than CPUs were given: its team is smaller than it says.
    case workerCount(library: String, workers: Int, cpus: Int)
    /// A worker that was found when the threads were set has ended since.
    case workerEnded(thread: Int32)
    case cannotBind(thread: Int32, cpu: Int, reason: String)
    /// The kernel accepted the binding, yet the thread may run elsewhere.
    case notBound(thread: Int32, cpu: Int, found: CPUSet)
    /// The library died by a signal, on the calling thread or on one of its own, and is not called again.
    case crashed(library: String, signal: Int32, onWorker: Bool, during: String)

    /// `status_code` of results that the library owes; nil where none was begun.
    package var code: String? {
        if case .crashed = self { "library-crashed" } else { nil }
    }

    package var what: String {
        switch self {
        case .notFound(let names, let detail):
            "no BLAS library named \(names.joined(separator: " or ")) was found (\(detail))"
        case .fileMissing(let path): "the BLAS library \(path) does not exist"
        case .notAFile(let path): "the BLAS library \(path) is a directory or a device, not a file"
        case .unreadable(let path, let reason): "the BLAS library \(path) cannot be read: \(reason)"
        case .notASharedLibrary(let path, let detail): "\(path) cannot be loaded as a shared library: \(detail)"
        case .wrongArchitecture(let path, let found, let needed):
            "\(path) is built for \(found), and this process is \(needed)"
        case .missingFunctions(let path, let names):
            "\(path) does not have the function\(names.count == 1 ? "" : "s") \(names.joined(separator: ", "))"
        case .integerWidthUnclear(let path, let answer):
            "cblas_ddot of \(path) answered \(answer) where 32-bit integers give 11 and 64-bit ones 0"
        case .workersNotIdentified(let library, let expected, let appeared):
            "\(library) started \(expected) worker thread\(expected == 1 ? "" : "s") while \(appeared) threads "
                + "appeared that are busy, so its own cannot be told from others"
        case .workerCount(let library, let workers, let cpus):
            "\(library) has \(workers) active worker thread\(workers == 1 ? "" : "s") to bind, for \(cpus) "
                + "CPU\(cpus == 1 ? "" : "s")"
        case .workerEnded(let thread):
            "BLAS worker thread \(thread) ended before it could be bound to a CPU"
        case .cannotBind(let thread, let cpu, let reason):
            "cannot bind BLAS worker thread \(thread) to CPU \(cpu): \(reason)"
        case .notBound(let thread, let cpu, let found):
            "BLAS worker thread \(thread) was bound to CPU \(cpu) but may run on CPUs \(found)"
        case .crashed(let library, let signal, let onWorker, let call):
            "\(library) crashed\(onWorker ? " in a thread of its own" : "") during \(call): "
                + Self.signalText(signal)
        }
    }

    package var nextStep: String {
        switch self {
        case .notFound:
            "Install OpenBLAS (apt-get install libopenblas0-pthread, or libopenblas-dev), "
                + "or name a library with --blas PATH."
        case .fileMissing: "Give the full path of the .so file of a CBLAS library."
        case .notAFile(let path): "Give the .so file itself, for example \(path)/libopenblas.so.0."
        case .unreadable: "Make the file and its directories readable for this user, or start suanli as one who may."
        case .notASharedLibrary:
            "Give the .so file of a CBLAS library (not an archive or a linker script), with its dependencies installed."
        case .wrongArchitecture(_, _, let needed): "Give a library built for \(needed)."
        case .missingFunctions:
            "Give a library with the C interface (CBLAS), such as OpenBLAS, BLIS built with CBLAS, or libmkl_rt.so."
        case .integerWidthUnclear:
            "Do not measure with this library: its dot product of two numbers is wrong. Reinstall it or choose another."
        case .workersNotIdentified:
            "Run again without what adds threads to this process (LD_PRELOAD, a profiler), or with --threads 1."
        case .workerCount:
            "Unset OMP_THREAD_LIMIT, OMP_DYNAMIC and MKL_DYNAMIC if they are set, or pass --threads 1, "
                + "or another library with --blas."
        case .workerEnded: "Run again; if it happens again, pass another library with --blas, or --threads 1."
        case .cannotBind: "Choose among the CPUs this process may use (suanli info), with --cpus."
        case .notBound: "Look for a tool that moves threads on this machine (a scheduler, cpuset or tuning daemon)."
        case .crashed(_, SIGILL, _, _):
            "The library uses an instruction that this CPU or virtual machine lacks: pass a build for it with --blas, "
                + "or see whether OPENBLAS_CORETYPE or another choice of kernels is set."
        case .crashed:
            "Update the library, or pass another one with --blas; if other libraries crash too, test this machine's "
                + "memory."
        }
    }

    package var exitStatus: ExitStatus {
        switch self {
        case .unreadable: .permission
        case .cannotBind: .permission
        case .notFound, .fileMissing, .notAFile, .notASharedLibrary, .wrongArchitecture, .missingFunctions: .usage
        case .integerWidthUnclear, .workersNotIdentified, .workerCount, .workerEnded, .notBound, .crashed:
            .measurementFailed
        }
    }

    /// `SIGSEGV (Segmentation fault)`
    private static func signalText(_ signal: Int32) -> String {
        let names = [SIGILL: "SIGILL", SIGSEGV: "SIGSEGV", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGABRT: "SIGABRT"]
        return "\(names[signal] ?? "signal \(signal)") (\(String(cString: strsignal(signal))))"
    }
}
