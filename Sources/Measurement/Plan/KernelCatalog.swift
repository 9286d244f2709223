// KernelCatalog.swift: every measurement this program knows, whether it can run here, and what a filter selects.

package import ComputeKernels
package import Quantities
package import ResultRecord

/// One row of `suanli list`.
package struct CatalogEntry: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case fma(FMAKernel)
        case gemm
    }

    package var kind: Kind
    package var elementType: ElementType
    package var variant: String
    package var scope: Scope
    /// Measured unless another variant is asked for by name.
    package var isDefault: Bool
    /// Why it cannot run on this machine; nil when it can.
    package var unavailability: String?

    package var name: String {
        let kernel = if case .fma = kind { "fma" } else { "gemm" }
        return "\(kernel)/\(elementType.rawValue)/\(variant)/\(scope.rawValue)"
    }

    /// What it computes and what it asks of the machine, in one line.
    package var dataSheet: String {
        guard case .fma(let kernel) = kind else {
            return "C = A·B, square, row-major; 2n³ flop, at the least 3n² elements moved"
        }
        let arithmetic = kernel.isFused ? "fused multiply-add" : "multiply, then add"
        return "\(arithmetic), \(kernel.lanes * elementType.bytes * 8) bits wide, \(kernel.accumulators) accumulators; "
            + "\(kernel.flopPerIteration) flop, \(kernel.bytesPerIteration) B per iteration"
    }
}

package struct KernelCatalog: Sendable {
    package let entries: [CatalogEntry]

    /// - Parameters:
    ///   - isa: Features of the processor as MachineProbe lists them.
    ///   - blasVariant: Name of the BLAS library's results.
    ///   - blasUnavailability: Why there is no BLAS library; nil when there is one.
    package init(isa: [String], blasVariant: String, blasUnavailability: String?) {
        let features = Set(isa)
        var entries: [CatalogEntry] = []
        for elementType in ElementType.allCases {
            let best = FMAKernel.best(for: elementType, isa: isa)
            for kernel in FMAKernel.all where kernel.elementType == elementType {
                for scope in Scope.allCases {
                    entries.append(
                        CatalogEntry(
                            kind: .fma(kernel), elementType: elementType, variant: kernel.variant, scope: scope,
                            isDefault: kernel == best, unavailability: kernel.unavailability(isa: features)))
                }
            }
        }
        for elementType in ElementType.allCases {
            for scope in Scope.allCases {
                entries.append(
                    CatalogEntry(
                        kind: .gemm, elementType: elementType, variant: blasVariant, scope: scope, isDefault: true,
                        unavailability: blasUnavailability))
            }
        }
        self.entries = entries
    }

    /// What a run measures: of what the filter matches, the default variants and those that the filter names; all
    /// that it matches when that is none of them. The thorough tier starts from all variants.
    ///
    /// - Throws: `PlanError` for patterns that are malformed or select nothing, `KernelUnavailable`.
    package func selection(filter: String?, skip: String?, tier: Tier) throws -> [CatalogEntry] {
        let runnable = entries.filter { $0.unavailability == nil }
        var chosen = runnable.filter { $0.isDefault || tier == .thorough }
        if let filter {
            let matches = try Self.matcher(filter, option: "filter")
            let matching = runnable.filter { matches($0.name) }
            chosen = matching.filter { $0.isDefault || tier == .thorough || filter.contains($0.variant) }
            if chosen.isEmpty { chosen = matching }
            if chosen.isEmpty {
                if let lacking = entries.first(where: { matches($0.name) }), let reason = lacking.unavailability {
                    throw KernelUnavailable(name: lacking.name, reason: reason)
                }
                throw PlanError.nothingMatches(
                    pattern: filter, names: Self.nearest(to: filter, in: runnable.map(\.name)))
            }
        }
        if let skip {
            let matches = try Self.matcher(skip, option: "skip")
            chosen.removeAll { matches($0.name) }
            if chosen.isEmpty { throw PlanError.everythingSkipped(pattern: skip) }
        }
        return chosen
    }

    private static func matcher(_ pattern: String, option: String) throws -> (String) -> Bool {
        guard let expression = try? Regex(pattern) else {
            throw PlanError.invalidPattern(option: option, pattern: pattern)
        }
        return { $0.contains(expression) }
    }

    /// The three names that need the fewest edits to become the pattern.
    static func nearest(to pattern: String, in names: [String]) -> [String] {
        let distances = names.map { (name: $0, distance: editDistance($0, pattern)) }
        return distances.sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }.prefix(3).map(\.name)
    }

    /// Levenshtein distance.
    private static func editDistance(_ first: String, _ second: String) -> Int {
        let second = Array(second)
        var row = Array(0...second.count)
        for (i, a) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in second.enumerated() {
                let substituted = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, diagonal + 1)
            }
        }
        return row[second.count]
    }
}

/// A kernel that was asked for by name and cannot run here.
package struct KernelUnavailable: UserFacingError, Hashable {
    package let name: String
    package let reason: String

    package init(name: String, reason: String) {
        self.name = name
        self.reason = reason
    }

    package var what: String { "cannot run \(name) on this machine: \(reason)" }
    package var nextStep: String { "suanli list shows what can run here." }
    package var exitStatus: ExitStatus { .usage }
}
