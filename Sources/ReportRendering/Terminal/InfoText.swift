// InfoText.swift: a machine description for people. What is unknown is said with its reason, never left out.

import Quantities
package import ResultRecord

package enum InfoText {
    package static func render(_ machine: MachineDescription) -> String {
        var table = TextTable([.left, .left])
        let reasons = machine.unknown
        func row(_ title: String, _ value: String?, _ path: String) {
            table.add([title, value ?? "unknown: \(reasons[path] ?? "no reason given")"])
        }
        func joined(_ parts: [String?]) -> String? {
            let known = parts.compactMap { $0 }
            return known.isEmpty ? nil : known.joined(separator: ", ")
        }
        let (cpu, topology, limits) = (machine.cpu, machine.topology, machine.limits)
        row("node", machine.host.name, "host.name")
        row("node id", machine.host.machineIDHash.map { String($0.prefix(16)) + "…" }, "host.machine_id_hash")
        row("system", joined([machine.host.vendor, machine.host.product]), "host.vendor")
        row("os", joined([machine.os.distro, machine.os.kernel.map { "Linux \($0)" }, machine.os.libc]), "os.distro")
        row("cpu", joined([cpu.modelName, cpu.vendor, cpu.microarchitecture]), "cpu.model_name")
        row(
            "family/model/stepping",
            cpu.family.map { "\($0)/\(cpu.model.map(String.init) ?? "?")/\(cpu.stepping.map(String.init) ?? "?")" },
            "cpu.family")
        row("microcode", cpu.microcode, "cpu.microcode")
        table.add(["isa", cpu.isa.joined(separator: " ")])
        row("sockets", topology.sockets.map(String.init), "topology.sockets")
        row("cores", topology.cores.map(String.init), "topology.cores")
        row("logical CPUs", topology.threads.map { "\($0) (online \(topology.online ?? "?"))" }, "topology.threads")
        row("SMT", topology.smtActive.map { $0 ? "on" : "off" }, "topology.smt_active")
        for line in caches(topology) { table.add(line) }
        row("NUMA nodes", topology.numaNodes.map(String.init), "topology.numa_nodes")
        if let distances = topology.numaDistance, distances.count > 1 {
            for (node, line) in distances.enumerated() {
                table.add(["  distance from \(node)", line.map(String.init).joined(separator: " ")])
            }
        }
        row("memory", machine.memory.totalBytes.map { SIFormat.text(Double($0), unit: "B") }, "memory.total_bytes")
        if let perNode = machine.memory.perNUMABytes, perNode.count > 1 {
            let sizes = perNode.map { SIFormat.text(Double($0), unit: "B") }
            table.add(["  by node", sizes.joined(separator: ", ")])
        }
        row("huge pages", machine.memory.thp.map { "transparent: \($0)" }, "memory.thp")
        row("governor", machine.power.governor, "power.governor")
        row("turbo", machine.power.turbo.map { $0 ? "on" : "off" }, "power.turbo")
        row(
            "clock limits",
            machine.power.maxHertz.map { maximum in
                let low = machine.power.minHertz.map { SIFormat.text($0, unit: "Hz") } ?? "?"
                return "\(low) to \(SIFormat.text(maximum, unit: "Hz"))"
            }, "power.max_hz")
        row("hypervisor", machine.virt.hypervisor, "virt.hypervisor")
        row("container", machine.virt.containerRuntime, "virt.container_runtime")
        row("affinity", limits.affinityCPUs.map { "CPUs \($0)" }, "limits.affinity_cpus")
        row("cpuset", limits.cpusetCPUs.map { "CPUs \($0)" }, "limits.cpuset_cpus")
        row(
            "CPU quota",
            limits.cpuMaxQuotaMicroseconds.map { "\($0) µs of every \(limits.cpuMaxPeriodMicroseconds ?? 0) µs" }
                ?? reasons["limits.cpu_max_quota_us"].map { "none: \($0)" }, "limits.cpu_max_quota_us")
        row("effective CPUs", limits.effectiveCPUs.map { SIFormat.significant($0, digits: 3) }, "limits.effective_cpus")
        row(
            "memory limit",
            limits.memoryMaxBytes.map { SIFormat.text(Double($0), unit: "B") }
                ?? reasons["limits.mem_max_bytes"].map { "none: \($0)" }, "limits.mem_max_bytes")
        row("mitigations", machine.os.mitigations.map { "\($0.count) entries (see --format json)" }, "os.mitigations")
        row("load", machine.noise.load1.map { SIFormat.fixed($0, decimals: 2) }, "noise.load1")
        row("steal since boot", machine.noise.stealRatio.map { SIFormat.percent($0, decimals: 2) }, "noise.steal_ratio")
        return table.text()
    }

    /// One line per kind of cache: how many there are, and who shares one.
    private static func caches(_ topology: TopologyDescription) -> [[String]] {
        struct Kind: Hashable {
            var level: Int
            var type: String
            var bytes: Int
        }
        var counts: [Kind: Int] = [:]
        for cache in topology.caches {
            counts[Kind(level: cache.level, type: cache.type, bytes: cache.bytes), default: 0] += 1
        }
        let kinds = counts.keys.sorted { ($0.level, $0.type, $0.bytes) < ($1.level, $1.type, $1.bytes) }
        return kinds.map { kind in
            let size = kind.bytes % (1 << 20) == 0 ? "\(kind.bytes >> 20) MiB" : "\(kind.bytes >> 10) KiB"
            return ["L\(kind.level) \(kind.type)", "\(counts[kind] ?? 0) × \(size)"]
        }
    }
}
