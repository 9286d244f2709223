// BLASChoice.swift: the library that --blas names, or the system's OpenBLAS; and why there is none.

import BLASBinding
import Measurement
import ResultRecord

/// Load it before any thread is bound: OpenBLAS sizes its pool by the affinity it finds (docs/blas.md).
struct BLASChoice {
    /// nil when the system has none.
    let library: BLASLibrary?
    private let fault: (any Error)?

    /// - Parameter path: The value of --blas.
    /// - Throws: What is wrong with the library at `path`. That the system has none is no error yet.
    init(path: String?) throws {
        if let path {
            library = try BLASLibrary.open(path: path)
            fault = nil
            return
        }
        switch Result(catching: { try BLASLibrary.openDefault() }) {
        case .success(let found): (library, fault) = (found, nil)
        case .failure(let error): (library, fault) = (nil, error)
        }
    }

    /// As results of the library are named.
    var variant: String { library?.description.library ?? "openblas" }

    /// What can run on a processor with the features `isa`, with this library.
    func catalog(isa: [String]) -> KernelCatalog {
        KernelCatalog(
            isa: isa, blasVariant: variant,
            blasUnavailability: fault.map { ($0 as? any UserFacingError)?.what ?? "\($0)" })
    }

    /// Throws when there is no library.
    func require() throws {
        if let fault { throw fault }
    }
}
