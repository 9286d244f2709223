// PlacementTests.swift: memory and threads put in a place on this machine, and read back from the kernel.

import CNUMA
import Foundation
import MachineProbe
import ResultRecord
import Testing

@Suite("Placement")
struct PlacementTests {
    private static let numaAvailable: Bool = {
        if numa_available() < 0 { print("not run: this kernel has no NUMA support, so placement has nothing to do") }
        return numa_available() >= 0
    }()

    private func touch(_ memory: PlacedMemory) { memset(memory.pointer, 1, memory.byteCount) }

    @Test("memory bound to a node is found there after the first touch", .enabled(if: Self.numaAvailable))
    func boundMemory() throws {
        let memory = try PlacedMemory(byteCount: 5 << 20, placement: .bind(node: 0))
        #expect(memory.unboundReason == nil)
        #expect(memory.placementDescription == "bind:0")
        #expect(memory.nodesFound() == [])
        touch(memory)
        #expect(memory.nodesFound() == [0])
    }

    @Test("memory interleaved over all nodes is found on all of them", .enabled(if: Self.numaAvailable))
    func interleavedMemory() throws {
        let allowed = try #require(numa_get_mems_allowed())
        defer { numa_bitmask_free(allowed) }
        let nodes = (0...Int(numa_max_node())).filter { numa_bitmask_isbitset(allowed, UInt32($0)) != 0 }
        // Small pages, so that 1 MiB has 256 of them to go round.
        let memory = try PlacedMemory(
            byteCount: 1 << 20, placement: .interleave(nodes: nodes), transparentHugePages: false)
        touch(memory)
        #expect(memory.nodesFound() == nodes)
    }

    @Test("memory is zero, writable to its last byte, and aligned to 2 MiB with huge pages", arguments: [true, false])
    func memoryIsUsable(hugePages: Bool) throws {
        let bytes = (4 << 20) + 1
        let memory = try PlacedMemory(byteCount: bytes, placement: .unbound, transparentHugePages: hugePages)
        #expect(Int(bitPattern: memory.pointer) % (hugePages ? 2 << 20 : 4096) == 0)
        #expect(memory.pointer.load(fromByteOffset: bytes - 1, as: UInt8.self) == 0)
        memory.pointer.storeBytes(of: 7, toByteOffset: bytes - 1, as: UInt8.self)
        #expect(memory.pointer.load(fromByteOffset: bytes - 1, as: UInt8.self) == 7)
        #expect(memory.placementDescription == "unbound")
    }

    private static let hugePagesAvailable: Bool = {
        let path = "/sys/kernel/mm/transparent_hugepage/enabled"
        let enabled = (try? String(contentsOfFile: path, encoding: .utf8)).map { !$0.contains("[never]") } ?? false
        if !enabled { print("not run: this kernel hands out no transparent huge pages") }
        return enabled
    }()

    @Test("huge pages are counted where they were asked for", .enabled(if: Self.hugePagesAvailable))
    func hugePages() throws {
        let memory = try PlacedMemory(byteCount: 8 << 20, placement: .unbound)
        #expect(memory.hugePageBytes() == 0)
        touch(memory)
        // A fragmented machine may have fewer; none at all would mean that they are not counted.
        let found = try #require(memory.hugePageBytes())
        #expect(found > 0 && found <= 8 << 20 && found % PlacedMemory.hugePage == 0)
    }

    @Test("no page is huge where small ones were asked for")
    func smallPages() throws {
        let memory = try PlacedMemory(byteCount: 8 << 20, placement: .unbound, transparentHugePages: false)
        touch(memory)
        #expect((memory.hugePageBytes() ?? 0) == 0)
    }

    @Test("of the kernel's list only the mappings of the region are counted")
    func countedMappings() throws {
        let memory = try PlacedMemory(byteCount: 4 << 20, placement: .unbound)
        let start = UInt(bitPattern: memory.pointer)
        func range(_ first: UInt, _ last: UInt) -> String {
            "\(String(start &+ first, radix: 16))-\(String(start &+ last, radix: 16)) rw-p 00000000 00:00 0"
        }
        // The region in two mappings, since one that is bound to other nodes is split, and neighbours on either side.
        let mappings = [
            (range(0 &- 4096, 0), 6144), (range(0, 2 << 20), 2048), (range(2 << 20, 4 << 20), 0),
            (range(4 << 20, 8 << 20), 4096),
        ]
        let text = mappings.map { "\($0.0) \nSize:  4 kB\nAnonHugePages:  \($0.1) kB\nVmFlags: rd wr hg" }
        let tree = try TemporaryTree()
        #expect(memory.hugePageBytes(files: tree.files) == nil)
        try tree.write(text.joined(separator: "\n"), at: "/proc/self/smaps")
        #expect(memory.hugePageBytes(files: tree.files) == 2 << 20)
    }

    @Test("a node that does not exist is refused", .enabled(if: Self.numaAvailable))
    func missingNode() throws {
        let node = Int(numa_max_node()) + 1
        let error = #expect(throws: PlacedMemoryError.self) {
            try PlacedMemory(byteCount: 4096, placement: .bind(node: node))
        }
        #expect(error?.errorNumber == EINVAL)
        #expect(error?.what.contains("bind:\(node)") == true)
        // Among others the kernel would drop it silently.
        #expect(throws: PlacedMemoryError.self) {
            try PlacedMemory(byteCount: 4096, placement: .interleave(nodes: [0, node]))
        }
    }

    @Test("placements are written as records have them")
    func descriptions() {
        #expect(MemoryPlacement.bind(node: 3).description == "bind:3")
        #expect(MemoryPlacement.interleave(nodes: [1, 0, 3]).description == "interleave:0-1,3")
        #expect(MemoryPlacement.unbound.description == "unbound")
    }

    @Test("a thread bound to one CPU runs there, and its mask is read back")
    func boundThread() async throws {
        let last = try #require(CPUBinding.current().numbers.last)
        // A thread of its own: the pool's threads must keep their masks.
        let found: CPUSet = try await withCheckedThrowingContinuation { continuation in
            Thread {
                continuation.resume(
                    with: Result {
                        try CPUBinding.bindCurrentThread(to: [last])
                        return CPUBinding.current()
                    })
            }.start()
        }
        #expect(found == [last])
    }

    @Test("a CPU that does not exist is refused, and the text says which may be used")
    func missingCPU() async throws {
        let error: BindingError? = await withCheckedContinuation { continuation in
            Thread {
                do throws(BindingError) {
                    try CPUBinding.bindCurrentThread(to: [9000])
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error)
                }
            }.start()
        }
        let found = try #require(error)
        #expect(found.errorNumber == EINVAL)
        #expect(found.what.contains("CPU 9000"))
        let usable = try #require(found.usable)
        #expect(found.what.hasSuffix("only (\(usable.limit.rawValue))"))
        #expect(found.nextStep.contains("--cpus \(usable.cpus)"))
    }

    @Test("a CPU dropped by the kernel without a word is noticed")
    func droppedCPU() async throws {
        let first = try #require(CPUBinding.current().numbers.first)
        let error: BindingError? = await withCheckedContinuation { continuation in
            Thread {
                do throws(BindingError) {
                    try CPUBinding.bindCurrentThread(to: [first, 9000])
                    continuation.resume(returning: nil)
                } catch {
                    continuation.resume(returning: error)
                }
            }.start()
        }
        #expect(error?.achieved == [first])
    }

    @Test("this machine's nodes are those of libnuma", .enabled(if: Self.numaAvailable))
    func nodesAgreeWithLibnuma() throws {
        let before = Int(numa_node_size64(0, nil))
        let machine = try MachineProbe().describe()
        let after = Int(numa_node_size64(0, nil))
        #expect(machine.topology.numaNodes == Int(numa_num_configured_nodes()))
        #expect(machine.topology.numaDistance?[0][0] == Int(numa_distance(0, 0)))
        // Guests whose memory is initialised late see a node grow.
        #expect((before...after).contains(try #require(machine.memory.perNUMABytes?[0])))
    }
}
