// CPUSet.swift: sets of logical CPU numbers in the kernel's list notation.

/// A set of logical CPU (or NUMA node) numbers, ascending, written `0-3,8`.
public struct CPUSet: Sendable, Hashable, CustomStringConvertible, ExpressibleByArrayLiteral {
    /// Ascending, without duplicates.
    public let numbers: [Int]

    public init(_ numbers: some Sequence<Int>) { self.numbers = Set(numbers).sorted() }

    public init(arrayLiteral elements: Int...) { self.init(elements) }

    /// Reads the kernel's list notation, `0-3,8` or `0-15:2` (every second); nil when malformed. Empty text is the empty set.
    public init?(list text: some StringProtocol) {
        var numbers: [Int] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part = String(part).filter { !$0.isWhitespace }
            if part.isEmpty {
                guard text.allSatisfy({ $0.isWhitespace }) else { return nil }
                continue
            }
            let pieces = part.split(separator: ":", omittingEmptySubsequences: false)
            guard pieces.count <= 2 else { return nil }
            var stride = 1
            if pieces.count == 2 {
                guard let value = Self.number(pieces[1]), value > 0 else { return nil }
                stride = value
            }
            let ends = pieces[0].split(separator: "-", omittingEmptySubsequences: false)
            guard ends.count <= 2, let first = Self.number(ends[0]) else { return nil }
            guard let last = ends.count == 2 ? Self.number(ends[1]) : first, first <= last else { return nil }
            numbers.append(contentsOf: Swift.stride(from: first, through: last, by: stride))
        }
        self.init(numbers)
    }

    /// The largest CPU number that is accepted; far above any kernel's NR_CPUS, it bounds what a typing error can cost.
    public static let largestNumber = 65_535

    private static func number(_ text: some StringProtocol) -> Int? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text), value <= largestNumber else {
            return nil
        }
        return value
    }

    public var isEmpty: Bool { numbers.isEmpty }
    public var count: Int { numbers.count }
    public func contains(_ number: Int) -> Bool { numbers.contains(number) }
    public func intersection(_ other: CPUSet) -> CPUSet { CPUSet(Set(numbers).intersection(other.numbers)) }
    public func subtracting(_ other: CPUSet) -> CPUSet { CPUSet(Set(numbers).subtracting(other.numbers)) }

    public var description: String {
        var parts: [String] = []
        var index = 0
        while index < numbers.count {
            var end = index
            while end + 1 < numbers.count, numbers[end + 1] == numbers[end] + 1 { end += 1 }
            parts.append(index == end ? "\(numbers[index])" : "\(numbers[index])-\(numbers[end])")
            index = end + 1
        }
        return parts.joined(separator: ",")
    }
}
