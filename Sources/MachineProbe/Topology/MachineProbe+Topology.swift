// MachineProbe+Topology.swift: the layout as the record writes it, and the memory behind it.

import ResultRecord

extension MachineProbe {
    func describeTopology(_ layout: MachineLayout, _ unknown: inout UnknownFields) -> TopologyDescription {
        var topology = TopologyDescription()
        topology.sockets = unknown.take(
            "topology.sockets", layout.sockets > 0 ? layout.sockets : nil, otherwise: "hwloc found no packages")
        let noCores = "hwloc found logical CPUs but no cores, so threads of one core cannot be told apart"
        topology.cores = unknown.take("topology.cores", layout.hasCores ? layout.cores.count : nil, otherwise: noCores)
        topology.threads = layout.online.count
        topology.smtActive = unknown.take(
            "topology.smt_active", layout.hasCores ? layout.cores.contains { $0.cpus.count > 1 } : nil,
            otherwise: noCores)
        topology.numaNodes = unknown.take(
            "topology.numa_nodes", layout.nodes.isEmpty ? nil : layout.nodes.count,
            otherwise: "hwloc found no memory nodes")
        topology.numaDistance = unknown.take(
            "topology.numa_distance", layout.distances,
            otherwise: layout.source == .live
                ? "the firmware states no distances (/sys/devices/system/node/node0/distance)"
                : "the topology that was given has no distances")
        topology.caches = layout.caches
        topology.coreTypes = layout.coreKinds
        topology.online = layout.online.description
        topology.isolated = unknown.take(
            "topology.isolated", files.trimmed(at: Self.isolatedPath), otherwise: files.whyUnread(Self.isolatedPath))
        topology.coreList = layout.cores.map {
            CoreDescription(
                socket: $0.socket ?? 0, numaNode: $0.numaNode, l3Group: $0.l3Group, cpus: $0.cpus, kind: $0.kind)
        }
        if layout.cores.contains(where: { $0.numaNode == nil }) {
            unknown.note("topology.core_list.numa_node", "no NUMA node names these cores as its own")
        }
        if layout.cores.contains(where: { $0.l3Group == nil }) {
            unknown.note("topology.core_list.l3_group", "hwloc found no L3 cache over these cores")
        }
        return topology
    }

    private static let isolatedPath = "/sys/devices/system/cpu/isolated"

    func describeMemory(_ layout: MachineLayout, _ unknown: inout UnknownFields) -> MemoryDescription {
        var memory = MemoryDescription()
        memory.totalBytes = unknown.take(
            "memory.total_bytes", MemoryCounters(files).bytes("MemTotal"),
            otherwise: files.whyUnread(MemoryCounters.path))
        let perNode = layout.nodes.map(\.bytes)
        memory.perNUMABytes = unknown.take(
            "memory.per_numa_bytes", perNode.contains { $0 > 0 } ? perNode : nil,
            otherwise: "hwloc states no size for any memory node")
        memory.hugepages = unknown.take(
            "memory.hugepages", hugePages(), otherwise: files.whyUnread("/sys/kernel/mm/hugepages"))
        let thp = "/sys/kernel/mm/transparent_hugepage/enabled"
        // The setting in force stands in brackets: `always [madvise] never`.
        let setting = files.text(at: thp)?.split(whereSeparator: \.isWhitespace).first { $0.hasPrefix("[") }
        memory.thp = unknown.take(
            "memory.thp", setting.map { String($0.dropFirst().dropLast()) }, otherwise: files.whyUnread(thp))
        let balancing = "/proc/sys/kernel/numa_balancing"
        memory.numaBalancing = unknown.take(
            "memory.numa_balancing", files.integer(at: balancing).map { $0 != 0 },
            otherwise: files.whyUnread(balancing) + ": the kernel is built without NUMA balancing")
        return memory
    }

    /// Reserved huge pages by size in bytes.
    private func hugePages() -> [String: Int]? {
        let directory = "/sys/kernel/mm/hugepages"
        guard let names = files.list(directory) else { return nil }
        var pages: [String: Int] = [:]
        for name in names where name.hasPrefix("hugepages-") && name.hasSuffix("kB") {
            guard let kilobytes = Int(name.dropFirst("hugepages-".count).dropLast(2)),
                let count = files.integer(at: "\(directory)/\(name)/nr_hugepages")
            else { continue }
            pages[String(kilobytes * 1024)] = count
        }
        return pages
    }
}

/// /proc/meminfo, or the part of it that one NUMA node has.
struct MemoryCounters {
    static let path = "/proc/meminfo"
    private let lines: [Substring]
    /// What the names of a node's counters begin with: `Node 0 MemFree`.
    private let prefix: String

    /// - Parameter node: The whole machine when nil.
    init(_ files: FileTree, node: Int? = nil) {
        let path = node.map { "/sys/devices/system/node/node\($0)/meminfo" } ?? Self.path
        lines = (files.text(at: path) ?? "").split(separator: "\n")
        prefix = node.map { "Node \($0) " } ?? ""
    }

    /// One counter, which the kernel prints in kB of 1024 bytes, in bytes.
    func bytes(_ name: String) -> Int? {
        for line in lines {
            guard let (key, value) = line.keyAndValue(separator: ":"), key == prefix + name else { continue }
            return value.split(separator: " ").first.flatMap { Int($0) }.map { $0 * 1024 }
        }
        return nil
    }
}
