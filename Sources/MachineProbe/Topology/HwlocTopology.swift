// HwlocTopology.swift: one loaded hwloc topology and the few questions we ask it.
// All CPUs are included, also those our control group forbids: the record describes the machine, and `limits` says
// which part of it is ours. Discovery leaves thread bindings alone, so a probe disturbs nobody.

import CHwloc
import Glibc
import ResultRecord

/// Owns the hwloc context; objects and bitmaps it hands out live as long as it does.
struct HwlocTopology: ~Copyable {
    private let topology: hwloc_topology_t

    init(_ source: TopologySource) throws(TopologyError) {
        var created: hwloc_topology_t?
        guard hwloc_topology_init(&created) == 0, let context = created else {
            throw TopologyError(source: source, reason: "hwloc gave no context (\(String(cString: strerror(errno))))")
        }
        if let reason = Self.load(context, source) {
            hwloc_topology_destroy(context)
            throw TopologyError(source: source, reason: reason)
        }
        topology = context
    }

    /// - Returns: nil on success, otherwise what failed.
    private static func load(_ context: hwloc_topology_t, _ source: TopologySource) -> String? {
        let flags =
            HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED.rawValue | HWLOC_TOPOLOGY_FLAG_DONT_CHANGE_BINDING.rawValue
            | HWLOC_TOPOLOGY_FLAG_NO_MEMATTRS.rawValue
        hwloc_topology_set_flags(context, UInt(flags))
        hwloc_topology_set_icache_types_filter(context, HWLOC_TYPE_FILTER_KEEP_ALL)
        let accepted =
            switch source {
            case .live: true
            case .synthetic(let text): hwloc_topology_set_synthetic(context, text) == 0
            case .xml(let path): hwloc_topology_set_xml(context, path) == 0
            }
        guard accepted, hwloc_topology_load(context) == 0 else {
            return "hwloc does not accept it (\(String(cString: strerror(errno))))"
        }
        if source == .live, hwloc_topology_is_thissystem(context) == 0 {
            return "an HWLOC_ variable makes hwloc describe another machine"
        }
        return hwloc_get_nbobjs_by_type(context, HWLOC_OBJ_PU) > 0 ? nil : "hwloc found no logical CPU"
    }

    deinit { hwloc_topology_destroy(topology) }

    /// Every object of a type in logical order; empty when the machine has none.
    func objects(_ type: hwloc_obj_type_t) -> [hwloc_obj_t] {
        let count = hwloc_get_nbobjs_by_type(topology, type)
        guard count > 0 else { return [] }
        return (0..<UInt32(count)).compactMap { hwloc_get_obj_by_type(topology, type, $0) }
    }

    /// CPUs that are online.
    var online: CPUSet { Self.numbers(hwloc_topology_get_topology_cpuset(topology)) }

    /// Kinds of core and their CPUs, most efficient first; empty when all are alike.
    func coreKinds() -> [(name: String, cpus: CPUSet)] {
        let count = hwloc_cpukinds_get_nr(topology, 0)
        guard count > 1, let bitmap = hwloc_bitmap_alloc() else { return [] }
        defer { hwloc_bitmap_free(bitmap) }
        return (0..<UInt32(count)).compactMap { index in
            var pairs: UInt32 = 0
            var infos: UnsafeMutablePointer<hwloc_info_s>?
            guard hwloc_cpukinds_get_info(topology, index, bitmap, nil, &pairs, &infos, 0) == 0 else { return nil }
            var attributes: [String: String] = [:]
            for pair in UnsafeBufferPointer(start: infos, count: Int(pairs)) {
                attributes[String(cString: pair.name)] = String(cString: pair.value)
            }
            let name =
                attributes["CoreType"] ?? attributes["FrequencyMaxMHz"].map { "max-\($0)-mhz" } ?? "kind-\(index)"
            return (name, Self.numbers(bitmap))
        }
    }

    /// Latency distances by pairs of NUMA node numbers, as the operating system states them; nil when it does not.
    func nodeDistances() -> [[Int]: Int]? {
        var count: UInt32 = 1
        var found: UnsafeMutablePointer<hwloc_distances_s>?
        let kind = HWLOC_DISTANCES_KIND_FROM_OS.rawValue | HWLOC_DISTANCES_KIND_MEANS_LATENCY.rawValue
        guard
            hwloc_distances_get_by_type(topology, HWLOC_OBJ_NUMANODE, &count, &found, UInt(kind), 0) == 0, count > 0,
            let matrix = found
        else { return nil }
        defer { hwloc_distances_release(topology, matrix) }
        let size = Int(matrix.pointee.nbobjs)
        var distances: [[Int]: Int] = [:]
        for row in 0..<size {
            for column in 0..<size {
                guard let from = matrix.pointee.objs[row], let to = matrix.pointee.objs[column] else { continue }
                distances[[Int(from.pointee.os_index), Int(to.pointee.os_index)]] =
                    Int(matrix.pointee.values[row * size + column])
            }
        }
        return distances
    }

    /// The numbers in a bitmap; empty for a missing or an infinite one.
    static func numbers(_ bitmap: hwloc_const_bitmap_t?) -> CPUSet {
        guard let bitmap, hwloc_bitmap_weight(bitmap) > 0 else { return [] }
        var numbers: [Int] = []
        var next = hwloc_bitmap_first(bitmap)
        while next >= 0 {
            numbers.append(Int(next))
            next = hwloc_bitmap_next(bitmap, next)
        }
        return CPUSet(numbers)
    }
}
