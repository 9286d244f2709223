// InterruptTests.swift: tables of interrupts: columns of CPUs, names of sources, and rows that report errors.

import MachineProbe
import Testing

@Suite("Interrupts")
struct InterruptTests {
    // CPU 1 is offline, so that the second column is CPU 2.
    private func table(timer: [Int], disk: [Int], errors: [Int]) -> String {
        """
                   CPU0       CPU2       CPU3
          1:          9          0          0   IO-APIC   1-edge      i8042
         36:  \(disk[0])  \(disk[1])  \(disk[2]) PCI-MSIX-0000:00:02.0   1-edge      nvme0q1
        LOC:  \(timer[0])  \(timer[1])  \(timer[2])   Local timer interrupts
        THR:          0          0          \(errors[0])   Threshold APIC interrupts
        DFR:          0          0          \(errors[1])   Deferred Error APIC interrupts
        MCE:          \(errors[2])          0          0   Machine check exceptions
        MCP:          \(timer[0])         40         40   Machine check polls
        ERR:          3

        """
    }

    @Test("are counted on the CPUs in use, and the source of most of them is named")
    func counted() throws {
        let machine = try FakeCounters(
            cpus: 4, ["/proc/interrupts": table(timer: [10, 10, 10], disk: [5, 5, 5], errors: [0, 0, 0])])
        let watch = machine.monitor.watch(cpus: [2, 3])
        try machine.pass(seconds: 2)
        try machine.tree.write(
            table(timer: [900, 110, 210], disk: [5, 1005, 5], errors: [0, 0, 0]), at: "/proc/interrupts")
        let found = watch.finish()
        // 100 and 200 of the timer, 1000 of the disk, over two CPUs and two seconds.
        #expect(found.interrupts == ["Local timer interrupts": 300, "nvme0q1": 1000])
        #expect(found.interruptsPerSecond == 325)
        #expect(found.topInterrupt == "nvme0q1")
        #expect(found.machineChecks == MachineChecks())
    }

    @Test("those that report an error count on whatever CPU they came, polls for errors do not")
    func machineChecks() throws {
        let machine = try FakeCounters(
            cpus: 4, ["/proc/interrupts": table(timer: [1, 1, 1], disk: [0, 0, 0], errors: [7, 0, 1])])
        let watch = machine.monitor.watch(cpus: [2])
        try machine.pass(seconds: 1)
        try machine.tree.write(
            table(timer: [9, 1, 1], disk: [0, 0, 0], errors: [9, 1, 2]), at: "/proc/interrupts")
        let found = watch.finish()
        #expect(found.machineChecks == MachineChecks(exceptions: 1, thresholds: 2, deferred: 1))
        #expect(found.topInterrupt == nil && found.interruptsPerSecond == 0)
    }

    @Test("a CPU without a column leaves them unknown")
    func offline() throws {
        let machine = try FakeCounters(
            cpus: 4, ["/proc/interrupts": table(timer: [1, 1, 1], disk: [0, 0, 0], errors: [0, 0, 0])])
        let found = machine.monitor.watch(cpus: [0, 1]).finish()
        #expect(found.interrupts == nil)
        #expect(found.unknown["interrupts_per_second"] == "/proc/interrupts has no column for some of CPU 0-1")
    }

    // 3000 rows of 100 bytes are above the limit of 256 KiB.
    @Test("a long table is read around the run, not around each measurement")
    func longTable() throws {
        func table(_ count: Int) -> String {
            "    CPU0\n"
                + (0..<3000).map { " \($0): \(count)\(String(repeating: " ", count: 85)) IO-APIC d\($0)\n" }.joined()
        }
        let machine = try FakeCounters(cpus: 1, ["/proc/interrupts": table(1)])
        let monitor = machine.monitor
        let watch = monitor.watch(cpus: [0])
        try machine.pass(seconds: 1)
        try machine.tree.write(table(2), at: "/proc/interrupts")
        let found = watch.finish()
        #expect(found.interrupts == nil)
        #expect(found.unknown["interrupts_per_second"]?.contains("around the whole run") == true)
        #expect(monitor.finish().conditions.interruptsPerSecond == 3000)
    }
}
