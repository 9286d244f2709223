// AvailableMemoryTests.swift: what machine, control groups and nodes in made-up trees leave for new regions.

import MachineProbe
import ResultRecord
import Testing

@Suite("Available memory")
struct AvailableMemoryTests {
    private static let gibibyte = 1 << 30

    /// What is available: the largest sum of regions that passes, by the error for one that cannot pass.
    private func available(
        _ tree: TemporaryTree, _ placement: MemoryPlacement = .unbound
    ) throws -> (bytes: Int, bound: MemoryBound) {
        let error = #expect(throws: PlacedMemoryError.self) {
            try PlacedMemory.checkAvailable(byteCount: .max, placement: placement, files: tree.files)
        }
        let bytes = try #require(error?.available)
        try PlacedMemory.checkAvailable(byteCount: bytes, placement: placement, files: tree.files)
        #expect(throws: PlacedMemoryError.self) {
            try PlacedMemory.checkAvailable(byteCount: bytes + 1, placement: placement, files: tree.files)
        }
        return (bytes, try #require(error?.bound))
    }

    @Test("without control groups it is what the kernel says")
    func machine() throws {
        let tree = try TemporaryTree(["/proc/meminfo": "MemTotal:       8388608 kB\nMemAvailable:    4194304 kB\n"])
        let found = try available(tree)
        #expect(found.bytes == 4 * Self.gibibyte)
        #expect(found.bound == .machine)
    }

    @Test("where nothing can be read nothing is refused")
    func unknown() throws {
        try PlacedMemory.checkAvailable(byteCount: .max, placement: .unbound, files: TemporaryTree().files)
    }

    // The group: 3 GiB − (2.5 − 0.25 − 0.25 of file pages) = 1 GiB. The one above: 4 − 3.5 + 0 = 0.5 GiB.
    @Test("version 2: the group on the way up that leaves least binds, pages of files counted as left")
    func versionTwo() throws {
        let tree = try TemporaryTree([
            "/proc/meminfo": "MemAvailable:    4194304 kB\n",
            "/proc/self/cgroup": "0::/job/step\n",
            "/proc/self/mountinfo": "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n",
            "/cg/job/step/memory.max": "3221225472\n",
            "/cg/job/step/memory.current": "2684354560\n",
            "/cg/job/step/memory.stat": "anon 7\nfile 536870912\nactive_file 268435456\ninactive_file 268435456\n",
            "/cg/job/memory.max": "max\n",
            "/cg/job/memory.current": "3758096384\n",
        ])
        let own = try available(tree)
        #expect(own.bytes == Self.gibibyte)
        #expect(own.bound == .controlGroup(directory: "/cg/job/step"))
        try tree.write("4294967296\n", at: "/cg/job/memory.max")
        let above = try available(tree)
        #expect(above.bytes == Self.gibibyte / 2)
        #expect(above.bound == .controlGroup(directory: "/cg/job"))
        // More used than granted, as after the limit was lowered: none is left, rather than less than none.
        try tree.write("1073741824\n", at: "/cg/job/memory.max")
        #expect(try available(tree).bytes == 0)
    }

    // 2 GiB by the limit above the mount point, of which 1.5 GiB are used, 0.5 GiB of that by pages of files.
    @Test("version 1: usage with the groups below, and limits above the mount point")
    func versionOne() throws {
        let tree = try TemporaryTree([
            "/proc/meminfo": "MemAvailable:    8388608 kB\n",
            "/proc/self/cgroup": "4:memory:/\n",
            "/proc/self/mountinfo": "35 31 0:32 / /m rw - cgroup cgroup rw,memory\n",
            "/m/memory.limit_in_bytes": "9223372036854771712\n",
            "/m/memory.usage_in_bytes": "1610612736\n",
            "/m/memory.stat": "active_file 1\ninactive_file 1\nhierarchical_memory_limit 2147483648\n"
                + "total_active_file 268435456\ntotal_inactive_file 268435456\n",
        ])
        let found = try available(tree)
        #expect(found.bytes == Self.gibibyte)
        #expect(found.bound == .controlGroup(directory: "/m"))
    }

    // Node 1: 1 GiB free + 0.5 + 0.25 of file pages + 0.25 of slab − 64 MiB of reserve.
    @Test("bound to one node of several, that node's free and reclaimable memory counts too")
    func boundToNode() throws {
        let tree = try TemporaryTree([
            "/proc/meminfo": "MemAvailable:    8388608 kB\n",
            "/proc/sys/vm/min_free_kbytes": "65536\n",
            "/sys/devices/system/node/node0/meminfo": "Node 0 MemFree:        6291456 kB\n",
            "/sys/devices/system/node/node1/meminfo": """
            Node 1 MemTotal:       8388608 kB
            Node 1 MemFree:        1048576 kB
            Node 1 Active(file):    524288 kB
            Node 1 Inactive(file):  262144 kB
            Node 1 FilePages:      4194304 kB
            Node 1 SReclaimable:    262144 kB

            """,
        ])
        let bound = try available(tree, .bind(node: 1))
        #expect(bound.bytes == 2 * Self.gibibyte - (64 << 20))
        #expect(bound.bound == .node(1))
        // Pages that may go elsewhere do, when a node is full.
        for placement in [MemoryPlacement.unbound, .interleave(nodes: [0, 1])] {
            #expect(try available(tree, placement).bound == .machine)
        }
    }

    @Test("the only node's counters are not asked, since the machine's tell the same")
    func onlyNode() throws {
        let tree = try TemporaryTree([
            "/proc/meminfo": "MemAvailable:    8388608 kB\n",
            "/sys/devices/system/node/node0/meminfo": "Node 0 MemFree:        1048576 kB\n",
        ])
        #expect(try available(tree, .bind(node: 0)).bytes == 8 * Self.gibibyte)
    }

    // 1 GiB of the machine's memory is left to this process by its control group.
    @Test("a region is refused by the same measure, before the kernel kills, and the text names the group")
    func regionIsRefused() throws {
        let tree = try TemporaryTree([
            "/proc/meminfo": "MemTotal:       8388608 kB\nMemAvailable:    4194304 kB\n",
            "/proc/self/cgroup": "0::/\n",
            "/proc/self/mountinfo": "30 23 0:26 / /cg rw - cgroup2 cgroup2 rw\n",
            "/cg/memory.max": "1073741824\n",
        ])
        let error = #expect(throws: PlacedMemoryError.self) {
            try PlacedMemory(byteCount: 2 << 30, placement: .unbound, files: tree.files)
        }
        #expect(error?.requested == 2 << 30)
        #expect(error?.available == 1 << 30)
        let what = try #require(error?.what)
        #expect(what.hasSuffix(": 1073741824 bytes are available within the memory limit of control group /cg"))
        #expect(error?.exitStatus == .measurementFailed)
    }
}
