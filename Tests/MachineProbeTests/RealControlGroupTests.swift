// RealControlGroupTests.swift: limits that this machine's kernel really sets, seen from outside a limited process.
// Needs root and a version-1 cpu and cpuset hierarchy; prints what it could not run elsewhere.

import Foundation
import MachineProbe
import ResultRecord
import Testing

private let realControlGroupsAvailable: Bool = {
    let hierarchies = ["/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "/sys/fs/cgroup/cpuset/cpuset.cpus"]
    let writable = hierarchies.allSatisfy { access($0, W_OK) == 0 }
    if !writable { print("not run: real control groups need root and version-1 hierarchies under /sys/fs/cgroup") }
    return writable
}()

@Suite("Real control groups", .enabled(if: realControlGroupsAvailable))
struct RealControlGroupTests {
    /// A process that sleeps in a control group of its own; both end with `body`.
    private func withLimitedProcess(_ settings: [(path: String, value: String)], _ body: (String) throws -> Void) throws
    {
        let name = "suanli-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sleep")
        process.arguments = ["30"]
        try process.run()
        var groups: [String] = []
        defer {
            // Not SIGTERM: children of a worker thread inherit its signal mask, which blocks that.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            // A group can be removed once its last process is gone, which the kernel may notice a moment later.
            for group in groups { for _ in 0..<50 where rmdir(group) != 0 && errno == EBUSY { usleep(2000) } }
        }
        for controller in ["cpu", "cpuset"] {
            let group = "/sys/fs/cgroup/\(controller)/\(name)"
            try #require(mkdir(group, 0o755) == 0)
            groups.append(group)
        }
        let inherited = ["cpuset.cpus", "cpuset.mems"]
        for file in inherited {
            let value = try String(contentsOfFile: "/sys/fs/cgroup/cpuset/\(file)", encoding: .utf8)
            try write(value, to: "/sys/fs/cgroup/cpuset/\(name)/\(file)")
        }
        for setting in settings {
            let controller = setting.path.hasPrefix("cpuset") ? "cpuset" : "cpu"
            try write(setting.value, to: "/sys/fs/cgroup/\(controller)/\(name)/\(setting.path)")
        }
        for group in groups { try write("\(process.processIdentifier)", to: group + "/cgroup.procs") }
        try body("\(process.processIdentifier)")
    }

    private func write(_ text: String, to path: String) throws {
        // Control files take one write and no temporary file beside them.
        let file = try #require(FileHandle(forWritingAtPath: path))
        try file.write(contentsOf: Data(text.utf8))
        try file.close()
    }

    @Test("a quota of 50 ms per 100 ms is seen as half a CPU")
    func quotaIsSeen() throws {
        try withLimitedProcess([("cpu.cfs_period_us", "100000"), ("cpu.cfs_quota_us", "50000")]) { process in
            let groups = ControlGroups(files: .live, process: process)
            let quota = try #require(groups.cpuQuota().value)
            #expect(quota.microseconds == 50_000)
            #expect(quota.periodMicroseconds == 100_000)
            #expect(quota.cpus == 0.5)
            #expect(groups.throttleCounters().value != nil)
            let usable = UsableCPUs(
                files: .live, affinity: CPUBinding.affinity(of: Int32(process)!), process: process)
            #expect(usable.threadLimit == 1)
            #expect(usable.effectiveCPUs == 0.5)
        }
    }

    @Test("a cpuset of one CPU shows in the process's affinity and its usable CPUs")
    func cpusetIsSeen() throws {
        let last = try #require(CPUBinding.current().numbers.last)
        try withLimitedProcess([("cpuset.cpus", "\(last)")]) { process in
            let affinity = try #require(CPUBinding.affinity(of: Int32(process)!))
            #expect(affinity == [last])
            #expect(UsableCPUs(files: .live, affinity: nil, process: process).cpus == [last])
        }
    }

    // 600 ms of spinning at 10 ms per 100 ms: five or six periods are cut short; two leave room for a busy machine.
    @Test("a monitor counts the throttling of its own process")
    func throttlingIsCounted() async {
        await #expect(processExitsWith: .success) {
            try exitThrottled(below: "/sys/fs/cgroup/cpu/suanli-test-\(getpid())", limitedLevel: 0)
        }
    }

    @Test("a quota on the outer of two groups throttles the inner one, and is counted", arguments: [0, 1])
    func nestedThrottlingIsCounted(limitedLevel: Int) async {
        await #expect(processExitsWith: .success) { [limitedLevel] in
            let group = "/sys/fs/cgroup/cpu/suanli-test-\(getpid())"
            precondition(mkdir(group, 0o755) == 0)
            try exitThrottled(below: group + "/inner", outer: group, limitedLevel: limitedLevel)
        }
    }
}

/// Spins in the control group `inner` while a watch runs, and ends the process: with 0 when throttling was counted.
///
/// - Parameter limitedLevel: Which group has the quota: 0 the inner one, 1 the outer one.
private func exitThrottled(below inner: String, outer: String? = nil, limitedLevel: Int) throws {
    precondition(mkdir(inner, 0o755) == 0)
    let limited = limitedLevel == 1 ? outer ?? inner : inner
    try "100000".write(toFile: limited + "/cpu.cfs_period_us", atomically: false, encoding: .utf8)
    try "10000".write(toFile: limited + "/cpu.cfs_quota_us", atomically: false, encoding: .utf8)
    try "\(getpid())".write(toFile: inner + "/cgroup.procs", atomically: false, encoding: .utf8)
    let monitor = RunMonitor()
    let watch = monitor.watch(cpus: CPUBinding.current().numbers)
    let end = DispatchTime.now().uptimeNanoseconds + 600_000_000
    while DispatchTime.now().uptimeNanoseconds < end {}
    let ofRun = monitor.finish().throttle
    let ofWatch = watch.finish().throttling
    try "\(getpid())".write(toFile: "/sys/fs/cgroup/cpu/cgroup.procs", atomically: false, encoding: .utf8)
    rmdir(inner)
    if let outer { rmdir(outer) }
    let counted =
        (ofRun.throttledPeriods ?? 0) >= 2 && (ofRun.throttledMicroseconds ?? 0) > 0
        && (ofWatch?.throttledPeriods ?? 0) >= 2
    exit(counted ? 0 : 1)
}
