// CatalogRows.swift: which tier each kernel is measured from at each scope, and its data sheet in words.

import ComputeKernels
import Quantities

/// Collects the rows of a catalog.
struct CatalogRows {
    enum Rank { case best, mix, other }

    let scopes: ScopeGroups
    private(set) var entries: [CatalogEntry] = []

    init(scopes: ScopeGroups) { self.scopes = scopes }

    mutating func add(_ kernel: FMAKernel, rank: Rank, features: Set<String>) {
        let isMatrixType = ElementType.matrixTypes.contains(kernel.elementType)
        for scope in Scope.allCases {
            let tier: Tier? =
                switch (rank, scope) {
                case (.best, .core), (.best, .node): isMatrixType ? .quick : .standard
                case (.mix, .core), (.mix, .node): .standard
                case (.other, .core), (.other, .node): .thorough
                case (.best, .coreSMT), (.best, .nodeSMT): kernel.elementType == .f64 ? .standard : .thorough
                case (.best, _): isMatrixType ? .standard : .thorough
                default: nil
                }
            append(
                .fma(kernel), "fma", kernel.elementType, kernel.variant, scope, tier,
                kernel.unavailability(isa: features), kernel.dataSheet)
        }
    }

    mutating func add(_ library: PlanningLibrary, at index: Int, _ elementType: ElementType) {
        for scope in Scope.allCases {
            append(
                .gemm(.library(index)), "gemm", elementType, library.variant, scope, productTier(scope),
                library.unavailability, "C = A·B, square, row-major; 2n³ flop, at the least 3n² elements moved")
        }
    }

    mutating func add(_ kernel: SIMDGEMM, isBest: Bool, features: Set<String>) {
        let sheet =
            "C = A·B by this program: tile of \(kernel.tile.rows) × \(kernel.tile.columns) in registers; "
            + "2n³ flop, at the least 3n² elements moved"
        for scope in Scope.allCases {
            let tier: Tier? =
                isBest
                ? (scope == .core || scope == .node ? .standard : productTier(scope))
                : scope == .core ? .thorough : nil
            append(
                .gemm(.own(kernel)), "gemm", kernel.elementType, kernel.variant, scope, tier,
                kernel.unavailability(isa: features), sheet)
        }
    }

    mutating func add(_ kernel: StreamKernel, isBest: Bool, features: Set<String>) {
        let isTriad = kernel.kernel == "stream-triad"
        let isCommon = ["stream-triad", "stream-copy", "stream-read", "stream-write"].contains(kernel.kernel)
        for scope in Scope.allCases {
            let tier: Tier? =
                switch scope {
                case .node where isTriad && kernel.isNonTemporal: .quick
                case .core, .node: isCommon ? .standard : .thorough
                case .l3, .numa, .socket: isTriad ? .standard : .thorough
                case .coreSMT, .nodeSMT: isTriad ? .thorough : nil
                }
            append(
                .stream(kernel), kernel.kernel, kernel.elementType, kernel.variant, scope, isBest ? tier : nil,
                kernel.unavailability(isa: features), kernel.dataSheet)
        }
    }

    /// One row per level and page size, at scope core only: a chain of loads runs on one thread.
    mutating func addLatencies() {
        for level in WorkingSet.Level.allCases {
            for hugePages in [true, false] {
                let tier: Tier = level == .dram ? (hugePages ? .quick : .standard) : hugePages ? .standard : .thorough
                append(
                    .latency(level, hugePages: hugePages), "latency", nil,
                    level.rawValue + (hugePages ? "" : "-4k"), .core, tier, nil,
                    "dependent loads along a random cycle through all lines, "
                        + (hugePages ? "2 MiB pages" : "smallest pages"))
            }
        }
    }

    mutating func addFactorisation(by library: PlanningLibrary, at index: Int, _ elementType: ElementType) {
        for scope in Scope.allCases {
            let tier: Tier? =
                switch scope {
                case .node: elementType == .f64 ? .standard : .thorough
                case .core: .thorough
                default: nil
                }
            append(
                .lu(library: index), "lu", elementType, library.variant, scope, tier,
                library.unavailability ?? library.factorisationUnavailability,
                "LU with partial pivoting and one solve; 2/3 n³ + 3/2 n² flop, as HPL counts")
        }
    }

    private func productTier(_ scope: Scope) -> Tier? {
        switch scope {
        case .core, .node: .quick
        case .l3, .numa, .socket, .nodeSMT: .thorough
        case .coreSMT: nil
        }
    }

    private mutating func append(
        _ kind: CatalogEntry.Kind, _ kernel: String, _ elementType: ElementType?, _ variant: String, _ scope: Scope,
        _ tier: Tier?, _ unavailability: String?, _ dataSheet: String
    ) {
        // The same CPUs under a wider name would be measured twice.
        let tier = scopes.twin(of: scope) == nil ? tier : nil
        entries.append(
            CatalogEntry(
                kind: kind, kernel: kernel, elementType: elementType, variant: variant, scope: scope, firstTier: tier,
                unavailability: unavailability ?? scopes.unavailability(of: scope), dataSheet: dataSheet))
    }
}
