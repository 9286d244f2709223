// TopologyReader.swift: from hwloc's object tree to sockets, cores, caches, NUMA nodes as plain values.
// Containment is computed from CPU sets, not from the tree's parents: a memory node without CPUs hangs at the root
// and would otherwise look local to every core.

import CHwloc
import ResultRecord

struct TopologyReader {
    let source: TopologySource

    init(_ source: TopologySource) { self.source = source }

    /// - Complexity: O(CPUs × depth of the topology).
    func read() throws(TopologyError) -> MachineLayout {
        let topology = try HwlocTopology(source)
        let nodes = nodes(in: topology)
        // A node without memory is a CPU's own only where no memory is local to it; the planner looks for the nearest.
        let local = smallestOwner(nodes.filter { $0.bytes > 0 }.map { ($0.number, $0.cpus) })
        let nodeOfCPU = smallestOwner(nodes.map { ($0.number, $0.cpus) }).merging(local) { _, local in local }
        let packages = topology.objects(HWLOC_OBJ_PACKAGE)
        let socketOfCPU = owners(of: packages)
        let l3OfCPU = owners(of: topology.objects(HWLOC_OBJ_L3CACHE))
        let kinds = topology.coreKinds()
        let kindOfCPU = smallestOwner(kinds.enumerated().map { ($0.offset, $0.element.cpus) })
        let coreObjects = topology.objects(HWLOC_OBJ_CORE)
        let units = coreObjects.isEmpty ? topology.objects(HWLOC_OBJ_PU) : coreObjects
        let cores = units.compactMap { object -> MachineLayout.Core? in
            let cpus = HwlocTopology.numbers(object.pointee.cpuset).numbers
            guard let first = cpus.first else { return nil }
            return MachineLayout.Core(
                socket: socketOfCPU[first], numaNode: nodeOfCPU[first], l3Group: l3OfCPU[first], cpus: cpus,
                kind: kindOfCPU[first] ?? 0)
        }
        return MachineLayout(
            source: source, online: topology.online, sockets: packages.count, hasCores: !coreObjects.isEmpty,
            cores: cores, coreKinds: kinds.isEmpty ? ["uniform"] : kinds.map(\.name), caches: caches(in: topology),
            nodes: nodes, distances: distances(in: topology, nodes: nodes.map(\.number)))
    }

    private func nodes(in topology: borrowing HwlocTopology) -> [MachineLayout.Node] {
        topology.objects(HWLOC_OBJ_NUMANODE).map { object in
            MachineLayout.Node(
                number: Int(object.pointee.os_index), cpus: HwlocTopology.numbers(object.pointee.cpuset),
                bytes: Int(clamping: object.pointee.attr.pointee.numanode.local_memory))
        }.sorted { $0.number < $1.number }
    }

    private func distances(in topology: borrowing HwlocTopology, nodes: [Int]) -> [[Int]]? {
        // hwloc keeps no matrix for a single node; its distance to itself is the scale's unit.
        if nodes.count == 1 { return [[10]] }
        guard let distances = topology.nodeDistances() else { return nil }
        var rows: [[Int]] = []
        for from in nodes {
            let row = nodes.compactMap { distances[[from, $0]] }
            guard row.count == nodes.count else { return nil }
            rows.append(row)
        }
        return rows
    }

    private func caches(in topology: borrowing HwlocTopology) -> [CacheDescription] {
        let types = [
            HWLOC_OBJ_L1CACHE, HWLOC_OBJ_L1ICACHE, HWLOC_OBJ_L2CACHE, HWLOC_OBJ_L2ICACHE, HWLOC_OBJ_L3CACHE,
            HWLOC_OBJ_L3ICACHE, HWLOC_OBJ_L4CACHE, HWLOC_OBJ_L5CACHE,
        ]
        var caches: [CacheDescription] = []
        for object in types.flatMap({ topology.objects($0) }) {
            let cache = object.pointee.attr.pointee.cache
            // hwloc writes 0 for a size it does not know; such an entry would claim a cache of no bytes.
            guard cache.size > 0 else { continue }
            let type =
                switch cache.type {
                case HWLOC_OBJ_CACHE_DATA: "data"
                case HWLOC_OBJ_CACHE_INSTRUCTION: "instruction"
                default: "unified"
                }
            caches.append(
                CacheDescription(
                    level: Int(cache.depth), type: type, bytes: Int(clamping: cache.size),
                    sharedCPUs: HwlocTopology.numbers(object.pointee.cpuset).description))
        }
        return caches
    }

    /// Which object, by its place in the list, each CPU belongs to.
    private func owners(of objects: [hwloc_obj_t]) -> [Int: Int] {
        smallestOwner(objects.enumerated().map { ($0.offset, HwlocTopology.numbers($0.element.pointee.cpuset)) })
    }

    /// For each CPU, the owner with the fewest CPUs; of equals, the lowest number (DDR before HBM of one socket).
    private func smallestOwner(_ owners: [(number: Int, cpus: CPUSet)]) -> [Int: Int] {
        var result: [Int: Int] = [:]
        for owner in owners.sorted(by: { ($0.cpus.count, $0.number) > ($1.cpus.count, $1.number) }) {
            for cpu in owner.cpus.numbers { result[cpu] = owner.number }
        }
        return result
    }
}
