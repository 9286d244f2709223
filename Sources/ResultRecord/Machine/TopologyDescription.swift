// TopologyDescription.swift: packages, cores, caches and NUMA nodes of the machine.

public struct TopologyDescription: Sendable, Hashable, Codable {
    @OrNull public var sockets: Int?
    /// Physical cores that are online.
    @OrNull public var cores: Int?
    /// Logical CPUs that are online.
    @OrNull public var threads: Int?
    @OrNull public var smtActive: Bool?
    @OrNull public var numaNodes: Int?
    /// Row and column in ascending order of node number; 10 is local, as ACPI SLIT has it.
    @OrNull public var numaDistance: [[Int]]?
    public var caches: [CacheDescription] = []
    /// Distinct kinds of core, most efficient first; one entry on machines that are not hybrid.
    public var coreTypes: [String] = []
    /// CPU list (`0-3,8`) of online CPUs.
    @OrNull public var online: String?
    /// CPU list of CPUs the scheduler leaves alone (isolcpus); empty when none.
    @OrNull public var isolated: String?
    public var coreList: [CoreDescription] = []

    public init() {}

    enum CodingKeys: String, CodingKey {
        case sockets, cores, threads, caches, online, isolated
        case smtActive = "smt_active"
        case numaNodes = "numa_nodes"
        case numaDistance = "numa_distance"
        case coreTypes = "core_types"
        case coreList = "core_list"
    }
}

/// One cache; caches of equal level, type and size that serve different CPUs are separate entries.
public struct CacheDescription: Sendable, Hashable, Codable {
    public var level: Int
    /// `unified`, `data` or `instruction`.
    public var type: String
    public var bytes: Int
    /// CPU list of the logical CPUs that share it.
    public var sharedCPUs: String

    public init(level: Int, type: String, bytes: Int, sharedCPUs: String) {
        self.level = level
        self.type = type
        self.bytes = bytes
        self.sharedCPUs = sharedCPUs
    }

    enum CodingKeys: String, CodingKey {
        case level, type, bytes
        case sharedCPUs = "shared_cpus"
    }
}

/// One physical core and the logical CPUs on it.
public struct CoreDescription: Sendable, Hashable, Codable {
    public var socket: Int
    /// NUMA node that it is on, with memory or without; nil when the machine does not say.
    @OrNull public var numaNode: Int?
    /// Number of the last-level-cache group, counted from 0 over the machine; nil without an L3.
    @OrNull public var l3Group: Int?
    /// Logical CPU numbers, ascending; two or more with SMT. Never empty.
    public var cpus: [Int]
    /// Index into `TopologyDescription.coreTypes`.
    public var kind: Int

    public init(socket: Int, numaNode: Int?, l3Group: Int?, cpus: [Int], kind: Int = 0) {
        self.socket = socket
        self.cpus = cpus
        self.kind = kind
        self.numaNode = numaNode
        self.l3Group = l3Group
    }

    enum CodingKeys: String, CodingKey {
        case socket, cpus, kind
        case numaNode = "numa_node"
        case l3Group = "l3_group"
    }
}
