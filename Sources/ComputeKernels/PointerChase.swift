// PointerChase.swift: a random cycle through the cache lines of a region, and the chain of loads that follows it.

internal import CKernels
internal import SampleStatistics

/// A cycle through every line of a region, drawn at random, so that no prefetcher knows the next line.
///
/// Each line begins with the address of the next one and, behind it, its own rank in the cycle. Ranks are given by a
/// walk over the finished cycle; the chain of loads never reads them, and its end is known by them.
///
/// `@unchecked Sendable`: constants only. The lines behind the address are the caller's, written by `init` alone.
package struct PointerChase: @unchecked Sendable {
    /// Lines in the cycle.
    package let lineCount: Int
    private let start: UnsafeMutableRawPointer

    package static let lineBytes = Int(SL_CHASE_LINE_BYTES)
    /// Loads are made in multiples of this.
    package static let loadsPerTurn = Int(SL_CHASE_LOADS_PER_TURN)

    /// Draws the cycle; touches every line of the region.
    ///
    /// - Parameters:
    ///   - memory: `lineCount` × `lineBytes` bytes, aligned to a line, that outlive the value.
    ///   - lineCount: ≥ 2.
    /// - Complexity: O(`lineCount`) random accesses, twice.
    /// - Source: S. Sattolo, An algorithm to generate a random cyclic permutation, Inf. Process. Lett. 22 (1986).
    package init(memory: UnsafeMutableRawPointer, lineCount: Int, seed: UInt64) {
        precondition(lineCount >= 2, "a cycle has two lines at least")
        precondition(Int(bitPattern: memory) % Self.lineBytes == 0, "lines are aligned")
        self.lineCount = lineCount
        start = memory
        for index in 0..<lineCount {
            self.line(index)[0] = UInt(bitPattern: self.line(index))
            self.line(index)[1] = .max
        }
        var generator = SeededGenerator(seed: seed)
        // Each swap joins a line that stands alone to the cycle of those above it.
        for last in stride(from: lineCount - 1, to: 0, by: -1) {
            let other = generator.index(below: last)
            let address = line(last)[0]
            line(last)[0] = line(other)[0]
            line(other)[0] = address
        }
        var place = line(0)
        for rank in 0..<lineCount where place[1] == .max {
            place[1] = UInt(rank)
            guard let next = UnsafeMutablePointer<UInt>(bitPattern: place[0]) else { break }
            place = next
        }
    }

    private func line(_ index: Int) -> UnsafeMutablePointer<UInt> {
        (start + index * Self.lineBytes).assumingMemoryBound(to: UInt.self)
    }

    /// Whether the walk came by every line, once, and back to the first.
    ///
    /// - Complexity: O(`lineCount`).
    package var isOneCycle: Bool {
        var ranks = [Bool](repeating: false, count: lineCount)
        for index in 0..<lineCount {
            let rank = line(index)[1]
            guard rank < UInt(lineCount), !ranks[Int(rank)],
                let next = UnsafePointer<UInt>(bitPattern: line(index)[0]),
                next[1] == (rank + 1) % UInt(lineCount)
            else { return false }
            ranks[Int(rank)] = true
        }
        return true
    }

    /// Where a chain stands: a line of this cycle.
    package struct Place: @unchecked Sendable {
        fileprivate var address: UnsafeRawPointer
    }

    /// The line of rank 0.
    package var origin: Place { Place(address: start) }

    /// Number of a line in the region, by address; nil when the place is not a line of it.
    package func position(of place: Place) -> Int? {
        let offset = place.address - UnsafeRawPointer(start)
        guard offset >= 0, offset < lineCount * Self.lineBytes, offset % Self.lineBytes == 0 else { return nil }
        return offset / Self.lineBytes
    }

    /// Rank of a place in the cycle, 0 ..< `lineCount`; nil when it is not a line of the region.
    package func rank(of place: Place) -> Int? { position(of: place).map { Int(line($0)[1]) } }

    /// Follows the chain.
    ///
    /// - Parameters:
    ///   - turns: ≥ 0; each makes `loadsPerTurn` loads, every one from the address that the one before brought.
    /// - Returns: Where it ends; its rank is that of `place` plus the number of loads, modulo `lineCount`.
    @inline(__always)
    package static func follow(turns: Int, from place: Place) -> Place {
        guard let end = sl_pointer_chase(UInt64(truncatingIfNeeded: turns), place.address) else {
            preconditionFailure("a line holds no address")
        }
        return Place(address: end)
    }

    /// Swaps the successors of two lines, which cuts the cycle in two, so that a test can see whether it is noticed.
    package func corrupt(_ first: Int, _ second: Int) {
        let address = line(first)[0]
        line(first)[0] = line(second)[0]
        line(second)[0] = address
    }
}
