// MachineProbe.swift: describes this machine and what it grants this process, from files, CPUID and hwloc.
// Reads only; the one thing it may write is the generated node id (Host/NodeIdentity.swift).

import CLinux
package import ResultRecord

/// Fills a `MachineDescription`. What cannot be told is nil, with the reason in `unknown`.
///
/// Each source can be replaced, so that any machine can be described on any other; docs/probe.md lists the sources
/// field by field.
package struct MachineProbe: Sendable {
    let files: FileTree
    let topology: TopologySource
    let processor: ProcessorInterface
    let environment: [String: String]
    let affinity: CPUSet?

    /// - Parameters:
    ///   - files: /proc, /sys and /etc.
    ///   - topology: Where hwloc takes cores, caches and NUMA nodes from.
    ///   - processor: CPUID, XCR0 and hwcap.
    ///   - environment: Environment variables; they tell of schedulers, containers and the home directory.
    ///   - affinity: The CPUs this process may run on; read from the kernel when nil.
    package init(
        files: FileTree = .live, topology: TopologySource = .live, processor: ProcessorInterface = .live,
        environment: [String: String] = ProcessEnvironment.current, affinity: CPUSet? = nil
    ) {
        self.files = files
        self.topology = topology
        self.processor = processor
        self.environment = environment
        self.affinity = affinity ?? CPUBinding.affinity(of: 0)
    }

    /// - Throws: `TopologyError` when hwloc cannot say what the machine consists of; nothing else is fatal.
    /// - Complexity: A few hundred small reads; O(CPUs) for the topology.
    package func describe() throws -> MachineDescription {
        var unknown = UnknownFields()
        var machine = MachineDescription()
        let layout = try TopologyReader(topology).read()
        machine.topology = describeTopology(layout, &unknown)
        machine.memory = describeMemory(layout, &unknown)
        machine.cpu = describeCPU(&unknown)
        machine.power = describePower(&unknown)
        machine.host = describeHost(&unknown)
        machine.os = describeOperatingSystem(&unknown)
        machine.limits = describeLimits(&unknown)
        machine.virt = describeVirtualization(&unknown)
        machine.scheduler = describeScheduler(&unknown)
        machine.noise = describeNoise(&unknown)
        machine.unknown = unknown.reasons
        return machine
    }

    /// The CPUs and the share of their time that this process can use, from the same sources as `describe()`.
    package func usableCPUs() -> UsableCPUs { UsableCPUs(files: files, affinity: affinity) }
}
