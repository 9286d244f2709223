// LimitsTests.swift: control groups of both versions in made-up trees, and what they leave to this process.

import MachineProbe
import ResultRecord
import Testing

@Suite("Limits")
struct LimitsTests {
    private func limits(_ tree: TemporaryTree, affinity: CPUSet = [0, 1, 2, 3]) throws -> MachineDescription {
        try MachineProbe(
            files: tree.files, topology: .synthetic("core:4 pu:1"),
            processor: ProcessorInterface(architecture: .other), environment: [:], affinity: affinity
        ).describe()
    }

    // The group /jobs/a has 150 ms per 100 ms, the group above it only 50 ms: 0.5 CPUs bind.
    @Test("version 1, nested: the tightest quota and memory limit of the way up bind")
    func versionOneNested() throws {
        let tree = try TemporaryTree([
            "/proc/self/cgroup": "5:memory:/jobs/a\n4:cpuset:/jobs\n3:cpu,cpuacct:/jobs/a\n",
            "/proc/self/mountinfo": """
            32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
            34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
            35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory

            """,
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
            "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_quota_us": "50000\n",
            "/sys/fs/cgroup/cpu,cpuacct/jobs/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/cpu,cpuacct/jobs/a/cpu.cfs_quota_us": "150000\n",
            "/sys/fs/cgroup/cpu,cpuacct/jobs/a/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/cpuset/jobs/cpuset.cpus": "1-3\n",
            "/sys/fs/cgroup/cpuset/jobs/cpuset.effective_cpus": "1-2\n",
            "/sys/fs/cgroup/cpuset/jobs/cpuset.mems": "0\n",
            "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
            "/sys/fs/cgroup/memory/jobs/a/memory.limit_in_bytes": "9223372036854771712\n",
            // A limit of 4 GiB above the mount point shows in the statistics only.
            "/sys/fs/cgroup/memory/jobs/a/memory.stat": "cache 0\nhierarchical_memory_limit 4294967296\n",
        ])
        let found = try limits(tree).limits
        #expect(found.cgroupVersion == 1)
        #expect(found.cpuMaxQuotaMicroseconds == 50_000)
        #expect(found.cpuMaxPeriodMicroseconds == 100_000)
        #expect(found.effectiveCPUs == 0.5)
        #expect(found.cpusetCPUs == "1-2")
        #expect(found.cpusetMems == "0")
        #expect(found.memoryMaxBytes == 4 << 30)
        let usable = UsableCPUs(files: tree.files, affinity: [0, 1, 2, 3])
        #expect(usable.cpus == [1, 2])
        // Half a CPU still runs one thread.
        #expect(usable.threadLimit == 1)
        // The largest multiple of 4096 below 2^63 is how version 1 says that there is no limit.
        let statistics = "/sys/fs/cgroup/memory/jobs/a/memory.stat"
        try tree.write("hierarchical_memory_limit 9223372036854771712\n", at: statistics)
        #expect(try limits(tree).limits.memoryMaxBytes == nil)
    }

    // 250 ms per 100 ms above, no quota in the group itself: 2.5 CPUs, so two threads run without throttling.
    @Test("version 2, nested: a quota above binds, and the nearest group with a cpuset decides")
    func versionTwoNested() throws {
        let tree = try TemporaryTree([
            "/proc/self/cgroup": "0::/system.slice/run.scope\n",
            "/proc/self/mountinfo": "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
            "/sys/fs/cgroup/cpuset.cpus.effective": "0-3\n",
            "/sys/fs/cgroup/cpuset.mems.effective": "0-1\n",
            "/sys/fs/cgroup/system.slice/cpu.max": "250000 100000\n",
            "/sys/fs/cgroup/system.slice/cpu.stat":
                "usage_usec 9\nnr_periods 40\nnr_throttled 30\nthrottled_usec 123456\n",
            "/sys/fs/cgroup/system.slice/memory.max": "1073741824\n",
            "/sys/fs/cgroup/system.slice/run.scope/cpu.max": "max 100000\n",
            "/sys/fs/cgroup/system.slice/run.scope/cpu.stat": "usage_usec 5\nnr_periods 0\nnr_throttled 0\n",
            "/sys/fs/cgroup/system.slice/run.scope/memory.max": "max\n",
        ])
        let found = try limits(tree).limits
        #expect(found.cgroupVersion == 2)
        #expect(found.cpuMaxQuotaMicroseconds == 250_000)
        #expect(found.effectiveCPUs == 2.5)
        #expect(found.cpusetCPUs == "0-3")
        #expect(found.cpusetMems == "0-1")
        #expect(found.memoryMaxBytes == 1 << 30)
        #expect(UsableCPUs(files: tree.files, affinity: [0, 1, 2, 3]).threadLimit == 2)
        // The kernel counts throttling where the quota is.
        #expect(
            ControlGroups(files: tree.files).throttleCounters().value
                == ThrottleCounters(periods: 40, throttledPeriods: 30, throttledMicroseconds: 123_456))
    }

    // 0.4 CPUs two levels up bind, though the own group has 2 and the one between 1; all three stopped us in turn.
    @Test("version 2, three levels with a quota each: the tightest binds, the throttling of all counts")
    func versionTwoQuotasOnEachLevel() throws {
        let tree = try TemporaryTree([
            "/proc/self/cgroup": "0::/a/b/c\n",
            "/proc/self/mountinfo": "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n",
            "/cg/a/cpu.max": "40000 100000\n",
            "/cg/a/cpu.stat": "nr_periods 100\nnr_throttled 60\nthrottled_usec 7000\n",
            "/cg/a/b/cpu.max": "50000 50000\n",
            "/cg/a/b/cpu.stat": "nr_periods 200\nnr_throttled 5\nthrottled_usec 200\n",
            "/cg/a/b/c/cpu.max": "200000 100000\n",
            "/cg/a/b/c/cpu.stat": "nr_periods 100\nnr_throttled 1\nthrottled_usec 30\n",
        ])
        let groups = ControlGroups(files: tree.files)
        #expect(groups.cpuQuota().value?.directory == "/cg/a")
        #expect(groups.cpuQuota().value?.cpus == 0.4)
        #expect(
            groups.throttleCounters().value
                == ThrottleCounters(periods: 400, throttledPeriods: 66, throttledMicroseconds: 7230))
    }

    @Test("a container with host paths and host CPU numbers: its own mount is its group, its CPUs keep their numbers")
    func containerWithHostNumbers() throws {
        let tree = try TemporaryTree([
            "/proc/self/cgroup": "3:cpu:/docker/4f\n2:cpuset:/docker/4f\n",
            // The cpu hierarchy is mounted from /docker/4f on; that of cpuset claims the root, as with lxcfs.
            "/proc/self/mountinfo": """
            50 40 0:29 /docker/4f /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu
            51 40 0:31 / /sys/fs/cgroup/cpuset ro - cgroup cgroup rw,cpuset

            """,
            "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "200000\n",
            "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
            "/sys/fs/cgroup/cpuset/cpuset.cpus": "17-18,40\n",
            // lxcfs counts the container's CPUs from 0.
            "/sys/devices/system/cpu/online": "0-2\n",
        ])
        let usable = UsableCPUs(files: tree.files, affinity: [17, 18, 40])
        #expect(usable.cpus == [17, 18, 40])
        #expect(usable.quotaCPUs == 2)
        #expect(usable.threadLimit == 2)
    }

    @Test("hybrid: the version is that of the hierarchy with the cpu controller")
    func hybrid() throws {
        let tree = try TemporaryTree([
            "/proc/self/cgroup": "3:cpuset:/\n1:name=systemd:/\n0::/user.slice\n",
            "/proc/self/mountinfo": """
            34 31 0:31 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset
            41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw

            """,
            "/sys/fs/cgroup/cpuset/cpuset.cpus": "0-3\n",
            "/sys/fs/cgroup/unified/user.slice/cpu.max": "100000 100000\n",
        ])
        let found = try limits(tree).limits
        #expect(found.cgroupVersion == 2)
        #expect(found.cpuMaxQuotaMicroseconds == 100_000)
        #expect(found.cpusetCPUs == "0-3")

        try tree.write("2:cpu:/\n0::/user.slice\n", at: "/proc/self/cgroup")
        #expect(try limits(tree).limits.cgroupVersion == 1)
    }

    @Test("without control groups everything is unlimited and the reasons say so")
    func noControlGroups() throws {
        let machine = try limits(try TemporaryTree())
        #expect(machine.limits.cgroupVersion == nil)
        #expect(machine.limits.cpuMaxQuotaMicroseconds == nil)
        #expect(machine.limits.effectiveCPUs == 4)
        #expect(machine.unknown["limits.cpu_max_quota_us"] == "this process is in no control group")
        #expect(machine.unknown["limits.cgroup_version"] == "/proc/self/cgroup is absent")
    }

    @Test("without a quota the reason names the groups that were looked at")
    func noQuota() throws {
        let tree = try TemporaryTree([
            "/proc/self/cgroup": "0::/a/b\n",
            "/proc/self/mountinfo": "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n",
            "/cg/a/b/cpu.max": "max 100000\n",
        ])
        #expect(try limits(tree).unknown["limits.cpu_max_quota_us"] == "no quota is set in /cg/a/b or above, up to /cg")
    }

    @Test("offline CPUs cannot be used, whatever the cpuset lists")
    func offlineCPUs() throws {
        let tree = try TemporaryTree([
            "/proc/self/cgroup": "2:cpuset:/\n",
            "/proc/self/mountinfo": "34 31 0:31 / /cpuset rw - cgroup cgroup rw,cpuset\n",
            "/cpuset/cpuset.cpus": "0-7\n",
            "/sys/devices/system/cpu/online": "0-2,4-7\n",
        ])
        let usable = UsableCPUs(files: tree.files, affinity: CPUSet(2...5))
        #expect(usable.cpus == [2, 4, 5])
        #expect(usable.threadLimit == 3)
    }

    @Test("mount points with spaces are read as the kernel escapes them")
    func escapedMountPoint() throws {
        let tree = try TemporaryTree([
            "/proc/self/cgroup": "0::/\n",
            "/proc/self/mountinfo": "30 23 0:26 / /my\\040groups rw - cgroup2 cgroup2 rw\n",
            "/my groups/cpu.max": "300000 100000\n",
        ])
        #expect(ControlGroups(files: tree.files).cpuQuota().value?.cpus == 3)
    }

    // The cpuset ends the list in the first two cases; then it allows all that is online, or does not exist.
    @Test(
        "what keeps a thread from a CPU is named: the cpuset, or that no other CPU is online",
        arguments: [
            ("1-2", "0-3", [1, 2], .cpuset), ("17-18", "0-1", [17, 18], .cpuset),
            ("0-7", "0-3", [0, 1, 2, 3], .online),
            (nil, "0-3", [0, 1, 2, 3], .online),
        ] as [(String?, String, CPUSet, BindableCPUs.Limit)])
    func bindableCPUs(cpuset: String?, online: String, cpus: CPUSet, limit: BindableCPUs.Limit) throws {
        let tree = try TemporaryTree([
            "/proc/self/cgroup": "2:cpuset:/\n",
            "/proc/self/mountinfo": "34 31 0:31 / /cpuset rw - cgroup cgroup rw,cpuset\n",
            "/sys/devices/system/cpu/online": online + "\n",
        ])
        if let cpuset { try tree.write(cpuset + "\n", at: "/cpuset/cpuset.cpus") }
        let bindable = try #require(BindableCPUs(files: tree.files))
        #expect(bindable.cpus == cpus)
        #expect(bindable.limit == limit)
    }
}
