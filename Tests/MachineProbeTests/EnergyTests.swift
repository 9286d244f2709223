// EnergyTests.swift: energy counters in made-up trees: which ones count, how they wrap, and when they cannot tell.

import MachineProbe
import Testing

@Suite("Energy")
struct EnergyTests {
    private static let powercap = "/sys/class/powercap/intel-rapl"

    /// Two packages with cores and memory, the whole board, and a second interface to the first package.
    private func machine(range: Int = 262_143_328_850) throws -> FakeCounters {
        var files: [String: String] = [:]
        for (zone, name, value) in [
            (":0", "package-0", 1_000_000), (":0:0", "core", 500_000), (":0:1", "dram", 100_000),
            (":1", "package-1", 2_000_000), (":1:0", "dram", 200_000), (":2", "psys", 9_000_000),
            ("-mmio:0", "package-0", 1_000_000),
        ] {
            files["\(Self.powercap)\(zone)/name"] = name + "\n"
            files["\(Self.powercap)\(zone)/energy_uj"] = "\(value)\n"
            files["\(Self.powercap)\(zone)/max_energy_range_uj"] = "\(range)\n"
        }
        return try FakeCounters(cpus: 1, files)
    }

    private func write(_ machine: FakeCounters, _ values: [String: Int]) throws {
        for (zone, value) in values { try machine.tree.write("\(value)\n", at: "\(Self.powercap)\(zone)/energy_uj") }
    }

    // 250 + 50 J of the packages, 20 + 5 J of the memory, in 2 s. Cores are in their package; the board is not asked.
    @Test("packages and memory are summed, each once")
    func sums() throws {
        let machine = try machine()
        let monitor = machine.monitor
        let watch = monitor.watch(cpus: [0])
        try machine.pass(seconds: 2)
        try write(
            machine,
            [
                ":0": 251_000_000, ":0:0": 200_000_000, ":0:1": 20_100_000, ":1": 52_000_000, ":1:0": 5_200_000,
                ":2": 900_000_000, "-mmio:0": 251_000_000,
            ])
        #expect(watch.finish().energy == EnergyUse(joules: 300, memoryJoules: 25, seconds: 2))
        let run = monitor.finish()
        #expect(run.conditions.energy?.joules == 300 && run.energySource == "rapl")
    }

    // From 40 J below the range to 10 J above 0: 50 J; the other package 0.
    @Test("a counter that wrapped goes on from its range")
    func wrap() throws {
        let machine = try machine(range: 65_532_610_987)
        try write(machine, [":0": 65_492_610_987])
        let monitor = machine.monitor
        let watch = monitor.watch(cpus: [0])
        try machine.pass(seconds: 1)
        try write(machine, [":0": 10_000_000])
        #expect(watch.finish().energy?.joules == 50)
        // Readings in between keep the whole run's sum right over several wraps.
        try machine.pass(seconds: 100)
        try write(machine, [":0": 60_000_000_000])
        _ = watch.finish()
        try machine.pass(seconds: 100)
        try write(machine, [":0": 10_000_000])
        let second = 65_532.610987 - 60_000 + 10
        let joules = try #require(monitor.finish().conditions.energy?.joules)
        #expect(abs(joules - (50 + 59_990 + second)) < 1e-6)
    }

    // 65.5 kJ last for 109 s at 600 W; after 120 s a counter may have gone round and past where it was.
    @Test("a time in which a counter may have wrapped twice gives no energy")
    func wrappedTwice() throws {
        let machine = try machine(range: 65_532_610_987)
        let monitor = machine.monitor
        let watch = monitor.watch(cpus: [0])
        try machine.pass(seconds: 120)
        let later = monitor.watch(cpus: [0])
        try machine.pass(seconds: 1)
        try write(machine, [":0": 31_000_000])
        let found = watch.finish()
        #expect(found.energy == nil)
        #expect(found.unknown["energy"]?.contains("more than once") == true)
        #expect(later.finish().energy?.joules == 30)
        #expect(monitor.finish().conditions.energy == nil)
    }

    @Test("amd_energy counts the sockets where there is no RAPL")
    func amdEnergy() throws {
        let hwmon = "/sys/class/hwmon/hwmon3/"
        let machine = try FakeCounters(
            cpus: 1,
            [
                hwmon + "name": "amd_energy\n", hwmon + "energy1_label": "Ecore000\n", hwmon + "energy1_input": "5\n",
                hwmon + "energy2_label": "Esocket0\n", hwmon + "energy2_input": "7000000\n",
            ])
        let monitor = machine.monitor
        let watch = monitor.watch(cpus: [0])
        try machine.pass(seconds: 4)
        try machine.tree.write("19000000\n", at: hwmon + "energy2_input")
        let found = watch.finish()
        #expect(found.energy == EnergyUse(joules: 12, seconds: 4))
        #expect(found.unknown["energy.memory_joules"] != nil)
        #expect(monitor.finish().energySource == "amd_energy")
    }

    // A directory in the file's place cannot be read, also not by root.
    @Test("a counter that may not be read is unknown, and the reason names it")
    func unreadable() throws {
        let machine = try FakeCounters(
            cpus: 1,
            [
                "\(Self.powercap):0/name": "package-0\n", "\(Self.powercap):0/energy_uj/x": "",
            ])
        let found = machine.monitor.watch(cpus: [0]).finish()
        #expect(found.energy == nil)
        #expect(found.unknown["energy"]?.hasPrefix("\(Self.powercap):0/energy_uj cannot be read") == true)
    }

    @Test("without counters there is no energy, no source, and a reason")
    func none() throws {
        let run = try FakeCounters(cpus: 1).monitor.finish()
        #expect(run.conditions.energy == nil && run.energySource == nil)
        #expect(run.conditions.unknown["energy"]?.contains("no energy counter") == true)
    }
}
