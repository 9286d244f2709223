// LineColumns+Sums.swift: the pass over all lines that adds them up by place and kind, on one thread or several.
// Sums are integers of fixed point, so that those of any parts of the rows merge to the same bits.

import Dispatch

#if canImport(Glibc)
    import Glibc
#endif

extension LineColumns {
    /// For each place, a total per kind; see `CapacityTable.totals(threads:)`.
    ///
    /// - Parameter mostRows: Rows that a place has at most.
    func sums(
        placeCount: Int, mostRows: Int, kinds: [LineKind], threads: Int
    ) throws(AggregationError) -> ContiguousArray<CapacityTotal> {
        guard let point = FixedPoint(self, mostRows: mostRows) else {
            return try fullWidthSums(placeCount: placeCount, kinds: kinds)
        }
        let pass = FixedPointPass(self, point: point, kinds: kinds, groupCount: placeCount * kinds.count)
        var sums: ContiguousArray<CapacityTotal> = []
        sums.reserveCapacity(pass.groupCount)
        let groups = pass.run(threads: max(1, min(threads, count)))
        defer { groups.deallocate() }
        for index in 0..<pass.groupCount {
            sums.append(groups[index].count == 0 ? CapacityTotal() : try point.total(groups[index]))
        }
        return sums
    }

    /// The same for any numbers that amounts can have.
    func fullWidthSums(placeCount: Int, kinds: [LineKind]) throws(AggregationError) -> ContiguousArray<CapacityTotal> {
        let columnOfKind = Self.columnOfKind(kinds)
        var sums = ContiguousArray(repeating: CapacityTotal(), count: placeCount * kinds.count)
        for row in 0..<count {
            let code = Int(codes[row])
            try sums[code >> 4 * kinds.count + columnOfKind[code & 15]].add(line(row).amount)
        }
        return sums
    }

    /// Where a kind's total stands among those of its place, at the kind's code; 0 for kinds that do not occur.
    static func columnOfKind(_ kinds: [LineKind]) -> [Int] {
        var columns = [Int](repeating: 0, count: 16)
        for (column, kind) in kinds.enumerated() { columns[Int(kind.code)] = column }
        return columns
    }
}

/// The pass over the rows of columns whose numbers fit a fixed point.
private struct FixedPointPass {
    let columns: LineColumns
    let point: FixedPoint
    let columnOfKind: [Int]
    let kindCount: Int
    let groupCount: Int

    init(_ columns: LineColumns, point: FixedPoint, kinds: [LineKind], groupCount: Int) {
        self.columns = columns
        self.point = point
        columnOfKind = LineColumns.columnOfKind(kinds)
        kindCount = kinds.count
        self.groupCount = groupCount
    }

    /// The sums of all rows; the caller deallocates them.
    func run(threads: Int) -> UnsafeMutablePointer<FixedPointTotal> {
        guard threads > 1 else {
            let groups = allocateGroups()
            add(rows: 0..<columns.count, to: groups)
            return groups
        }
        // Part i alone writes element i, and all are read after the last part has returned.
        nonisolated(unsafe) let parts = UnsafeMutablePointer<UnsafeMutablePointer<FixedPointTotal>>.allocate(
            capacity: threads)
        defer { parts.deallocate() }
        DispatchQueue.concurrentPerform(iterations: threads) { part in
            // Allocated here, so that the pages are first touched by the thread that uses them.
            parts[part] = allocateGroups()
            let rows = columns.count * part / threads..<columns.count * (part + 1) / threads
            add(rows: rows, to: parts[part])
        }
        for part in 1..<threads {
            for index in 0..<groupCount { parts[0][index].merge(parts[part][index]) }
            parts[part].deallocate()
        }
        return parts[0]
    }

    /// 2 MiB.
    private static let hugePage = 1 << 21

    /// In large pages, where there is a use for them: groups are met in random order, and with small pages their
    /// addresses would be looked up as often as their lines are.
    private func allocateGroups() -> UnsafeMutablePointer<FixedPointTotal> {
        var size = max(1, groupCount) * MemoryLayout<FixedPointTotal>.stride
        var alignment = 64
        let isLarge = size > Self.hugePage / 4
        if isLarge {
            size = (size + Self.hugePage - 1) / Self.hugePage * Self.hugePage
            alignment = Self.hugePage
        }
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: alignment)
        #if canImport(Glibc)
            // An advice; where it is not taken the pages are small.
            if isLarge { madvise(memory, size, MADV_HUGEPAGE) }
        #endif
        let groups = memory.bindMemory(to: FixedPointTotal.self, capacity: groupCount)
        groups.initialize(repeating: FixedPointTotal(), count: groupCount)
        return groups
    }

    /// Pointers without bounds checks: `columns` holds all rows, and its places and kinds are below the counts that
    /// `groups` was allocated for.
    private func add(rows: Range<Int>, to groups: UnsafeMutablePointer<FixedPointTotal>) {
        let kindCount = kindCount
        let point = point
        columns.values.withUnsafeBufferPointer { values in
            columns.randoms.withUnsafeBufferPointer { randoms in
                columns.systematics.withUnsafeBufferPointer { systematics in
                    columns.codes.withUnsafeBufferPointer { codes in
                        columnOfKind.withUnsafeBufferPointer { columnOfKind in
                            for row in rows {
                                let code = Int(truncatingIfNeeded: codes[row])
                                let group = groups + ((code &>> 4) &* kindCount &+ columnOfKind[code & 15])
                                group.pointee.add(
                                    value: values[row], random: randoms[row], systematic: systematics[row],
                                    at: point)
                            }
                        }
                    }
                }
            }
        }
    }
}
