// BLASChoice.swift: the libraries that --blas names, or the system's OpenBLAS; and why there is none.

import BLASBinding
import Measurement
import ResultRecord

/// Load them before any thread is bound: OpenBLAS sizes its pool by the affinity it finds (docs/blas.md).
struct BLASChoice {
    /// In the order of --blas; empty when the system has none.
    let libraries: [BLASLibrary]
    private let fault: (any Error)?

    /// - Parameter paths: The values of --blas.
    /// - Throws: What is wrong with a library that was named. That the system has none is no error yet.
    init(paths: [String]) throws {
        guard paths.isEmpty else {
            var found: [BLASLibrary] = []
            for path in paths {
                let library = try BLASLibrary.open(path: path)
                if let index = found.firstIndex(where: { $0 === library }) {
                    throw LibraryNamedTwice(first: paths[index], second: path)
                }
                found.append(library)
            }
            (libraries, fault) = (found, nil)
            return
        }
        switch Result(catching: { try BLASLibrary.openDefault() }) {
        case .success(let found): (libraries, fault) = ([found], nil)
        case .failure(let error): (libraries, fault) = ([], error)
        }
    }

    /// As the planner sees them. Without any, OpenBLAS stands for what could be measured, and why it cannot.
    var planning: [PlanningLibrary] {
        if let fault {
            let reason = (fault as? any UserFacingError)?.what ?? "\(fault)"
            return [PlanningLibrary(variant: "openblas", unavailability: reason)]
        }
        return zip(libraries, BLASLibrary.variants(for: libraries)).map { library, variant in
            PlanningLibrary(variant: variant, factorisationUnavailability: library.luUnavailability)
        }
    }

    /// Throws when there is no library.
    func require() throws {
        if let fault { throw fault }
    }
}

struct LibraryNamedTwice: UserFacingError {
    let first: String
    let second: String

    var what: String {
        first == second ? "--blas \(first) is given twice" : "--blas \(first) and --blas \(second) are the same library"
    }
    var nextStep: String {
        "Name each library once; results of one library under two names would be compared with themselves."
    }
    var exitStatus: ExitStatus { .usage }
}
