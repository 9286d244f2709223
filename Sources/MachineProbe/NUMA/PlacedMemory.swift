// PlacedMemory.swift: memory on chosen NUMA nodes, bound before the first touch and read back after it.
// Mapped afresh from the kernel: recycled heap pages stay where an earlier owner touched them.

import CNUMA
import Glibc
package import ResultRecord

/// An anonymous region of memory, unmapped when the last reference goes.
///
/// `@unchecked Sendable`: every stored property is a constant. The bytes behind `pointer` are the users' to divide
/// among threads, as with any pointer.
package final class PlacedMemory: @unchecked Sendable {
    /// Start of the region; a multiple of the page size, of 2 MiB with huge pages. Valid while `self` lives.
    package let pointer: UnsafeMutableRawPointer
    /// Bytes asked for; the mapping is rounded up to whole pages.
    package let byteCount: Int
    package let requested: MemoryPlacement
    /// Why the request could not be made of the kernel; nil when it was accepted (or nothing was requested).
    package let unboundReason: String?

    private let mapping: UnsafeMutableRawPointer
    private let mappedBytes: Int
    /// Bytes from `pointer` on that can be used, whole pages.
    private let mappedLength: Int

    /// Maps and binds; touches nothing, so no page exists yet.
    ///
    /// - Parameters:
    ///   - byteCount: At least 1.
    ///   - placement: Nodes for the pages. Where kernel or container does not offer placement the region is left
    ///     unbound and `unboundReason` says so.
    ///   - transparentHugePages: Asks for 2 MiB pages, as far as the kernel has them, for regions of at least one;
    ///     otherwise asks for none, also where the kernel hands them out unasked. `hugePageBytes()` tells what came.
    ///   - files: Where the memory available is read.
    /// - Throws: `PlacedMemoryError` when the bytes are not there or a node does not exist. Several regions can pass
    ///   alone and be too much together: `checkAvailable(byteCount:placement:files:)` is for their sum.
    package init(
        byteCount: Int, placement: MemoryPlacement, transparentHugePages: Bool = true, files: FileTree = .live
    ) throws(PlacedMemoryError) {
        precondition(byteCount > 0, "an empty region has no pages to place")
        let available = try Self.available(for: byteCount, placement, files)
        let alignment = transparentHugePages && byteCount >= Self.hugePage ? Self.hugePage : Self.pageSize
        let length = (byteCount + alignment - 1) / alignment * alignment
        // mmap aligns to pages only, so a region of huge pages is cut out of one that is larger by one of them.
        let slack = alignment == Self.pageSize ? 0 : alignment
        // Pages without access on either side stop what runs past the end, and keep the kernel from joining the region
        // with a neighbour, whose huge pages would be counted with its own.
        let reserved = length + slack + 2 * Self.pageSize
        guard let mapping = mmap(nil, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            mapping != UnsafeMutableRawPointer(bitPattern: -1)
        else {
            throw PlacedMemoryError(
                requested: byteCount, available: available?.bytes, bound: available?.bound, placement: placement,
                errorNumber: errno)
        }
        self.mapping = mapping
        mappedBytes = reserved
        pointer = (mapping + Self.pageSize).alignedUp(toMultipleOf: alignment)
        mappedLength = length
        self.byteCount = byteCount
        requested = placement
        guard mprotect(pointer, length, PROT_READ | PROT_WRITE) == 0 else {
            let failure = errno
            munmap(mapping, mappedBytes)
            throw PlacedMemoryError(
                requested: byteCount, available: available?.bytes, bound: available?.bound, placement: placement,
                errorNumber: failure)
        }
        // A hint: kernels without huge pages answer EINVAL, and small pages work too.
        madvise(pointer, length, slack > 0 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE)
        switch Self.bind(pointer, length, placement) {
        case 0: unboundReason = nil
        case ENOSYS: unboundReason = "the kernel has no NUMA support"
        case EPERM: unboundReason = "a security profile forbids mbind"
        case let failure:
            munmap(mapping, mappedBytes)
            throw PlacedMemoryError(
                requested: byteCount, available: available?.bytes, bound: available?.bound, placement: placement,
                errorNumber: failure)
        }
    }

    /// Refuses regions that are too much together; to be asked once for their sum, before any of them is touched.
    ///
    /// - Parameters:
    ///   - byteCount: Of all regions, ≥ 0.
    ///   - placement: Theirs. Memory bound to one node of several must be available there.
    ///   - files: Where the memory available is read.
    /// - Throws: `PlacedMemoryError` with what is available, and what bounds it. Passes where nothing can be read.
    package static func checkAvailable(
        byteCount: Int, placement: MemoryPlacement, files: FileTree = .live
    ) throws(PlacedMemoryError) {
        _ = try available(for: byteCount, placement, files)
    }

    private static func available(
        for byteCount: Int, _ placement: MemoryPlacement, _ files: FileTree
    ) throws(PlacedMemoryError) -> AvailableMemory? {
        guard let available = AvailableMemory.find(for: placement, files) else { return nil }
        guard byteCount <= available.bytes else {
            throw PlacedMemoryError(
                requested: byteCount, available: available.bytes, bound: available.bound, placement: placement,
                errorNumber: 0)
        }
        return available
    }

    deinit { munmap(mapping, mappedBytes) }

    /// As in a record's `placement`; with the reason when the request could not be made.
    package var placementDescription: String { unboundReason.map { "unbound: \($0)" } ?? requested.description }

    /// The NUMA nodes that pages of the region are on, ascending.
    ///
    /// - Parameter sampleCount: How many pages to look at, evenly spread; all of them when there are fewer.
    /// - Returns: Empty before the first touch; nil when the kernel does not tell (no NUMA support, or forbidden).
    package func nodesFound(sampleCount: Int = 1024) -> [Int]? {
        let pages = (byteCount + Self.pageSize - 1) / Self.pageSize
        let count = min(pages, max(1, sampleCount))
        var addresses: [UnsafeMutableRawPointer?] = (0..<count).map { pointer + pages * $0 / count * Self.pageSize }
        var status = [Int32](repeating: -ENOENT, count: count)
        // A null list of nodes asks where the pages are and moves none.
        guard move_pages(0, UInt(count), &addresses, nil, &status, 0) == 0 else { return nil }
        return CPUSet(status.lazy.filter { $0 >= 0 }.map(Int.init)).numbers
    }

    /// Bytes of the region that are on huge pages.
    ///
    /// - Parameter files: Where the kernel tells (`/proc/self/smaps`).
    /// - Returns: 0 before the first touch; nil when the kernel does not tell.
    package func hugePageBytes(files: FileTree = .live) -> Int? {
        guard let text = files.text(at: "/proc/self/smaps") else { return nil }
        let start = UInt(bitPattern: pointer)
        let end = start + UInt(mappedLength)
        var bytes: Int?
        var isInside = false
        for line in text.split(separator: "\n") {
            // "7f0c5a600000-7f0c5ae00000 rw-p …" begins a mapping; "AnonHugePages:      2048 kB" is one of its figures.
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
            let range = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            if range.count == 2 {
                isInside = range[0] >= start && range[1] <= end
            } else if isInside, words[0] == "AnonHugePages:", words.count > 1, let kibibytes = Int(words[1]) {
                bytes = (bytes ?? 0) + kibibytes * 1024
            }
        }
        return bytes
    }

    /// - Returns: 0, or errno of mbind.
    private static func bind(
        _ start: UnsafeMutableRawPointer, _ length: Int, _ placement: MemoryPlacement
    ) -> Int32 {
        let nodes = placement.nodes
        guard let last = nodes.last else { return 0 }
        guard nodes[0] >= 0 else { return EINVAL }
        var mask = [UInt](repeating: 0, count: last / UInt.bitWidth + 1)
        for node in nodes { mask[node / UInt.bitWidth] |= 1 << UInt(node % UInt.bitWidth) }
        let mode: Int32 = if case .bind = placement { MPOL_BIND } else { MPOL_INTERLEAVE }
        // The kernel reads one bit less than it is told.
        let bits = UInt(mask.count * UInt.bitWidth + 1)
        guard mbind(start, UInt(length), mode, mask, bits, 0) == 0 else { return errno }
        // Of several nodes the kernel drops those it cannot use without a word. Its answer is as wide as its own
        // largest node number asks for, 1024 at most.
        var achieved = [UInt](repeating: 0, count: max(mask.count, 1024 / UInt.bitWidth))
        let width = UInt(achieved.count * UInt.bitWidth + 1)
        guard get_mempolicy(nil, &achieved, width, start, UInt32(MPOL_F_ADDR)) == 0 else { return 0 }
        return Array(achieved[..<mask.count]) == mask ? 0 : EINVAL
    }

    /// Bytes of a huge page; smaller regions get none.
    package static let hugePage = 2 << 20
    static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// Memory could not be had, or not where it was asked to be.
package struct PlacedMemoryError: UserFacingError, Hashable {
    /// Bytes asked for.
    package let requested: Int
    /// Bytes available at the time; nil when that could not be read.
    package let available: Int?
    /// What bounds `available`; nil as it is.
    package let bound: MemoryBound?
    package let placement: MemoryPlacement
    /// errno of mmap or mbind; 0 when the request was refused because it exceeds what is available.
    package let errorNumber: Int32

    package var what: String {
        let target = "cannot get \(requested) bytes of memory with placement \(placement)"
        let has = available.map { "\($0) bytes are available\(place)" } ?? "how much is available is not known"
        switch errorNumber {
        case 0, ENOMEM: return "\(target): \(has)"
        case EINVAL:
            let nodes = CPUSet(placement.nodes)
            return "\(target): NUMA node \(nodes) does not exist, has no memory, or is not ours (\(has))"
        default: return "\(target): \(String(cString: strerror(errorNumber))) (\(has))"
        }
    }

    private var place: String {
        switch bound {
        case nil, .machine: ""
        case .controlGroup(let directory): " within the memory limit of control group \(directory)"
        case .node(let node): " on NUMA node \(node)"
        }
    }

    package var nextStep: String {
        if errorNumber == EINVAL {
            return "Choose among the nodes with memory that suanli info lists, and that limits.cpuset_mems allows."
        }
        return switch bound {
        case nil, .machine: "Choose a smaller size, or free memory on this machine."
        case .controlGroup: "Choose a smaller size, or raise the memory limit of the container or job."
        case .node: "Choose a smaller size or another node, or free memory on this one (numastat -m shows its use)."
        }
    }

    package var exitStatus: ExitStatus { .measurementFailed }
}
