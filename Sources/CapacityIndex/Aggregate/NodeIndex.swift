// NodeIndex.swift: which rows hold a node's lines; a hash table of row numbers, 4 bytes a place.
// Dictionary would keep a second copy of each key, 24 bytes more a contribution than the index may take.

/// Rows by the key of their node. The keys stay with the caller, who passes them along.
///
/// - Source: D. E. Knuth, The Art of Computer Programming, vol. 3, 2nd ed., section 6.4: algorithms L (linear probing)
///   and R (deletion without markers).
struct NodeIndex: Sendable {
    /// Row + 1, or 0 where nothing is; a power of two of them.
    private var cells = ContiguousArray<UInt32>(repeating: 0, count: 16)
    private(set) var count = 0

    var byteCount: Int { cells.capacity * MemoryLayout<UInt32>.stride }

    /// Rows under `key`, in no particular order; at most one per class.
    func rows(of key: NodeKey, keys: ContiguousArray<NodeKey>) -> [Int] {
        var rows: [Int] = []
        var cell = home(of: key)
        while cells[cell] != 0 {
            let row = Int(cells[cell]) - 1
            if keys[row] == key { rows.append(row) }
            cell = next(cell)
        }
        return rows
    }

    /// - Parameter keys: Of all rows, the new one included.
    mutating func insert(_ row: Int, keys: ContiguousArray<NodeKey>) {
        // Above three quarters chains of occupied cells grow long.
        if (count + 1) * 4 > cells.count * 3 { resize(to: cells.count * 2, keys: keys) }
        place(row, key: keys[row])
        count += 1
    }

    /// Makes room for that many rows at once.
    mutating func reserveCapacity(_ rows: Int, keys: ContiguousArray<NodeKey>) {
        var size = cells.count
        while rows * 4 > size * 3 { size *= 2 }
        if size > cells.count { resize(to: size, keys: keys) }
    }

    /// - Parameter keys: Of all rows, the one to remove included.
    mutating func remove(_ row: Int, keys: ContiguousArray<NodeKey>) {
        var hole = cell(of: row, key: keys[row])
        var cell = next(hole)
        // Moves back what was placed behind the hole only because the hole was taken.
        while cells[cell] != 0 {
            let home = home(of: keys[Int(cells[cell]) - 1])
            let distanceFromHome = (cell &- home) & (cells.count - 1)
            let distanceFromHole = (cell &- hole) & (cells.count - 1)
            if distanceFromHome >= distanceFromHole {
                cells[hole] = cells[cell]
                hole = cell
            }
            cell = next(cell)
        }
        cells[hole] = 0
        count -= 1
    }

    /// Gives a row another number.
    mutating func renumber(_ row: Int, as new: Int, keys: ContiguousArray<NodeKey>) {
        cells[cell(of: row, key: keys[row])] = UInt32(new + 1)
    }

    private func home(of key: NodeKey) -> Int { key.hashValue & (cells.count - 1) }

    private func next(_ cell: Int) -> Int { (cell + 1) & (cells.count - 1) }

    private func cell(of row: Int, key: NodeKey) -> Int {
        var cell = home(of: key)
        while cells[cell] != UInt32(row + 1) {
            precondition(cells[cell] != 0, "a row that is not in the index")
            cell = next(cell)
        }
        return cell
    }

    private mutating func place(_ row: Int, key: NodeKey) {
        var cell = home(of: key)
        while cells[cell] != 0 { cell = next(cell) }
        cells[cell] = UInt32(row + 1)
    }

    private mutating func resize(to size: Int, keys: ContiguousArray<NodeKey>) {
        let old = cells
        cells = ContiguousArray(repeating: 0, count: size)
        for cell in old where cell != 0 { place(Int(cell) - 1, key: keys[Int(cell) - 1]) }
    }
}
