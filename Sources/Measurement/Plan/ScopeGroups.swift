// ScopeGroups.swift: the CPU groups of each scope, cut out of the CPUs that a run uses.

import ResultRecord

/// The CPUs of a measurement, and what they have in common.
struct CPUGroup: Sendable, Hashable {
    var cpus: [Int]
    /// Physical cores among them.
    var cores: Int
    /// Their kinds, as `CoreDescription.kind` has them; one wherever cores are alike.
    var kinds: Set<Int>
}

/// Every scope's groups on this machine, for the cores of a run.
struct ScopeGroups: Sendable {
    private let groups: [Scope: [CPUGroup]]

    /// - Parameters:
    ///   - selection: One CPU per thread of scope node.
    ///   - siblings: CPUs that the threads of an SMT scope may use besides.
    ///   - cores: The machine's.
    init(selection: [Int], siblings: CPUSet, cores: [CoreDescription]) {
        let selected = Set(selection)
        let used = cores.filter { !selected.isDisjoint(with: $0.cpus) }

        func group(of members: [CoreDescription]) -> CPUGroup {
            let own = Set(members.flatMap(\.cpus))
            return CPUGroup(
                cpus: selection.filter(own.contains), cores: members.count, kinds: Set(members.map(\.kind)))
        }
        func groups(by key: (CoreDescription) -> Int?) -> [CPUGroup] {
            Dictionary(grouping: used.filter { key($0) != nil }, by: { key($0) ?? 0 })
                .sorted { $0.key < $1.key }.map { group(of: $0.value) }
        }
        func threads(of members: [CoreDescription]) -> CPUGroup {
            let own = members.flatMap { core in core.cpus.filter { selected.contains($0) || siblings.contains($0) } }
            return CPUGroup(cpus: own, cores: members.count, kinds: Set(members.map(\.kind)))
        }

        // A core that runs two threads of the selection is measured with its first.
        let single = used.compactMap { core in
            selection.first { core.cpus.contains($0) }.map { CPUGroup(cpus: [$0], cores: 1, kinds: [core.kind]) }
        }
        var found: [Scope: [CPUGroup]] = [
            .core: single.isEmpty ? [CPUGroup(cpus: Array(selection.prefix(1)), cores: 1, kinds: [0])] : single,
            .l3: groups(by: \.l3Group), .numa: groups(by: \.numaNode), .socket: groups(by: \.socket),
            .node: [group(of: used)],
        ]
        if used.contains(where: { $0.cpus.count(where: siblings.contains) > 1 }) {
            found[.coreSMT] = used.map { threads(of: [$0]) }.filter { $0.cpus.count > 1 }
            found[.nodeSMT] = [threads(of: used)]
        }
        self.groups = found
    }

    /// One group per instance of the scope, in ascending order; empty when the machine has none.
    subscript(_ scope: Scope) -> [CPUGroup] { groups[scope] ?? [] }

    /// The first group of each kind of core, for scopes whose groups are of one kind.
    func firstOfEachKind(_ scope: Scope) -> [CPUGroup] {
        var seen: Set<Set<Int>> = []
        return self[scope].filter { seen.insert($0.kinds).inserted }
    }

    /// Scopes with threads on cores of different kinds, whose rates add up what is not alike.
    var mixed: [Scope] { Scope.allCases.filter { scope in self[scope].contains { $0.kinds.count > 1 } } }

    /// The narrowest scope with just the same groups; nil when this one says something of its own.
    func twin(of scope: Scope) -> Scope? {
        let mine = self[scope]
        let others: [Scope] =
            switch scope {
            case .core, .coreSMT, .node: []
            case .l3: [.core, .node]
            case .numa: [.core, .l3, .node]
            case .socket: [.core, .l3, .numa, .node]
            case .nodeSMT: [.coreSMT]
            }
        return others.first { Set(self[$0].map(\.cpus)) == Set(mine.map(\.cpus)) }
    }

    /// Why nothing is measured at a scope; nil when it can be.
    func unavailability(of scope: Scope) -> String? {
        guard self[scope].isEmpty else { return nil }
        return switch scope {
        case .coreSMT, .nodeSMT: "no core has a second hardware thread that we may use"
        case .l3: "the machine tells of no last-level cache"
        case .numa: "the machine tells of no NUMA nodes"
        case .core, .socket, .node: "there is no CPU to use"
        }
    }
}
