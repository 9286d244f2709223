// KernelCatalog.swift: every measurement this program knows, whether it can run here, and what a filter selects.

package import ComputeKernels
package import Quantities
package import ResultRecord

/// One row of `suanli list`.
package struct CatalogEntry: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case fma(FMAKernel)
        case gemm(ProductSource)
        case stream(StreamKernel)
        case latency(WorkingSet.Level, hugePages: Bool)
        case lu(library: Int)
    }

    package var kind: Kind
    /// First piece of the name.
    package var kernel: String
    /// nil where no numbers are computed.
    package var elementType: ElementType?
    package var variant: String
    package var scope: Scope
    /// Measured from this tier on; nil when it has to be named.
    package var firstTier: Tier?
    /// Why it cannot run on this machine; nil when it can.
    package var unavailability: String?
    /// What it computes and what it asks of the machine, in one line.
    package var dataSheet: String

    package var name: String {
        ([kernel] + [elementType?.rawValue].compactMap { $0 } + [variant, scope.rawValue]).joined(separator: "/")
    }

    package var isDefault: Bool { isDefault(.standard) }

    func isDefault(_ tier: Tier) -> Bool { firstTier.map { $0 <= tier } ?? false }

    /// Whether a filter spells its variant, and its scope unless that is one of the common two.
    func isNamed(by filter: String) -> Bool {
        filter.contains(variant) && (scope == .core || scope == .node || filter.contains(scope.rawValue))
    }
}

package struct KernelCatalog: Sendable {
    package let entries: [CatalogEntry]

    /// All that this program can measure with these libraries, on the CPUs that a run would take by default.
    package init(facts: PlanningFacts, libraries: [PlanningLibrary]) throws {
        let selection = try CPUSelection(request: MeasurementRequest(), facts: facts)
        self.init(cpu: facts.machine.cpu, libraries: libraries, scopes: selection.scopes)
    }

    /// - Parameters:
    ///   - cpu: As MachineProbe describes it.
    ///   - libraries: In the order of their positions.
    init(cpu: CPUDescription, libraries: [PlanningLibrary], scopes: ScopeGroups) {
        let isa = cpu.isa
        let features = Set(isa)
        var rows = CatalogRows(scopes: scopes)
        for elementType in ElementType.allCases {
            let best = FMAKernel.best(for: elementType, isa: isa)
            for kernel in FMAKernel.all where kernel.elementType == elementType {
                let isBest = kernel == best || best.map { kernel.variant == "\($0.variant)-mix" } == true
                rows.add(kernel, rank: kernel == best ? .best : isBest ? .mix : .other, features: features)
            }
        }
        for elementType in ElementType.matrixTypes {
            for (index, library) in libraries.enumerated() { rows.add(library, at: index, elementType) }
            let best = SIMDGEMM.best(for: elementType, isa: isa)
            for kernel in SIMDGEMM.all where kernel.elementType == elementType {
                rows.add(kernel, isBest: kernel == best, features: features)
            }
        }
        for kernel in StreamKernel.all {
            let best = StreamKernel.best(
                kernel: kernel.kernel, isa: isa, nonTemporal: kernel.isNonTemporal,
                microarchitecture: cpu.microarchitecture)
            rows.add(kernel, isBest: kernel == best, features: features)
        }
        rows.addLatencies()
        for elementType in ElementType.matrixTypes {
            for (index, library) in libraries.enumerated() {
                rows.addFactorisation(by: library, at: index, elementType)
            }
        }
        entries = rows.entries
    }

    /// What a run measures: of what the filter matches, the default variants and those that the filter names; all
    /// that it matches when that is none of them; only one where the filter is its whole name.
    ///
    /// - Throws: `PlanError` for patterns that are malformed or select nothing, `KernelUnavailable`.
    package func selection(filter: String?, skip: String?, tier: Tier) throws -> [CatalogEntry] {
        let runnable = entries.filter { $0.unavailability == nil }
        var chosen = runnable.filter { $0.isDefault(tier) }
        if let filter {
            let matches = try Self.matcher(filter, option: "filter")
            let matching = runnable.filter { matches($0.name) }
            // A whole name means just that, although it is also a pattern for names that it begins.
            let exact = matching.filter { $0.name == filter }
            chosen =
                exact.isEmpty ? matching.filter { $0.isDefault(max(tier, .standard)) || $0.isNamed(by: filter) } : exact
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
