// TopologySource.swift: where hwloc takes the machine's structure from, and what its answer looks like here.

package import ResultRecord

/// Where hwloc takes the machine's structure from.
package enum TopologySource: Sendable, Hashable {
    /// This machine.
    case live
    /// hwloc's synthetic notation, `pack:2 numa:1 core:4 pu:2`.
    case synthetic(String)
    /// A file written by `lstopo file.xml` on any machine.
    case xml(path: String)
}

/// The machine's structure as read from hwloc; a value that holds on to nothing.
struct MachineLayout: Sendable, Hashable {
    struct Node: Sendable, Hashable {
        let number: Int
        /// The CPUs it is local to. For memory without CPUs of its own, those of the object that hwloc hangs it on.
        let cpus: CPUSet
        /// 0 for a node without memory.
        let bytes: Int
    }

    struct Core: Sendable, Hashable {
        /// Number of the package counted from 0; nil when hwloc found none.
        let socket: Int?
        let numaNode: Int?
        let l3Group: Int?
        let cpus: [Int]
        let kind: Int
    }

    var source: TopologySource
    /// Online logical CPUs, also those that this process may not use.
    var online: CPUSet
    /// 0 when the source has no packages.
    var sockets: Int
    /// False when the source names logical CPUs only; `cores` then has one entry for each of them.
    var hasCores: Bool
    var cores: [Core]
    /// Most efficient first; never empty.
    var coreKinds: [String]
    var caches: [CacheDescription]
    /// By ascending number.
    var nodes: [Node]
    /// Rows and columns as `nodes`; nil when the source does not say.
    var distances: [[Int]]?
}

/// hwloc could not say what the machine consists of.
package struct TopologyError: UserFacingError, Hashable {
    package let source: TopologySource
    /// What failed, as a clause.
    package let reason: String

    package var what: String {
        switch source {
        case .live: "cannot read this machine's topology: \(reason)"
        case .synthetic(let text): "cannot read the synthetic topology \"\(text)\": \(reason)"
        case .xml(let path): "cannot read the topology file \(path): \(reason)"
        }
    }

    package var nextStep: String {
        switch source {
        case .live: "Check that /sys is mounted and that no HWLOC_ variable is set, then compare with lstopo."
        case .synthetic: "Write it like \"pack:2 core:4 pu:2\"; the notation is hwloc's (man lstopo, --input)."
        case .xml: "Write the file with lstopo of hwloc 2 on the machine in question."
        }
    }

    package var exitStatus: ExitStatus { source == .live ? .measurementFailed : .usage }
}
