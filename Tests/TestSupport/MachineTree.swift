// MachineTree.swift: files of /proc and /sys of machines made up for tests, and machines in hwloc's XML.

import Foundation

/// Files in a temporary directory, removed with the value's last reference.
package final class MachineTree: Sendable {
    package let root: String

    package init(_ contents: [String: String] = [:]) throws {
        root = NSTemporaryDirectory() + "suanli-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        for (path, text) in contents { try write(text, at: path) }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    package func write(_ text: String, at path: String) throws {
        let target = URL(fileURLWithPath: root + path)
        try FileManager.default.createDirectory(
            at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: target)
    }
}

/// Control groups of a made-up process, as files of a `MachineTree`.
package enum FakeControlGroups {
    /// Version 2, mounted at /sys/fs/cgroup.
    ///
    /// - Parameters:
    ///   - group: The process's, `/system.slice/job.scope`.
    ///   - files: Contents by path below the mount point.
    package static func version2(_ group: String, _ files: [String: String]) -> [String: String] {
        var tree = [
            "/proc/self/cgroup": "0::\(group)\n",
            "/proc/self/mountinfo": "30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n",
        ]
        for (path, text) in files { tree["/sys/fs/cgroup/" + path] = text + "\n" }
        return tree
    }

    /// Version 1, with the hierarchies `cpu` and `cpuset` below /sys/fs/cgroup.
    ///
    /// - Parameters:
    ///   - group: The process's, in both.
    ///   - quotas: Microseconds per 100 ms by group, `/jobs/a`.
    ///   - cpusets: CPUs by group.
    package static func version1(
        _ group: String, quotas: [String: Int] = [:], cpusets: [String: String] = [:]
    ) -> [String: String] {
        var tree = [
            "/proc/self/cgroup": "3:cpuset:\(group)\n2:cpu,cpuacct:\(group)\n",
            "/proc/self/mountinfo": """
            32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct
            34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset

            """,
        ]
        for (path, quota) in quotas {
            tree["/sys/fs/cgroup/cpu\(path)/cpu.cfs_quota_us"] = "\(quota)\n"
            tree["/sys/fs/cgroup/cpu\(path)/cpu.cfs_period_us"] = "100000\n"
        }
        for (path, cpus) in cpusets { tree["/sys/fs/cgroup/cpuset\(path)/cpuset.cpus"] = cpus + "\n" }
        return tree
    }
}

/// A machine in the XML that `lstopo machine.xml` writes, made of its cores.
package struct FakeTopology: Sendable {
    package struct Core: Sendable {
        var socket: Int
        var node: Int
        var cache: Int
        /// Those that are online.
        var cpus: [Int]
        var kind: Int

        package init(socket: Int, node: Int, cache: Int, cpus: [Int], kind: Int = 0) {
            self.socket = socket
            self.node = node
            self.cache = cache
            self.cpus = cpus
            self.kind = kind
        }
    }

    /// By ascending socket, node and last-level cache, each of which is inside the one before.
    private let cores: [Core]
    /// Bytes by node.
    private let memory: [Int]
    /// Most efficient first; fewer than two where all cores are alike.
    private let kinds: [String]

    package init(cores: [Core], memory: [Int], kinds: [String] = []) {
        self.cores = cores.filter { !$0.cpus.isEmpty }
        self.memory = memory
        self.kinds = kinds
    }

    /// The contents of an XML file for hwloc 2.
    package var xml: String {
        let body = parts(of: cores, by: \.socket).map { socket, cores in
            element(
                "Package", socket, cores,
                in: parts(of: cores, by: \.node).map { node, cores in
                    element(
                        "Group", node, cores,
                        in: [element("NUMANode", node, cores, " local_memory=\"\(memory[node])\"")]
                            + parts(of: cores, by: \.cache).map { cache, cores in
                                element(
                                    "L3Cache", cache, cores,
                                    " cache_size=\"33554432\" depth=\"3\" cache_linesize=\"64\" cache_associativity=\"16\" cache_type=\"0\"",
                                    in: cores.enumerated().map {
                                        element("Core", cores[$0].cpus[0], [cores[$0]], in: units(of: $1))
                                    })
                            })
                })
        }
        let machine = element(
            "Machine", 0, cores,
            " allowed_cpuset=\"\(bits(cores.flatMap(\.cpus)))\" allowed_nodeset=\"\(bits(Array(memory.indices)))\"",
            in: body)
        let kindElements = kinds.enumerated().map { kind, name in
            let cpus = cores.filter { $0.kind == kind }.flatMap(\.cpus)
            return "<cpukind cpuset=\"\(bits(cpus))\" forced_efficiency=\"\(kind)\">"
                + "<info name=\"CoreType\" value=\"\(name)\"/></cpukind>"
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE topology SYSTEM \"hwloc2.dtd\">\n"
            + "<topology version=\"2.0\">\n\(machine)\n\(kindElements.joined(separator: "\n"))\n</topology>\n"
    }

    private func parts(of cores: [Core], by key: (Core) -> Int) -> [(Int, [Core])] {
        Dictionary(grouping: cores, by: key).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func units(of core: Core) -> [String] {
        core.cpus.map { cpu in
            var one = core
            one.cpus = [cpu]
            return element("PU", cpu, [one])
        }
    }

    private func element(
        _ type: String, _ number: Int, _ cores: [Core], _ attributes: String = "", in children: [String] = []
    ) -> String {
        let (cpus, nodes) = (bits(cores.flatMap(\.cpus)), bits(cores.map(\.node)))
        // Of one type, numbers differ; caches and groups may be anything.
        let id =
            1 + number + 10_000 * ["Machine", "Package", "Group", "NUMANode", "L3Cache", "Core", "PU"].firstIndex(
                of: type)!
        return "<object type=\"\(type)\" os_index=\"\(number)\" cpuset=\"\(cpus)\" complete_cpuset=\"\(cpus)\" "
            + "nodeset=\"\(nodes)\" complete_nodeset=\"\(nodes)\" gp_index=\"\(id)\"\(attributes)>\n"
            + children.joined(separator: "\n") + "</object>"
    }

    /// As hwloc writes sets: words of 32 bits, the highest first.
    private func bits(_ numbers: [Int]) -> String {
        var words = [UInt32](repeating: 0, count: (numbers.max() ?? 0) / 32 + 1)
        for number in numbers { words[number / 32] |= 1 << UInt32(number % 32) }
        return words.reversed().map { word in
            let digits = String(word, radix: 16)
            return "0x" + String(repeating: "0", count: 8 - digits.count) + digits
        }.joined(separator: ",")
    }
}
