// RealEnvironmentTests.swift: limits that this kernel really sets on a process, seen from outside, up to the plan.

import Foundation
import MachineProbe
import Measurement
import ResultRecord
import TestSupport
import Testing

private let roots = ["/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpuset"]
private let realControlGroupsAvailable = ["/cpu.cfs_quota_us", "/cpuset.cpus"].enumerated().allSatisfy {
    access(roots[$0.offset] + $0.element, W_OK) == 0
}
private let cpus = MachineProbe(environment: [:]).usableCPUs().cpus

@Suite("Plans in real surroundings", .serialized)
struct RealEnvironmentTests {
    /// What is planned for the process `process`.
    private func plan(for process: Int32) throws -> MeasurementPlan {
        let usable = UsableCPUs(files: .live, affinity: CPUBinding.affinity(of: process), process: "\(process)")
        let machine = try MachineProbe(environment: [:]).describe()
        var request = MeasurementRequest()
        request.filter = "fma/f64/scalar/(core|node)"
        return try Planner.plan(
            request, facts: PlanningFacts(machine: machine, usable: usable, clockHertz: 3e9), libraries: [])
    }

    /// A process that sleeps, and ends with `body`.
    private func withSleeper(_ command: [String] = [], _ body: (Int32) throws -> Void) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command + ["sleep", "30"]
        try process.run()
        defer {
            // Not SIGTERM: children of a worker thread inherit its signal mask, which blocks that.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try body(process.processIdentifier)
    }

    private func write(_ text: String, to path: String) throws {
        // Control files take one write and no temporary file beside them.
        let file = try #require(FileHandle(forWritingAtPath: path), "\(path)")
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    /// Two groups, one in the other, in both hierarchies; removed after `body`.
    private func withNestedGroups(
        quotas: [Int], cpusets: [CPUSet], _ body: (_ join: (Int32) throws -> Void) throws -> Void
    ) throws {
        let name = "suanli-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let paths = ["/\(name)", "/\(name)/inner"]
        let mems = try String(contentsOfFile: roots[1] + "/cpuset.mems", encoding: .utf8)
        var made: [String] = []
        defer {
            // A group can be removed once its last process is gone, which the kernel may notice a moment later.
            for group in made.reversed() {
                for _ in 0..<100 where rmdir(group) != 0 && errno == EBUSY { usleep(2000) }
            }
        }
        for (level, path) in paths.enumerated() {
            for root in roots {
                try #require(mkdir(root + path, 0o755) == 0)
                made.append(root + path)
            }
            try write("\(cpusets[level])", to: roots[1] + path + "/cpuset.cpus")
            try write(mems, to: roots[1] + path + "/cpuset.mems")
        }
        // Version 1 refuses a group more than the one above it has, so the inner one's comes first.
        for (level, path) in paths.enumerated().reversed() {
            try write("100000", to: roots[0] + path + "/cpu.cfs_period_us")
            try write("\(quotas[level])", to: roots[0] + path + "/cpu.cfs_quota_us")
        }
        try body { process in
            for root in roots { try write("\(process)", to: root + paths[1] + "/cgroup.procs") }
        }
    }

    @Test(
        "nested groups: the quota of the outer one and the CPUs of the inner one are planned for",
        .enabled(if: realControlGroupsAvailable, "real control groups need root and version 1"))
    func nestedGroups() throws {
        let last = CPUSet([try #require(cpus.numbers.last)])
        // The quota of all CPUs leaves the cpuset to decide.
        try withNestedGroups(quotas: [100_000 * cpus.count, -1], cpusets: [cpus, last]) { join in
            try withSleeper { process in
                try join(process)
                let plan = try plan(for: process)
                #expect(plan.cpus == last.numbers && plan.usesWholeNode)
            }
        }
        // One CPU's worth above, without a quota of its own below: one thread, wherever it may run.
        try withNestedGroups(quotas: [100_000, -1], cpusets: [cpus, cpus]) { join in
            try withSleeper { process in
                try join(process)
                let plan = try plan(for: process)
                #expect(plan.cpus == Array(cpus.numbers.prefix(1)))
                #expect(
                    cpus.count == 1 || plan.notes.contains { $0.contains("100000 of every 100000 µs by the quota") })
            }
        }
        // The inner one's is the tighter one.
        try withNestedGroups(quotas: [200_000, 50_000], cpusets: [cpus, cpus]) { join in
            try withSleeper { process in
                try join(process)
                let plan = try plan(for: process)
                #expect(plan.cpus.count == 1)
                let quota = ControlGroups(files: .live, process: "\(process)").cpuQuota().value
                #expect(quota?.microseconds == 50_000 && quota?.directory.hasSuffix("/inner") == true)
            }
        }
    }

    @Test(
        "affinity set by taskset is planned for", .enabled(if: Command.find("taskset") != nil, "taskset is missing"),
        .enabled(if: cpus.count > 1, "there is only one CPU to use"))
    func affinity() throws {
        let last = try #require(cpus.numbers.last)
        try withSleeper(["taskset", "--cpu-list", "\(last)"]) { process in
            // The mask is set between the start of taskset and that of sleep.
            for _ in 0..<200 where CPUBinding.affinity(of: process) != [last] { usleep(10_000) }
            let plan = try plan(for: process)
            #expect(plan.cpus == [last])
        }
    }
}
