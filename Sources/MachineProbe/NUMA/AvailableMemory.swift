// AvailableMemory.swift: how much memory new regions may have before the kernel starts killing.
// Counted before mapping: the kernel grants any mapping and ends the process at the touch of a page that it lacks.

/// What bounds the memory that a region can have.
package enum MemoryBound: Sendable, Hashable {
    /// All of this machine's memory.
    case machine
    /// The limit of the control group in this directory.
    case controlGroup(directory: String)
    /// One node of several: pages that are bound to it go nowhere else.
    case node(Int)
}

/// Bytes that can still be had, and what bounds them.
struct AvailableMemory: Sendable, Hashable {
    /// ≥ 0.
    let bytes: Int
    let bound: MemoryBound

    /// The least of what the kernel says is available, what control groups leave, and what the node has that
    /// `placement` binds to; nil when none of them can be read.
    ///
    /// Memory that is mapped and not touched yet still counts as available.
    static func find(for placement: MemoryPlacement, _ files: FileTree) -> AvailableMemory? {
        var candidates: [AvailableMemory] = []
        if let bytes = MemoryCounters(files).bytes("MemAvailable") {
            candidates.append(AvailableMemory(bytes: bytes, bound: .machine))
        }
        if let group = ControlGroups(files: files).memoryLeft() {
            candidates.append(
                AvailableMemory(bytes: group.bytes, bound: .controlGroup(directory: group.directory)))
        }
        if case .bind(let node) = placement, let bytes = bytes(onNode: node, files) {
            candidates.append(AvailableMemory(bytes: bytes, bound: .node(node)))
        }
        return candidates.min { $0.bytes < $1.bytes }
    }

    /// Free pages and those that the kernel gives up without writing them out, less what it keeps for itself.
    ///
    /// Nil for the only node, of which MemAvailable tells already: a guest whose memory is initialised late has more
    /// than its node's counters say.
    /// - Source: si_mem_available in Linux, mm/show_mem.c, which is MemAvailable. It keeps a share of the reserve per
    ///   node; taking all of it from one node errs on the safe side.
    private static func bytes(onNode node: Int, _ files: FileTree) -> Int? {
        let nodes = (files.list("/sys/devices/system/node") ?? []).filter {
            $0.hasPrefix("node") && Int($0.dropFirst(4)) != nil
        }
        let counters = MemoryCounters(files, node: node)
        guard nodes.count > 1, let free = counters.bytes("MemFree") else { return nil }
        let reclaimable = ["Active(file)", "Inactive(file)", "SReclaimable"].reduce(0) {
            $0 + (counters.bytes($1) ?? 0)
        }
        let reserve = (files.integer(at: "/proc/sys/vm/min_free_kbytes") ?? 0) * 1024
        return max(0, free + reclaimable - reserve)
    }
}
