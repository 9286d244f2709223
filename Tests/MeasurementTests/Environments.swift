// Environments.swift: made-up machines and limits, and what is to be planned there.

import Measurement
import ResultRecord
import TestSupport
import Testing

/// A machine, what it grants the process, and what is to be planned there.
struct Environment: Sendable, CustomTestStringConvertible {
    enum Layout: Sendable {
        case synthetic(String)
        case cores(FakeTopology)
    }

    var name: String
    var layout: Layout
    var files: [String: String] = [:]
    var affinity: CPUSet
    /// CPUs of scope node, one per thread.
    var cpus: [Int]
    /// Groups that a thorough run measures, by scope; scopes that are absent say nothing of their own.
    var scopes: [Scope: [[Int]]] = [:]
    /// A part of each note of the plan on its CPUs.
    var notes: [String] = []
    /// Nodes of the streams' memory, by thread of scope node; nil where it does not matter.
    var memory: [Int]?

    var testDescription: String { name }

    static let all = layouts + unusual + limited

    /// Two sockets of two caches of two cores; CPUs 0-7 first threads, 8-15 their siblings.
    private static let twoSockets = FakeTopology(
        cores: (0..<8).map { FakeTopology.Core(socket: $0 / 4, node: $0 / 4, cache: $0 / 2, cpus: [$0, $0 + 8]) },
        memory: [32 << 30, 32 << 30])
    private static let caches = [[0, 1], [2, 3], [4, 5], [6, 7]]
    private static let sockets = [[0, 1, 2, 3], [4, 5, 6, 7]]

    static let layouts = [
        Environment(
            name: "two sockets with SMT", layout: .cores(twoSockets), affinity: CPUSet(0..<16), cpus: Array(0..<8),
            scopes: [
                .core: [[0]], .coreSMT: [[0, 8]], .l3: caches, .numa: sockets, .node: [Array(0..<8)],
                .nodeSMT: [(0..<8).flatMap { [$0, $0 + 8] }],
            ],
            memory: [0, 0, 0, 0, 1, 1, 1, 1]),
        // A socket's cache is one, its memory in two halves.
        Environment(
            name: "two sockets of two sub-NUMA clusters",
            layout: .synthetic("pack:2 l3:1 group:2 [numa(memory=32GB)] core:4 pu:1"), affinity: CPUSet(0..<16),
            cpus: Array(0..<16),
            scopes: [
                .core: [[0]], .l3: [Array(0..<8), Array(8..<16)],
                .numa: [Array(0..<4), Array(4..<8), Array(8..<12), Array(12..<16)], .node: [Array(0..<16)],
            ],
            memory: (0..<16).map { $0 / 4 }),
        Environment(
            name: "512 CPUs in 8 nodes and 32 caches",
            layout: .synthetic("pack:2 group:4 [numa(memory=32GB)] l3:4 core:8 pu:2"), affinity: CPUSet(0..<512),
            cpus: (0..<256).map { 2 * $0 },
            scopes: [
                .core: [[0]], .coreSMT: [[0, 1]],
                .l3: (0..<32).map { cache in (0..<8).map { 16 * cache + 2 * $0 } },
                .numa: (0..<8).map { node in (0..<32).map { 64 * node + 2 * $0 } },
                .socket: (0..<2).map { socket in (0..<128).map { 256 * socket + 2 * $0 } },
                .node: [(0..<256).map { 2 * $0 }], .nodeSMT: [Array(0..<512)],
            ]),
        Environment(
            name: "a node without memory",
            layout: .cores(
                FakeTopology(
                    cores: (0..<4).map { FakeTopology.Core(socket: $0 / 2, node: $0 / 2, cache: $0 / 2, cpus: [$0]) },
                    memory: [32 << 30, 0])),
            affinity: CPUSet(0..<4), cpus: [0, 1, 2, 3],
            scopes: [.core: [[0]], .l3: [[0, 1], [2, 3]], .node: [[0, 1, 2, 3]]], memory: [0, 0, 0, 0]),
    ]

    /// Eight cores of one socket, of which the last four are of another kind, without a second thread.
    private static let hybrid = FakeTopology(
        cores: (0..<4).map { FakeTopology.Core(socket: 0, node: 0, cache: 0, cpus: [2 * $0, 2 * $0 + 1], kind: 1) }
            + (8..<12).map { FakeTopology.Core(socket: 0, node: 0, cache: 0, cpus: [$0]) },
        memory: [32 << 30], kinds: ["IntelAtom", "IntelCore"])
    private static let mix = "IntelAtom (CPUs 8-11), IntelCore (CPUs 0-7)"
    private static let eight = Layout.synthetic("core:8 pu:1")

    static let unusual = [
        Environment(
            name: "fast cores with SMT and efficient ones without", layout: .cores(hybrid), affinity: CPUSet(0..<12),
            cpus: [0, 2, 4, 6, 8, 9, 10, 11],
            scopes: [
                .core: [[0], [8]], .coreSMT: [[0, 1]], .node: [[0, 2, 4, 6, 8, 9, 10, 11]], .nodeSMT: [Array(0..<12)],
            ],
            notes: ["cores of different kinds together at scope l3, numa, socket, node, node-smt: \(mix)"]),
        Environment(
            name: "the efficient ones only", layout: .cores(hybrid), affinity: CPUSet(8..<12), cpus: [8, 9, 10, 11],
            scopes: [.core: [[8]], .node: [[8, 9, 10, 11]]]),
        Environment(
            name: "isolated CPUs outside the affinity", layout: eight,
            files: ["/sys/devices/system/cpu/isolated": "4-7\n", "/sys/devices/system/cpu/nohz_full": "4-7\n"],
            affinity: CPUSet(0..<4), cpus: [0, 1, 2, 3], scopes: [.core: [[0]], .node: [[0, 1, 2, 3]]],
            notes: ["CPUs 4-7 are isolated and not used; to measure them, start with taskset --cpu-list 4-7"]),
        Environment(
            name: "isolated CPUs by affinity", layout: eight, files: ["/sys/devices/system/cpu/isolated": "4-7\n"],
            affinity: CPUSet(4..<8), cpus: [4, 5, 6, 7], scopes: [.core: [[4]], .node: [[4, 5, 6, 7]]],
            notes: ["CPUs 4-7 are isolated: quiet, but threads that cannot be bound stay where they start"]),
        Environment(
            name: "no isolated CPUs", layout: eight, files: ["/sys/devices/system/cpu/isolated": "\n"],
            affinity: CPUSet(0..<8), cpus: Array(0..<8), scopes: [.core: [[0]], .node: [Array(0..<8)]]),
        // CPUs 3 and 9 are offline: a core is gone, another has one thread left.
        Environment(
            name: "offline CPUs",
            layout: .cores(
                FakeTopology(
                    cores: (0..<8).map { core in
                        FakeTopology.Core(
                            socket: core / 4, node: core / 4, cache: core / 4,
                            cpus: [core, core + 8].filter { ![3, 11, 9].contains($0) })
                    }, memory: [32 << 30, 32 << 30])),
            files: ["/sys/devices/system/cpu/online": "0-2,4-8,10,12-15\n"],
            affinity: [0, 1, 2, 4, 5, 6, 7, 8, 10, 12, 13, 14, 15], cpus: [0, 1, 2, 4, 5, 6, 7],
            scopes: [
                .core: [[0]], .coreSMT: [[0, 8]], .l3: [[0, 1, 2], [4, 5, 6, 7]], .node: [[0, 1, 2, 4, 5, 6, 7]],
                .nodeSMT: [[0, 8, 1, 2, 10, 4, 12, 5, 13, 6, 14, 7, 15]],
            ]),
        Environment(
            name: "affinity to second threads only", layout: .cores(twoSockets), affinity: CPUSet(8..<16),
            cpus: Array(8..<16),
            scopes: [
                .core: [[8]], .l3: caches.map { $0.map { $0 + 8 } }, .numa: sockets.map { $0.map { $0 + 8 } },
                .node: [Array(8..<16)],
            ]),
    ]

    private static let host = Layout.synthetic("pack:2 [numa(memory=64GB)] core:32 pu:1")

    static let limited = [
        // 2 CPUs' worth above, 2.5 in the group: two threads.
        Environment(
            name: "a container with CPUs 4-7 of 64, a quota of 2.5 CPUs in a group with 2", layout: host,
            files: FakeControlGroups.version2(
                "/kubepods.slice/pod1/container",
                [
                    "kubepods.slice/pod1/cpu.max": "200000 100000",
                    "kubepods.slice/pod1/container/cpu.max": "250000 100000",
                    "kubepods.slice/pod1/container/cpuset.cpus.effective": "4-7",
                    "kubepods.slice/pod1/cpuset.cpus.effective": "0-15",
                ]),
            affinity: CPUSet(4..<8), cpus: [4, 5], scopes: [.core: [[4]], .node: [[4, 5]]],
            notes: ["2 of 4 cores are used: CPUs 4-7 by affinity; 200000 of every 100000 µs by the quota of"],
            memory: [0, 0]),
        Environment(
            name: "systemd: the slice has the CPUs, the scope below it says nothing", layout: host,
            files: FakeControlGroups.version2(
                "/system.slice/bench.slice/run.scope",
                [
                    "cpuset.cpus.effective": "0-63", "system.slice/cpuset.cpus.effective": "0-63",
                    "system.slice/bench.slice/cpuset.cpus.effective": "32-35,40",
                    "system.slice/bench.slice/run.scope/cpu.max": "max 100000",
                ]),
            affinity: CPUSet(0..<64), cpus: [32, 33, 34, 35, 40],
            scopes: [.core: [[32]], .node: [[32, 33, 34, 35, 40]]], memory: [1, 1, 1, 1, 1]),
        Environment(
            name: "version 1: a quota of 3 CPUs above one of 8, CPUs by the cpuset", layout: host,
            files: FakeControlGroups.version1(
                "/jobs/a", quotas: ["/jobs": 300_000, "/jobs/a": 800_000],
                cpusets: ["/jobs": "0-31", "/jobs/a": "30-33"]),
            affinity: CPUSet(0..<64), cpus: [30, 31, 32],
            scopes: [.core: [[30]], .numa: [[30, 31], [32]], .node: [[30, 31, 32]]],
            notes: ["3 of 4 cores are used: CPUs 30-33 by affinity, cgroup cpuset; 300000 of every 100000 µs"],
            memory: [0, 0, 1]),
        Environment(
            name: "half a CPU", layout: host,
            files: FakeControlGroups.version1("/a", quotas: ["/a": 50_000]), affinity: [5, 6], cpus: [5],
            scopes: [.core: [[5]], .node: [[5]]], notes: ["1 of 2 cores are used"]),
        // Two threads a core would only be stopped the more often.
        Environment(
            name: "a quota below the hardware threads", layout: .cores(twoSockets),
            files: FakeControlGroups.version2("/a", ["a/cpu.max": "800000 100000"]), affinity: CPUSet(0..<16),
            cpus: Array(0..<8),
            scopes: [.core: [[0]], .l3: caches, .numa: sockets, .node: [Array(0..<8)]]),
        Environment(
            name: "lxcfs counts the container's CPUs 2-5 from 0", layout: eight,
            files: ["/sys/devices/system/cpu/online": "0-3\n"].merging(
                FakeControlGroups.version2("/lxc", ["lxc/cpuset.cpus.effective": "2-5"])
            ) { $1 },
            affinity: CPUSet(2..<6), cpus: [2, 3, 4, 5], scopes: [.core: [[2]], .node: [[2, 3, 4, 5]]]),
        Environment(
            name: "lxcfs shows as many CPUs as the quota grants", layout: eight,
            files: ["/sys/devices/system/cpu/online": "0-1\n"].merging(
                FakeControlGroups.version2("/lxc", ["lxc/cpu.max": "200000 100000"])
            ) { $1 },
            affinity: CPUSet(2..<8), cpus: [2, 3], scopes: [.core: [[2]], .node: [[2, 3]]],
            notes: ["2 of 6 cores are used: CPUs 2-7 by affinity"]),
        Environment(
            name: "memory of the other node only", layout: .cores(twoSockets),
            files: FakeControlGroups.version2(
                "/a", ["a/cpuset.cpus.effective": "0-3", "a/cpuset.mems.effective": "1"]),
            affinity: CPUSet(0..<4), cpus: [0, 1, 2, 3],
            scopes: [.core: [[0]], .l3: [[0, 1], [2, 3]], .node: [[0, 1, 2, 3]]], memory: [1, 1, 1, 1]),
    ]
}
