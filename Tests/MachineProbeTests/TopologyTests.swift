// TopologyTests.swift: machines in hwloc's synthetic notation and XML, counted by hand beside it.

import Foundation
import MachineProbe
import ResultRecord
import Testing

@Suite("Topology")
struct TopologyTests {
    private func topology(_ source: TopologySource) throws -> TopologyDescription {
        try describe(source).topology
    }

    private func describe(_ source: TopologySource) throws -> MachineDescription {
        try MachineProbe(
            files: FileTree(root: "/nowhere"), topology: source, processor: ProcessorInterface(architecture: .other),
            environment: [:]
        ).describe()
    }

    // 2 packages × 2 L3 × 4 cores × 2 threads: 16 cores, 32 threads, 4 L3 groups; one memory node per package.
    @Test("two sockets with SMT: sockets, cores, threads, L3 groups and nodes")
    func twoSockets() throws {
        let found = try topology(.synthetic("pack:2 [numa(memory=64GB)] l3:2 core:4 pu:2"))
        #expect(found.sockets == 2)
        #expect(found.cores == 16)
        #expect(found.threads == 32)
        #expect(found.smtActive == true)
        #expect(found.numaNodes == 2)
        #expect(found.online == "0-31")
        #expect(found.coreTypes == ["uniform"])
        #expect(found.coreList.count == 16)
        #expect(found.coreList[0] == CoreDescription(socket: 0, numaNode: 0, l3Group: 0, cpus: [0, 1]))
        #expect(found.coreList[7] == CoreDescription(socket: 0, numaNode: 0, l3Group: 1, cpus: [14, 15]))
        #expect(found.coreList[8] == CoreDescription(socket: 1, numaNode: 1, l3Group: 2, cpus: [16, 17]))
        #expect(found.caches.filter { $0.level == 3 }.map(\.sharedCPUs) == ["0-7", "8-15", "16-23", "24-31"])
    }

    @Test("every CPU belongs to exactly one core, on 512 CPUs too")
    func fiveHundredAndTwelve() throws {
        let found = try topology(.synthetic("pack:2 numa:4 l3:4 core:8 pu:2"))
        #expect(found.sockets == 2)
        #expect(found.cores == 256)
        #expect(found.threads == 512)
        #expect(found.numaNodes == 8)
        #expect(found.coreList.flatMap(\.cpus).sorted() == Array(0..<512))
        // 32 cores to a node, 8 to an L3.
        #expect(found.coreList.map(\.numaNode) == (0..<256).map { $0 / 32 })
        #expect(found.coreList.map(\.l3Group) == (0..<256).map { $0 / 8 })
    }

    @Test("a node without memory is not local memory, and memory without CPUs is local where nothing nearer is")
    func memorylessNodes() throws {
        // hwloc numbers the nodes of the packages 0 and 1 (both empty) and the one at the root 2; its GB is decimal.
        let machine = try describe(.synthetic("[numa(memory=8GB)] pack:2 [numa] core:2 pu:1"))
        #expect(machine.topology.numaNodes == 3)
        #expect(machine.memory.perNUMABytes == [0, 0, 8_000_000_000])
        #expect(machine.topology.coreList.map(\.numaNode) == [2, 2, 2, 2])
        // With memory of their own, cores do not see the one at the root as local.
        let near = try describe(.synthetic("[numa(memory=8GB)] pack:2 [numa(memory=4GB)] core:2 pu:1"))
        #expect(near.topology.coreList.map(\.numaNode) == [0, 0, 1, 1])
    }

    @Test("sizes that nobody states are unknown, not zero")
    func unknownSizes() throws {
        let machine = try describe(.synthetic("pack:2 [numa] core:2 pu:1"))
        #expect(machine.memory.perNUMABytes == nil)
        #expect(machine.unknown["memory.per_numa_bytes"] != nil)
    }

    @Test("logical CPUs without cores leave the number of cores unknown")
    func noCores() throws {
        let machine = try describe(.synthetic("pu:4"))
        #expect(machine.topology.cores == nil)
        #expect(machine.topology.smtActive == nil)
        #expect(machine.topology.threads == 4)
        #expect(machine.topology.coreList.map(\.cpus) == [[0], [1], [2], [3]])
        #expect(machine.topology.coreList.allSatisfy { $0.l3Group == nil })
        #expect(machine.unknown["topology.core_list.l3_group"] != nil)
    }

    // Four CPUs of which number 2 is offline: cores 0 and 1 have one package, core 3 the other; distances 10 and 21.
    @Test("an exported topology keeps CPU numbers with gaps, kinds of core and distances")
    func exportedTopology() throws {
        let tree = try TemporaryTree(["/machine.xml": Self.exported])
        let found = try topology(.xml(path: tree.files.root + "/machine.xml"))
        #expect(found.online == "0-1,3")
        #expect(found.threads == 3)
        #expect(found.coreList.map(\.cpus) == [[0], [1], [3]])
        #expect(found.coreList.map(\.socket) == [0, 0, 1])
        #expect(found.coreTypes == ["IntelAtom", "IntelCore"])
        #expect(found.coreList.map(\.kind) == [0, 1, 1])
        #expect(found.numaDistance == [[10, 21], [21, 10]])
    }

    @Test("what hwloc cannot read is an error that names it")
    func unreadable() {
        #expect(throws: TopologyError.self) { try topology(.synthetic("pack:two")) }
        do {
            _ = try topology(.xml(path: "/nowhere/machine.xml"))
            Issue.record("a missing file was accepted")
        } catch {
            #expect("\(error)".contains("/nowhere/machine.xml"))
        }
    }

    @Test("this machine's topology agrees with the kernel's count of CPUs")
    func liveTopology() throws {
        let found = try topology(.live)
        #expect(found.threads == sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        #expect(found.online == FileTree.live.word(at: "/sys/devices/system/cpu/online"))
        let first = try #require(FileTree.live.word(at: "/sys/devices/system/cpu/cpu0/topology/core_cpus_list"))
        #expect(found.coreList.first?.cpus == CPUSet(list: first)?.numbers)
        #expect(found.caches.allSatisfy { $0.bytes > 0 })
    }

    private static func object(_ type: String, _ number: Int, _ cpus: Int, _ nodes: Int, _ id: Int) -> String {
        "<object type=\"\(type)\" os_index=\"\(number)\" cpuset=\"\(hex(cpus))\" complete_cpuset=\"\(hex(cpus))\" "
            + "nodeset=\"\(hex(nodes))\" complete_nodeset=\"\(hex(nodes))\" gp_index=\"\(id)\""
    }

    private static func hex(_ bits: Int) -> String { "0x" + String(bits, radix: 16) }

    private static let exported = """
        <?xml version="1.0" encoding="UTF-8"?>
        <!DOCTYPE topology SYSTEM "hwloc2.dtd">
        <topology version="2.0">
        \(object("Machine", 0, 0xB, 3, 1)) allowed_cpuset="0xb" allowed_nodeset="0x3">
        \(object("Package", 0, 0x3, 1, 2))>
        \(object("NUMANode", 0, 0x3, 1, 3)) local_memory="1073741824"/>
        \(object("Core", 0, 0x1, 1, 4))>\(object("PU", 0, 0x1, 1, 5))/></object>
        \(object("Core", 1, 0x2, 1, 6))>\(object("PU", 1, 0x2, 1, 7))/></object>
        </object>
        \(object("Package", 1, 0x8, 2, 8))>
        \(object("NUMANode", 1, 0x8, 2, 9)) local_memory="1073741824"/>
        \(object("Core", 3, 0x8, 2, 10))>\(object("PU", 3, 0x8, 2, 11))/></object>
        </object>
        </object>
        <distances2 type="NUMANode" nbobjs="2" kind="5" name="NUMALatency" indexing="os">
        <indexes length="4">0 1 </indexes>
        <u64values length="12">10 21 21 10 </u64values>
        </distances2>
        <cpukind cpuset="0x1" forced_efficiency="0"><info name="CoreType" value="IntelAtom"/></cpukind>
        <cpukind cpuset="0xa" forced_efficiency="1"><info name="CoreType" value="IntelCore"/></cpukind>
        </topology>
        """
}
