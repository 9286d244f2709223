// MachineProbe+Virtualization.swift: hypervisor, container and batch system around this process.
// Each leaves traces of its own; the most specific one is believed.

import ResultRecord

extension MachineProbe {
    func describeVirtualization(_ unknown: inout UnknownFields) -> VirtualizationDescription {
        var virtualization = VirtualizationDescription()
        virtualization.hypervisor = unknown.take("virt.hypervisor", hypervisor())
        virtualization.containerRuntime = unknown.take("virt.container_runtime", containerRuntime())
        // Jenkins sets NODE_NAME too, so it counts inside Kubernetes only.
        let inKubernetes = environment["KUBERNETES_SERVICE_HOST"] != nil
        virtualization.k8sNode = unknown.take(
            "virt.k8s_node", inKubernetes ? environment["NODE_NAME"].flatMap { $0.isEmpty ? nil : $0 } : nil,
            otherwise: inKubernetes
                ? "NODE_NAME is not set: pass spec.nodeName by the downward API"
                : "this process does not run in Kubernetes (KUBERNETES_SERVICE_HOST is not set)")
        return virtualization
    }

    private func hypervisor() -> Finding<String> {
        if processor.architecture == .x86_64, let leaf = processor.leaf(1) {
            let hypervisorPresent = leaf.ecx >> 31 & 1 == 1
            return .found(hypervisorPresent ? Hypervisor.name(processor) : "none")
        }
        if let type = files.word(at: "/sys/hypervisor/type") { return .found(type) }
        if let compatible = files.word(at: "/proc/device-tree/hypervisor/compatible") {
            return .found(compatible.hasPrefix("linux,") ? String(compatible.dropFirst(6)) : compatible)
        }
        switch (files.word(at: "/sys/class/dmi/id/sys_vendor"), files.word(at: "/sys/class/dmi/id/product_name")) {
        case ("QEMU", _), ("KubeVirt", _): return .found("kvm")
        case ("Amazon EC2", let product?): return .found(product.contains(".metal") ? "none" : "kvm")
        default:
            return .missing(
                "this architecture has no CPUID, and neither /sys/hypervisor, the device tree nor DMI names one")
        }
    }

    /// `none` only where something says so: that no trace was found may mean that we may not see it.
    private func containerRuntime() -> Finding<String> {
        if environment.keys.contains(where: { $0.hasPrefix("APPTAINER_") }) { return .found("apptainer") }
        if environment.keys.contains(where: { $0.hasPrefix("SINGULARITY_") }) { return .found("singularity") }
        if environment["KUBERNETES_SERVICE_HOST"] != nil { return .found("kubernetes") }
        if files.exists("/run/.containerenv") { return .found("podman") }
        if files.exists("/.dockerenv") { return .found("docker") }
        let groups = files.text(at: "/proc/self/cgroup") ?? ""
        let traces = [
            ("kubepods", "kubernetes"), ("libpod", "podman"), ("docker", "docker"), ("crio-", "cri-o"),
            ("containerd", "containerd"), ("/lxc", "lxc"), ("machine.slice/systemd-nspawn", "systemd-nspawn"),
        ]
        if let trace = traces.first(where: { groups.contains($0.0) }) { return .found(trace.1) }
        // A container's first process has `container=lxc`, `systemd-nspawn`, `podman`, … in its environment, which
        // only root may read; where that process is systemd, it writes the value to a file for everybody.
        // Source: systemd.io/CONTAINER_INTERFACE.
        if let name = files.word(at: "/run/systemd/container") { return .found(name) }
        if let variables = files.text(at: "/proc/1/environ")?.split(separator: "\0") {
            return .found(variables.first { $0.hasPrefix("container=") }.map { String($0.dropFirst(10)) } ?? "none")
        }
        // This directory says that systemd booted the system, so that the file would be there (man 3 sd_booted).
        if files.exists("/run/systemd/system") { return .found("none") }
        return .missing("no trace of a container, but \(files.whyUnread("/proc/1/environ")), so there may be one")
    }

    func describeScheduler(_ unknown: inout UnknownFields) -> SchedulerDescription {
        var scheduler = SchedulerDescription()
        guard let batch = BatchSystem.all.first(where: { environment[$0.jobVariable] != nil }) else {
            scheduler.kind = "none"
            for field in ["job_id", "nodelist", "exclusive"] {
                unknown.note("scheduler.\(field)", "no batch system started this process")
            }
            return scheduler
        }
        scheduler.kind = batch.kind
        scheduler.jobID = unknown.take(
            "scheduler.job_id", environment[batch.jobVariable], otherwise: "\(batch.jobVariable) is not set")
        let value = environment[batch.nodesVariable].flatMap { $0.isEmpty ? nil : $0 }
        let nodes = batch.nodesVariableNamesFile ? value.flatMap { nodeFile($0) } : value
        scheduler.nodelist = unknown.take(
            "scheduler.nodelist", nodes,
            otherwise: value == nil
                ? "\(batch.nodesVariable) is not set" : files.whyUnread(value ?? batch.nodesVariable))
        unknown.note("scheduler.exclusive", "\(batch.kind) does not tell a job whether it has the node to itself")
        return scheduler
    }

    /// The hosts of a node file, which has one line for each rank, without repetition.
    private func nodeFile(_ path: String) -> String? {
        var hosts: [String] = []
        for line in (files.text(at: path) ?? "").split(separator: "\n") {
            guard let host = line.split(separator: " ").first.map(String.init), !hosts.contains(host) else { continue }
            hosts.append(host)
        }
        return hosts.isEmpty ? nil : hosts.joined(separator: ",")
    }
}

/// The variables by which a batch system makes itself known.
private struct BatchSystem {
    let kind: String
    let jobVariable: String
    let nodesVariable: String
    let nodesVariableNamesFile: Bool

    static let all = [
        BatchSystem(
            kind: "slurm", jobVariable: "SLURM_JOB_ID", nodesVariable: "SLURM_JOB_NODELIST",
            nodesVariableNamesFile: false),
        BatchSystem(
            kind: "pbs", jobVariable: "PBS_JOBID", nodesVariable: "PBS_NODEFILE", nodesVariableNamesFile: true),
        BatchSystem(
            kind: "lsf", jobVariable: "LSB_JOBID", nodesVariable: "LSB_HOSTS", nodesVariableNamesFile: false),
        BatchSystem(
            kind: "flux", jobVariable: "FLUX_JOB_ID", nodesVariable: "FLUX_JOB_NODELIST",
            nodesVariableNamesFile: false),
        BatchSystem(
            kind: "sge", jobVariable: "SGE_TASK_ID", nodesVariable: "PE_HOSTFILE", nodesVariableNamesFile: true),
    ]
}

/// Names of hypervisors by their CPUID signature.
enum Hypervisor {
    /// - Precondition: CPUID leaf 1 says that there is a hypervisor.
    static func name(_ processor: ProcessorInterface) -> String {
        // KVM may answer as Hyper-V first, for Windows guests, and as itself 0x100 leaves later.
        var name = "unnamed"
        for base in [UInt32(0x4000_0000), 0x4000_0100] {
            let leaf = processor.cpuid(base, 0)
            let signature = RegisterText([leaf.ebx, leaf.ecx, leaf.edx]).description.trimmed
            if base != 0x4000_0000, known[signature] == nil { continue }
            if !signature.isEmpty { name = known[signature] ?? signature.lowercased() }
        }
        return name
    }

    /// - Source: the vendors' interface descriptions; Linux, arch/x86/kernel/cpu/hypervisor.c and its drivers.
    private static let known = [
        "KVMKVMKVM": "kvm", "Microsoft Hv": "hyperv", "VMwareVMware": "vmware", "XenVMMXenVMM": "xen",
        "TCGTCGTCGTCG": "qemu-tcg", "VBoxVBoxVBox": "virtualbox", "bhyve bhyve": "bhyve", "ACRNACRNACRN": "acrn",
        "Jailhouse": "jailhouse", "lrpepyh  vr": "parallels", "EVMMEVMMEVMM": "evmm",
    ]
}
