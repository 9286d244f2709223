// ConditionTests.swift: who else used the CPUs of a measurement, on made-up machines whose counters are moved by hand.

import Foundation
import MachineProbe
import ResultRecord
import Testing

@Suite("Conditions")
struct ConditionTests {
    private func isNear(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 1e-9 } ?? false
    }

    // One second: CPU 2 stole 10 of its 100 ticks, which are 10 of 400 of the machine.
    @Test("steal is that of the CPUs in use, and beside it the machine's")
    func steal() throws {
        let machine = try FakeCounters(cpus: 4)
        let used = machine.monitor.watch(cpus: [2])
        let others = machine.monitor.watch(cpus: [0, 1])
        try machine.pass(seconds: 1, busy: [2: 90], stolen: [2: 10], own: 0.9)
        let conditions = used.finish()
        #expect(conditions.steal?.ratio == 0.1)
        // One CPU, read twice: one tick may be a rounding.
        #expect(conditions.steal?.atLeast == 0.09)
        #expect(conditions.machineSteal?.ratio == 0.025)
        #expect(others.finish().steal?.ratio == 0)
        #expect(conditions.seconds == 1)
    }

    // Busy for 95 ticks, 30 of them ours. Rounding may be one tick, sampling twice √(100 × 0.95 × 0.05) = 4.359.
    @Test("what other processes took of the CPUs in use is a lower bound")
    func competing() throws {
        let machine = try FakeCounters(cpus: 2)
        let watch = machine.monitor.watch(cpus: [1])
        try machine.pass(seconds: 1, busy: [1: 95], own: 0.3)
        let share = try #require(watch.finish().competing)
        #expect(isNear(share.ratio, 0.65))
        #expect(abs(share.atLeast - (0.65 - 0.01 - 0.04359)) < 1e-5)
        #expect(isNear(watch.finish().otherBusyCPUs, 0.65))
    }

    @Test("our own work is no competing load, on these CPUs or elsewhere", arguments: [0.95, 2.0])
    func ownWork(seconds: Double) throws {
        let machine = try FakeCounters(cpus: 2)
        let watch = machine.monitor.watch(cpus: [1])
        try machine.pass(seconds: 1, busy: [0: 100, 1: 95], own: seconds)
        #expect(watch.finish().competing == CPUTimeShare(ratio: 0, atLeast: 0))
    }

    // Used are threads 0 and 1 of cores with threads 0, 2 and 1, 3: thread 2 was busy for half of the time.
    @Test("load on the other hardware threads of the cores in use is told from load on these")
    func siblings() throws {
        let machine = try FakeCounters(cpus: 4)
        try machine.pair(cores: 2)
        let watch = machine.monitor.watch(cpus: [0, 1])
        let both = machine.monitor.watch(cpus: [0, 2])
        try machine.pass(seconds: 2, busy: [0: 200, 1: 200, 2: 100], own: 4)
        let conditions = watch.finish()
        #expect(conditions.siblingLoad?.ratio == 0.25)
        #expect(conditions.competing?.ratio == 0)
        let withBoth = both.finish()
        #expect(withBoth.siblingLoad == nil)
        #expect(withBoth.unknown["sibling_busy_ratio"]?.contains("no hardware threads beside") == true)
    }

    // 256 cores of two threads; one thread of each is used, 1 % of their time is stolen, one sibling is busy.
    @Test("512 CPUs are summed as two are")
    func manyCPUs() throws {
        let names = (0..<512).map { "CPU\($0)" }.joined(separator: " ")
        func table(_ each: Int) -> String {
            "      \(names)\n LOC: \(Array(repeating: "\(each)", count: 512).joined(separator: " ")) Local timer interrupts\n"
        }
        let machine = try FakeCounters(cpus: 512, ["/proc/interrupts": table(100)])
        try machine.pair(cores: 256)
        let watch = machine.monitor.watch(cpus: Array(0..<256))
        let all = Dictionary(uniqueKeysWithValues: (0..<256).map { ($0, 99) })
        let stolen = all.mapValues { _ in 1 }
        try machine.tree.write(table(350), at: "/proc/interrupts")
        try machine.pass(seconds: 1, busy: all.merging([300: 100]) { $1 }, stolen: stolen, own: 256 * 0.99)
        let conditions = watch.finish()
        #expect(isNear(conditions.steal?.ratio, 0.01))
        // Of 25600 ticks 16 may be roundings of 256 CPUs.
        #expect(isNear(conditions.steal?.atLeast, 0.01 - 16 / 25600))
        #expect(isNear(conditions.competing?.ratio, 0))
        #expect(isNear(conditions.siblingLoad?.ratio, 100 / 25600))
        #expect(conditions.interruptsPerSecond == 250)
        #expect(conditions.topInterrupt == "Local timer interrupts")
    }

    @Test("lxcfs numbers CPUs anew, so that its figures are not taken for those of our CPUs")
    func lxcfs() throws {
        let machine = try FakeCounters(
            cpus: 2, ["/proc/self/mountinfo": "80 70 0:60 /proc/stat /proc/stat rw - fuse.lxcfs lxcfs rw\n"])
        let watch = machine.monitor.watch(cpus: [0])
        try machine.pass(seconds: 1, busy: [0: 100])
        let conditions = watch.finish()
        #expect(conditions.steal == nil && conditions.competing == nil && conditions.machineSteal == nil)
        #expect(conditions.unknown["steal_ratio"]?.contains("fuse.lxcfs") == true)
    }

    @Test("a CPU without a line of its own leaves its figures unknown, not those of the machine")
    func missingCPU() throws {
        let machine = try FakeCounters(cpus: 2)
        let watch = machine.monitor.watch(cpus: [0, 7])
        try machine.pass(seconds: 1, busy: [0: 100])
        let conditions = watch.finish()
        #expect(conditions.steal == nil && conditions.machineSteal != nil)
        #expect(conditions.unknown["competing_ratio"] == "/proc/stat has no line for CPU 7")
    }

    @Test("soft interrupts and swapping, pressure and throttling are differences")
    func differences() throws {
        let machine = try FakeCounters(
            cpus: 1,
            [
                "/proc/self/cgroup": "0::/job\n",
                "/proc/self/mountinfo": "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n",
                "/cg/job/cpu.stat": "nr_periods 9\nnr_throttled 2\nthrottled_usec 100\n",
                "/cg/job/cpu.pressure": "some avg10=0.00 avg60=0.00 avg300=0.00 total=1000\n",
                "/proc/pressure/cpu": "some avg10=1.00 avg60=0.00 avg300=0.00 total=5000\n",
                "/proc/pressure/memory": "some avg10=1.00 avg60=0.00 avg300=0.00 total=70\nfull total=1\n",
                "/proc/vmstat": "nr_free_pages 7\npswpin 10\npswpout 20\nnuma_pages_migrated 5\n",
                "/proc/softirqs": "    CPU0 CPU1\n TIMER: 100 9\n RCU: 5 1\n",
            ])
        let watch = machine.monitor.watch(cpus: [0])
        try machine.pass(seconds: 2, busy: [0: 90], softirq: [0: 110])
        for (path, text) in [
            ("/cg/job/cpu.stat", "nr_periods 29\nnr_throttled 5\nthrottled_usec 700\n"),
            ("/cg/job/cpu.pressure", "some total=1400\n"), ("/proc/pressure/cpu", "some total=5600\n"),
            ("/proc/pressure/memory", "some total=70\n"),
            ("/proc/vmstat", "pswpin 13\npswpout 40\nnuma_pages_migrated 505\n"),
            ("/proc/softirqs", "    CPU0 CPU1\n TIMER: 300 999\n RCU: 15 1\n"),
        ] { try machine.tree.write(text, at: path) }
        let found = watch.finish()
        #expect(found.interruptTime?.ratio == 0.55)
        #expect(found.throttling == ThrottleCounters(periods: 20, throttledPeriods: 3, throttledMicroseconds: 600))
        #expect(found.groupCPUPressure == 400 && found.cpuPressure == 600 && found.memoryPressure == 0)
        #expect(found.swappedIn == 3 && found.swappedOut == 20 && found.migratedPages == 500)
        // 200 and 10 on CPU 0 in two seconds.
        #expect(found.softInterruptsPerSecond == 105)
    }

    @Test("where nothing can be read, nothing is known and nothing is zero")
    func nothing() throws {
        let monitor = RunMonitor(files: try TemporaryTree().files, cpus: [0], usage: { nil }, clock: { 9 })
        let found = monitor.watch(cpus: [0]).finish()
        for child in Mirror(reflecting: found).children {
            let child = (label: child.label ?? "", value: Mirror(reflecting: child.value))
            guard child.value.displayStyle == .optional else { continue }
            #expect(child.value.children.isEmpty, "\(child.label) is known")
        }
        for (field, reason) in found.unknown { #expect(reason.count > 10, "\(field): \(reason)") }
    }

    @Test("visits add up: sums of both, the hottest of both, and unknown where one is")
    func visitsAddUp() throws {
        let machine = try FakeCounters(cpus: 2)
        let monitor = machine.monitor
        var sum = Conditions()
        for (seconds, stolen, celsius) in [(1.0, 10, 60.0), (3.0, 50, 55.0)] {
            let watch = monitor.watch(cpus: [0])
            try machine.pass(seconds: seconds, busy: [0: 40], stolen: [0: stolen], own: 0.4)
            var visit = watch.finish()
            visit.celsiusMax = celsius
            sum.add(visit)
            // What happens between the visits is nobody's.
            try machine.pass(seconds: 5, busy: [0: 500], stolen: [1: 100])
        }
        #expect(sum.visits == 2 && sum.seconds == 4)
        #expect(sum.steal?.ratio == 60.0 / 400)
        #expect(sum.steal?.atLeast == (60 - 2.0.squareRoot()) / 400)
        #expect(sum.competing?.ratio == 0)
        #expect(sum.celsiusMax == 60)

        var blind = Conditions()
        blind.visits = 1
        blind.seconds = 1
        blind.unknown = ["steal_ratio": "/proc/stat is absent"]
        sum.add(blind)
        #expect(sum.steal == nil && sum.unknown["steal_ratio"] == "/proc/stat is absent")
        #expect(sum.celsiusMax == 60 && sum.seconds == 5)
    }
}
