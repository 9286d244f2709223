// SensorTests.swift: heat, clock settings and memory errors in made-up trees.

import MachineProbe
import Testing

@Suite("Sensors")
struct SensorTests {
    private static let cpu = "/sys/devices/system/cpu/cpu"
    private static let hwmon = "/sys/class/hwmon/hwmon"

    @Test("throttle events are those of the CPU that had most, of core and package")
    func throttleEvents() throws {
        let machine = try FakeCounters(cpus: 3)
        func write(_ events: [(core: Int, package: Int)]) throws {
            for (cpu, events) in events.enumerated() {
                let directory = "\(Self.cpu)\(cpu)/thermal_throttle/"
                try machine.tree.write("\(events.core)\n", at: directory + "core_throttle_count")
                try machine.tree.write("\(events.package)\n", at: directory + "package_throttle_count")
            }
        }
        try write([(10, 4), (20, 4), (30, 4)])
        let watch = machine.monitor.watch(cpus: [0, 1])
        // CPU 0: 1 + 2; CPU 1: 3 + 2; CPU 2, which is not used: 60 + 2. The package's events show on each of its CPUs.
        try write([(11, 6), (23, 6), (90, 6)])
        #expect(watch.finish().throttleEvents == 5)
    }

    @Test("without throttle counters the number is unknown, not zero")
    func noThrottleCounters() throws {
        let found = try FakeCounters(cpus: 1).monitor.watch(cpus: [0]).finish()
        #expect(found.throttleEvents == nil)
        #expect(found.unknown["throttle_events"]?.contains("only Intel's") == true)
    }

    // coretemp's package reads as hot as its hottest core; k10temp's Tctl may lie above the die.
    @Test("the temperature is that of the hottest processor, at whichever end of the watch it was hotter")
    func temperatures() throws {
        let machine = try FakeCounters(
            cpus: 1,
            [
                "\(Self.hwmon)0/name": "nvme\n", "\(Self.hwmon)0/temp1_input": "99000\n",
                "\(Self.hwmon)1/name": "coretemp\n", "\(Self.hwmon)1/temp1_label": "Package id 0\n",
                "\(Self.hwmon)1/temp1_input": "71000\n", "\(Self.hwmon)1/temp2_label": "Core 0\n",
                "\(Self.hwmon)1/temp2_input": "98000\n",
                "\(Self.hwmon)2/name": "k10temp\n", "\(Self.hwmon)2/temp1_label": "Tctl\n",
                "\(Self.hwmon)2/temp1_input": "97000\n", "\(Self.hwmon)2/temp2_label": "Tdie\n",
                "\(Self.hwmon)2/temp2_input": "70125\n",
            ])
        let watch = machine.monitor.watch(cpus: [0])
        #expect(watch.finish().celsiusMax == 71)
        try machine.tree.write("77125\n", at: "\(Self.hwmon)2/temp2_input")
        #expect(watch.finish().celsiusMax == 77.125)
        try machine.tree.write("50000\n", at: "\(Self.hwmon)2/temp2_input")
        #expect(watch.finish().celsiusMax == 71)
    }

    @Test("thermal zones of processors are read where hwmon has none")
    func thermalZones() throws {
        let zone = "/sys/class/thermal/thermal_zone"
        let machine = try FakeCounters(
            cpus: 1,
            [
                zone + "0/type": "acpitz\n", zone + "0/temp": "90000\n", zone + "1/type": "x86_pkg_temp\n",
                zone + "1/temp": "64000\n",
            ])
        #expect(machine.monitor.watch(cpus: [0]).finish().celsiusMax == 64)
    }

    @Test("clock settings are those of the CPUs in use, and the tightest limit counts")
    func clockSettings() throws {
        let machine = try FakeCounters(cpus: 3)
        func write(_ cpu: Int, governor: String, preference: String? = nil, limit: Int) throws {
            let directory = "\(Self.cpu)\(cpu)/cpufreq/"
            try machine.tree.write(governor + "\n", at: directory + "scaling_governor")
            try machine.tree.write("\(limit)\n", at: directory + "scaling_max_freq")
            try machine.tree.write("4000000\n", at: directory + "cpuinfo_max_freq")
            if let preference {
                try machine.tree.write(preference + "\n", at: directory + "energy_performance_preference")
            }
        }
        try write(0, governor: "performance", limit: 4_000_000)
        try write(1, governor: "powersave", preference: "performance", limit: 3_000_000)
        try write(2, governor: "schedutil", limit: 1_000_000)
        let two = machine.monitor.watch(cpus: [0, 1]).finish().clockSettings
        #expect(two == ClockSettings(governors: ["performance", "powersave"], restraining: [], limitShare: 0.75))
        try write(1, governor: "powersave", preference: "balance_power", limit: 3_000_000)
        let three = machine.monitor.watch(cpus: [0, 1, 2]).finish().clockSettings
        #expect(three?.restraining == ["powersave", "schedutil"] && three?.limitShare == 0.25)
        try write(0, governor: "performance", limit: 500_000)
        #expect(machine.monitor.watch(cpus: [0, 1, 2]).finish().clockSettings?.limitShare == 0.125)
    }

    private static let edac = "/sys/devices/system/edac/mc/"

    @Test("memory errors are counted over all controllers, and their modules named")
    func memoryErrors() throws {
        var files: [String: String] = [:]
        for controller in ["mc0", "mc1"] {
            files[Self.edac + controller + "/ce_count"] = "3\n"
            files[Self.edac + controller + "/ue_count"] = "0\n"
            for module in ["dimm0", "dimm1"] {
                let directory = "\(Self.edac)\(controller)/\(module)/"
                files[directory + "dimm_label"] = "P0_\(controller)_\(module)\n"
                files[directory + "dimm_ce_count"] = "3\n"
                files[directory + "dimm_ue_count"] = "0\n"
            }
        }
        let machine = try FakeCounters(cpus: 1, files)
        let watch = machine.monitor.watch(cpus: [0])
        #expect(watch.finish().memoryErrors == MemoryErrors())
        try machine.tree.write("5\n", at: Self.edac + "mc1/ce_count")
        try machine.tree.write("1\n", at: Self.edac + "mc1/ue_count")
        try machine.tree.write("5\n", at: Self.edac + "mc1/dimm1/dimm_ce_count")
        #expect(
            watch.finish().memoryErrors == MemoryErrors(corrected: 2, uncorrected: 1, modules: ["P0_mc1_dimm1"]))
        // Reset to 0, and one more since.
        try machine.tree.write("1\n", at: Self.edac + "mc0/ce_count")
        #expect(watch.finish().memoryErrors?.corrected == 3)
    }

    @Test("older kernels name modules by row and channel")
    func memoryErrorsByRow() throws {
        let machine = try FakeCounters(
            cpus: 1,
            [
                Self.edac + "mc0/ce_count": "0\n", Self.edac + "mc0/ue_count": "0\n",
                Self.edac + "mc0/csrow2/ch1_ce_count": "0\n", Self.edac + "mc0/csrow2/ch1_dimm_label": "DIMM_B1\n",
            ])
        let watch = machine.monitor.watch(cpus: [0])
        try machine.tree.write("4\n", at: Self.edac + "mc0/ce_count")
        try machine.tree.write("4\n", at: Self.edac + "mc0/csrow2/ch1_ce_count")
        #expect(watch.finish().memoryErrors == MemoryErrors(corrected: 4, modules: ["DIMM_B1"]))
    }

    @Test("without a driver for the memory controller errors are unknown, not zero")
    func noMemoryController() throws {
        let machine = try FakeCounters(cpus: 1, [Self.edac + "power/control": "auto\n"])
        let found = machine.monitor.watch(cpus: [0]).finish()
        #expect(found.memoryErrors == nil)
        #expect(found.unknown["memory_errors_corrected"]?.contains("no EDAC driver") == true)
    }
}
