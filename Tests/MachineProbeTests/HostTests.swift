// HostTests.swift: identity of the node, boot parameters, hypervisor, container and batch system.

import Foundation
import MachineProbe
import ResultRecord
import Testing

@Suite("Host")
struct HostTests {
    private func describe(
        _ tree: TemporaryTree, environment: [String: String] = [:], processor: ProcessorInterface? = nil
    ) throws -> MachineDescription {
        try MachineProbe(
            files: tree.files, topology: .synthetic("pu:1"),
            processor: processor ?? ProcessorInterface(architecture: .other), environment: environment
        ).describe()
    }

    // printf 'suanli node identity 1\n0123456789abcdef0123456789abcdef\n\n' | sha256sum
    @Test("the identity is a salted SHA-256 of machine-id and board serial")
    func machineID() throws {
        let tree = try TemporaryTree(["/etc/machine-id": "0123456789abcdef0123456789abcdef\n"])
        let host = try describe(tree).host
        #expect(host.machineIDHash == "2b1c98f80491065f87e7f2cc2b1f00adfb63b8d3726d2bef6cea90c7247b0242")
        #expect(host.machineIDSource == "machine-id")
        try tree.write("SN42\n", at: "/sys/class/dmi/id/board_serial")
        let serial = try describe(tree).host
        #expect(serial.machineIDHash == "d83078d15146567ebf1800da704dffa60c5200c374c3367441d6b5f80f3df53f")
        #expect(serial.machineIDSource == "machine-id+board-serial")
    }

    @Test("without a machine-id an id is generated once and kept", arguments: [nil, "", "uninitialized\n"])
    func generatedID(machineID: String?) throws {
        let tree = try TemporaryTree()
        if let machineID { try tree.write(machineID, at: "/etc/machine-id") }
        let first = try describe(tree, environment: ["HOME": "/home/u"]).host
        #expect(first.machineIDSource == "generated")
        #expect(tree.files.exists("/home/u/.local/share/suanli/node-id"))
        #expect(tree.files.list("/home/u/.local/share/suanli") == ["node-id"])
        let second = try describe(tree, environment: ["HOME": "/home/u"]).host
        #expect(second.machineIDHash == first.machineIDHash)
        let elsewhere = try describe(tree, environment: ["HOME": "/home/u", "XDG_DATA_HOME": "/data"]).host
        #expect(elsewhere.machineIDHash != first.machineIDHash)
    }

    @Test("where no id can be kept, there is none")
    func noPlaceForAnID() throws {
        // A file where a directory would have to be made.
        let tree = try TemporaryTree(["/home": ""])
        let machine = try describe(tree, environment: ["HOME": "/home/u"])
        #expect(machine.host.machineIDHash == nil)
        #expect(machine.unknown["host.machine_id_hash"]?.contains("cannot be") == true)
    }

    @Test("of the command line only parameters that bear on performance are kept")
    func bootParameters() throws {
        let tree = try TemporaryTree([
            "/proc/cmdline": "root=/dev/sda1 password=secret isolcpus=2-3 nosmt mitigations=off rcu-nocbs=2-3 "
                + "psi=1 quiet -- idle=poll token=secret\n"
        ])
        #expect(try describe(tree).os.cmdline == "isolcpus=2-3 nosmt mitigations=off rcu-nocbs=2-3 psi=1")
        try tree.write("root=/dev/sda1 quiet\n", at: "/proc/cmdline")
        #expect(try describe(tree).os.cmdline == "")
    }

    @Test("the distribution's name is unquoted, the mitigations are sorted")
    func operatingSystem() throws {
        let tree = try TemporaryTree([
            "/etc/os-release": "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n",
            "/sys/devices/system/cpu/vulnerabilities/spectre_v2": "Mitigation: Retpolines\n",
            "/sys/devices/system/cpu/vulnerabilities/meltdown": "Not affected\n",
        ])
        let os = try describe(tree).os
        #expect(os.distro == "Debian GNU/Linux 12 (bookworm)")
        #expect(os.mitigations == ["meltdown: Not affected", "spectre_v2: Mitigation: Retpolines"])
    }

    @Test(
        "hypervisors are known by their CPUID signature",
        arguments: [
            ("KVMKVMKVM", "kvm"), ("Microsoft Hv", "hyperv"), ("VMwareVMware", "vmware"), ("XenVMMXenVMM", "xen"),
            ("TCGTCGTCGTCG", "qemu-tcg"), ("bhyve bhyve ", "bhyve"), ("SomethingNew", "somethingnew"),
        ])
    func hypervisors(signature: String, name: String) throws {
        var cpu = FakeCPUID(vendor: "AuthenticAMD", signature: 0x00A1_0F11)
        let tree = try TemporaryTree()
        #expect(try describe(tree, processor: cpu.processor()).virt.hypervisor == "none")
        cpu[1].ecx = 1 << 31
        let text = FakeCPUID.registers(signature, count: 3)
        cpu[0x4000_0000] = CPUIDRegisters(eax: 0x4000_0001, ebx: text[0], ecx: text[1], edx: text[2])
        #expect(try describe(tree, processor: cpu.processor()).virt.hypervisor == name)
    }

    @Test("KVM that answers as Hyper-V first is KVM")
    func kvmAsHyperV() throws {
        var cpu = FakeCPUID(vendor: "AuthenticAMD", signature: 0x00A1_0F11)
        cpu[1].ecx = 1 << 31
        for (leaf, signature) in [(UInt32(0x4000_0000), "Microsoft Hv"), (0x4000_0100, "KVMKVMKVM")] {
            let text = FakeCPUID.registers(signature, count: 3)
            cpu[leaf] = CPUIDRegisters(ebx: text[0], ecx: text[1], edx: text[2])
        }
        #expect(try describe(try TemporaryTree(), processor: cpu.processor()).virt.hypervisor == "kvm")
    }

    @Test(
        "containers are known by their traces",
        arguments: [
            (["/.dockerenv": ""], [:], "docker"), (["/run/.containerenv": ""], [:], "podman"),
            (["/.dockerenv": ""], ["KUBERNETES_SERVICE_HOST": "10.0.0.1"], "kubernetes"),
            ([:], ["APPTAINER_NAME": "hpl.sif"], "apptainer"),
            (["/proc/self/cgroup": "3:cpu:/lxc/web\n"], [:], "lxc"),
            (["/proc/1/environ": "PATH=/bin\0container=systemd-nspawn\0"], [:], "systemd-nspawn"),
            (["/run/systemd/container": "lxc\n", "/run/systemd/system/x": ""], [:], "lxc"),
            (["/proc/self/cgroup": "0::/user.slice\n", "/proc/1/environ": "PATH=/bin\0"], [:], "none"),
            (["/proc/self/cgroup": "0::/user.slice\n", "/run/systemd/system/x": ""], [:], "none"),
        ] as [([String: String], [String: String], String)])
    func containers(contents: [String: String], environment: [String: String], runtime: String) throws {
        #expect(try describe(TemporaryTree(contents), environment: environment).virt.containerRuntime == runtime)
    }

    // A directory in the file's place fails to be read for root too.
    @Test("where nothing can tell, the container is unknown and the reason names what could not be read")
    func unknownContainer() throws {
        let absent = try describe(TemporaryTree(["/proc/self/cgroup": "0::/\n"]))
        #expect(absent.virt.containerRuntime == nil)
        #expect(absent.unknown["virt.container_runtime"]?.contains("/proc/1/environ is absent") == true)
        let unreadable = try describe(TemporaryTree(["/proc/1/environ/x": ""]))
        #expect(unreadable.virt.containerRuntime == nil)
        #expect(unreadable.unknown["virt.container_runtime"]?.contains("/proc/1/environ cannot be read") == true)
    }

    @Test("NODE_NAME is a Kubernetes node in Kubernetes only")
    func kubernetesNode() throws {
        let tree = try TemporaryTree()
        #expect(try describe(tree, environment: ["NODE_NAME": "built-in"]).virt.k8sNode == nil)
        let inside = ["NODE_NAME": "n7", "KUBERNETES_SERVICE_HOST": "10.0.0.1"]
        #expect(try describe(tree, environment: inside).virt.k8sNode == "n7")
    }

    @Test("the batch system, its job and nodes come from its variables")
    func schedulers() throws {
        let tree = try TemporaryTree(["/spool/nodes": "n1\nn1\nn2\n"])
        let slurm = try describe(tree, environment: ["SLURM_JOB_ID": "17", "SLURM_JOB_NODELIST": "n[1-2]"]).scheduler
        #expect(slurm.kind == "slurm")
        #expect(slurm.jobID == "17")
        #expect(slurm.nodelist == "n[1-2]")
        let pbs = try describe(tree, environment: ["PBS_JOBID": "5.head", "PBS_NODEFILE": "/spool/nodes"]).scheduler
        #expect(pbs.kind == "pbs")
        #expect(pbs.nodelist == "n1,n2")
        #expect(try describe(tree).scheduler.kind == "none")
    }
}
