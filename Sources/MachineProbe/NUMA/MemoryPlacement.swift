// MemoryPlacement.swift: where memory is asked to be, and where it was found.

import ResultRecord

/// The NUMA nodes that the pages of a region are asked to be on.
package enum MemoryPlacement: Sendable, Hashable, CustomStringConvertible {
    /// All on one node.
    case bind(node: Int)
    /// Page by page over these nodes in turn.
    case interleave(nodes: [Int])
    /// Wherever the thread that first touches a page runs.
    case unbound

    /// As in a record's `placement`: `bind:0`, `interleave:0-1`, `unbound`.
    package var description: String {
        switch self {
        case .bind(let node): "bind:\(node)"
        case .interleave(let nodes): "interleave:\(CPUSet(nodes))"
        case .unbound: "unbound"
        }
    }

    /// The nodes asked for; empty when any will do.
    package var nodes: [Int] {
        switch self {
        case .bind(let node): [node]
        case .interleave(let nodes): CPUSet(nodes).numbers
        case .unbound: []
        }
    }
}
