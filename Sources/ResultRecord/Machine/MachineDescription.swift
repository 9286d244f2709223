// MachineDescription.swift: what a node is, as far as it can tell; filled by MachineProbe, kept in the record.
// A field is nil when this machine cannot tell; `unknown` then has the reason under the field's path.

/// The machine that was measured: identity, processors, memory, power settings and limits on this process.
///
/// Its parts are top-level keys of a record and of `suanli info --format json`.
public struct MachineDescription: Sendable, Hashable, Codable {
    public var host = HostDescription()
    public var os = OperatingSystemDescription()
    public var cpu = CPUDescription()
    public var topology = TopologyDescription()
    public var memory = MemoryDescription()
    public var power = PowerDescription()
    public var limits = LimitsDescription()
    public var virt = VirtualizationDescription()
    public var scheduler = SchedulerDescription()
    public var noise = NoiseDescription()
    /// Why a field is null: path (`power.governor`) to reason. Elements of a list share one path.
    public var unknown: [String: String] = [:]

    public init() {}
}

/// Which machine this is.
public struct HostDescription: Sendable, Hashable, Codable {
    @OrNull public var name: String?
    /// SHA-256, in hexadecimal, of a fixed salt, the machine id and the board serial number (gate G5).
    @OrNull public var machineIDHash: String?
    /// `machine-id+board-serial`, `machine-id` where the serial number cannot be read (it is root's), or `generated`
    /// when /etc/machine-id is missing and an id was made and stored.
    @OrNull public var machineIDSource: String?
    @OrNull public var vendor: String?
    @OrNull public var product: String?
    @OrNull public var biosVersion: String?
    @OrNull public var bootID: String?
    @OrNull public var uptimeSeconds: Double?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case name, vendor, product
        case machineIDHash = "machine_id_hash"
        case machineIDSource = "machine_id_source"
        case biosVersion = "bios_version"
        case bootID = "boot_id"
        case uptimeSeconds = "uptime_seconds"
    }
}

/// Kernel and distribution.
public struct OperatingSystemDescription: Sendable, Hashable, Codable {
    @OrNull public var distro: String?
    @OrNull public var kernel: String?
    /// The boot parameters that bear on performance (isolation, mitigations, huge pages, power), no others:
    /// a command line may hold secrets.
    @OrNull public var cmdline: String?
    @OrNull public var libc: String?
    /// `name: state`, sorted, as in /sys/devices/system/cpu/vulnerabilities.
    @OrNull public var mitigations: [String]?

    public init() {}
}

/// What the hypervisor or container runtime is, when there is one.
public struct VirtualizationDescription: Sendable, Hashable, Codable {
    /// `none` on bare metal.
    @OrNull public var hypervisor: String?
    /// `none` outside a container.
    @OrNull public var containerRuntime: String?
    @OrNull public var k8sNode: String?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case hypervisor
        case containerRuntime = "container_runtime"
        case k8sNode = "k8s_node"
    }
}

/// The batch system that started this process.
public struct SchedulerDescription: Sendable, Hashable, Codable {
    /// `none` when no scheduler's variables are set.
    @OrNull public var kind: String?
    @OrNull public var jobID: String?
    @OrNull public var nodelist: String?
    @OrNull public var exclusive: Bool?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case kind, nodelist, exclusive
        case jobID = "job_id"
    }
}
