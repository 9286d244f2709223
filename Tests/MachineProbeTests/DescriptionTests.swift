// DescriptionTests.swift: nothing is unknown without a reason, on this machine and on one that tells nothing.

import Foundation
import MachineProbe
import ResultRecord
import Testing

@Suite("Machine description")
struct DescriptionTests {
    @Test("on this machine, every null has a reason and every reason a null")
    func liveReasons() throws {
        let home = try TemporaryTree()
        var environment = ProcessEnvironment.current
        environment["XDG_DATA_HOME"] = home.files.root
        try expectReasons(MachineProbe(environment: environment).describe())
    }

    @Test("on a machine that tells nothing, every null has a reason and every reason a null")
    func emptyMachineReasons() throws {
        let tree = try TemporaryTree()
        for architecture in [ProcessorInterface.Architecture.x86_64, .arm64, .other] {
            let machine = try MachineProbe(
                files: tree.files, topology: .synthetic("pu:2"),
                processor: ProcessorInterface(architecture: architecture), environment: [:]
            ).describe()
            #expect(machine.host.machineIDHash == nil)
            #expect(machine.noise.load1 == nil)
            try expectReasons(machine)
        }
    }

    private func expectReasons(_ machine: MachineDescription) throws {
        let nulls = pathsOfNulls(try jsonObject(machine))
        #expect(nulls == Set(machine.unknown.keys))
        for (path, reason) in machine.unknown {
            #expect(reason.count > 10 && !reason.hasSuffix("."), "\(path): \(reason)")
        }
    }

    @Test("a description survives JSON")
    func roundTrip() throws {
        let machine = try MachineProbe(topology: .synthetic("pack:2 core:2 pu:2")).describe()
        let decoded = try JSONDecoder().decode(MachineDescription.self, from: JSONEncoder().encode(machine))
        #expect(decoded == machine)
    }

    @Test("this machine may use as many CPUs as nproc prints")
    func agreesWithNproc() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/nproc")
        // nproc lets OpenMP's variables overrule the kernel.
        process.environment = [:]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(MachineProbe().usableCPUs().cpus.count == Int(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    @Test("settings of power are read per frequency domain, and a disagreement shows")
    func governors() throws {
        let cpufreq = "/sys/devices/system/cpu/cpufreq/"
        let tree = try TemporaryTree([
            cpufreq + "policy0/scaling_governor": "performance\n",
            cpufreq + "policy1/scaling_governor": "performance\n",
            "/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver": "intel_pstate\n",
            "/sys/devices/system/cpu/cpu0/cpufreq/scaling_max_freq": "2800000\n",
            "/sys/devices/system/cpu/intel_pstate/no_turbo": "1\n",
        ])
        let probe = MachineProbe(files: tree.files, topology: .synthetic("pu:2"), environment: [:])
        let power = try probe.describe().power
        #expect(power.governor == "performance")
        #expect(power.driver == "intel_pstate")
        #expect(power.turbo == false)
        #expect(power.maxHertz == 2.8e9)
        try tree.write("powersave\n", at: cpufreq + "policy1/scaling_governor")
        #expect(try probe.describe().power.governor == "performance,powersave")
    }

    @Test(
        "machine classes are slugs without marks, clocks and core counts",
        arguments: [
            ("AuthenticAMD", "AMD EPYC", "zen4", 2, "kvm", "amd-epyc-zen4-2c-kvm"),
            ("AuthenticAMD", "AMD EPYC 9654 96-Core Processor", "zen4", 192, "none", "amd-epyc-9654-zen4-192c-metal"),
            (
                "GenuineIntel", "Intel(R) Xeon(R) Platinum 8375C CPU @ 2.90GHz", "icelake-sp", 32, "none",
                "intel-xeon-platinum-8375c-icelake-sp-32c-metal"
            ),
            (
                "GenuineIntel", "Intel(R) Core(TM) i9-12900K", "alderlake-p", 16, "none",
                "intel-i9-12900k-alderlake-p-16c-metal"
            ),
            ("ARM", nil, "neoverse-n1", 64, nil, "arm-neoverse-n1-64c"),
            (
                "GenuineIntel", "Intel Xeon Processor (Skylake, IBRS)", nil, 4, "kvm",
                "intel-xeon-skylake-ibrs-f6m85-4c-kvm"
            ),
        ] as [(String, String?, String?, Int, String?, String)])
    func machineClasses(
        vendor: String, model: String?, microarchitecture: String?, cores: Int, hypervisor: String?, slug: String
    ) {
        var machine = MachineDescription()
        machine.cpu.vendor = vendor
        machine.cpu.modelName = model
        machine.cpu.family = 6
        machine.cpu.model = 85
        machine.cpu.microarchitecture = microarchitecture
        machine.topology.cores = cores
        machine.virt.hypervisor = hypervisor
        #expect(machine.machineClass == slug)
    }
}
