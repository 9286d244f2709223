// NoiseTests.swift: disturbance at one moment and over a run, from counters whose differences are known.

import Foundation
import MachineProbe
import ResultRecord
import Testing

@Suite("Noise")
struct NoiseTests {
    private func tree(stat: String, throttled: Int) throws -> TemporaryTree {
        try TemporaryTree([
            "/proc/loadavg": "0.60 0.37 0.30 2/345 6450\n",
            "/proc/stat": stat,
            "/proc/pressure/cpu": "some avg10=12.92 avg60=3.22 avg300=2.68 total=42759719\nfull avg10=0.00\n",
            "/proc/self/cgroup": "1:cpu:/\n",
            "/proc/self/mountinfo": "32 31 0:29 / /cpu rw - cgroup cgroup rw,cpu\n",
            "/cpu/cpu.stat": "nr_periods 100\nnr_throttled \(throttled)\nthrottled_time 5000000\n",
        ])
    }

    // user … softirq add up to 950, steal is 50: 5 %. Guest time (the ninth column) is part of user already.
    @Test("now: load, runnable threads, pressure, and stolen time since boot")
    func snapshot() throws {
        let files = try tree(stat: "cpu  400 0 100 400 10 0 40 50 300 0\ncpu0 1 2 3\n", throttled: 0)
        let noise = try MachineProbe(files: files.files, topology: .synthetic("pu:1"), environment: [:])
            .describe().noise
        #expect(noise.load1 == 0.60)
        #expect(noise.runnable == 2)
        #expect(noise.psiCPUSomeAverage10 == 12.92)
        #expect(noise.stealRatio == 0.05)
        #expect(noise.aaCV == nil)
    }

    // Between the readings 100 ticks pass, 25 of them stolen; 7 periods are throttled, for 3 ms.
    @Test("over a run: differences, not totals")
    func overARun() throws {
        let files = try tree(stat: "cpu  400 0 100 400 10 0 40 50 0 0\n", throttled: 20)
        let monitor = RunMonitor(files: files.files)
        try files.write("cpu  475 0 100 400 10 0 40 75 0 0\n", at: "/proc/stat")
        try files.write("nr_periods 110\nnr_throttled 27\nthrottled_time 8000000\n", at: "/cpu/cpu.stat")
        let run = monitor.finish()
        #expect(run.noise.stealRatio == 0.25)
        #expect(run.throttle.periods == 10)
        #expect(run.throttle.throttledPeriods == 7)
        #expect(run.throttle.throttledMicroseconds == 3000)
        #expect(Array(run.unknown.keys) == ["noise.aa_cv"])
    }

    @Test("context switches are those of the run")
    func contextSwitches() {
        let monitor = RunMonitor()
        // Each sleep gives the CPU up once.
        for _ in 0..<5 { usleep(1000) }
        let noise = monitor.finish().noise
        #expect((noise.voluntaryContextSwitches ?? 0) >= 5)
        #expect((noise.involuntaryContextSwitches ?? -1) >= 0)
    }

    @Test("without counters the run's conditions are unknown, with reasons")
    func noCounters() throws {
        let run = RunMonitor(files: try TemporaryTree().files).finish()
        #expect(run.throttle == ThrottleDelta())
        #expect(run.noise.stealRatio == nil)
        #expect(run.conditions.steal == nil && run.energySource == nil)
        #expect(run.unknown["noise.steal_ratio"] == "/proc/stat is absent")
        #expect(run.unknown["throttle_delta.nr_throttled"] == "this process is in no control group")
    }
}
