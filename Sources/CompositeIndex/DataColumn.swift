// DataColumn.swift: numbers of which some are missing, eight bytes each.
// A missing cell is a NaN inside and nil outside; no other NaN can get in, so nothing is mistaken for missing.

/// One value per row, or nil.
public struct DataColumn: Sendable, Hashable {
    /// NaN where missing, finite everywhere else.
    private(set) var raw: [Double]

    /// All missing.
    public init(missing count: Int) { raw = Array(repeating: .nan, count: count) }

    /// - Returns: nil when a value is not finite.
    public init?(_ values: [Double?]) {
        guard values.allSatisfy({ $0?.isFinite ?? true }) else { return nil }
        raw = values.map { $0 ?? .nan }
    }

    /// What computing left: anything that is not finite counts as missing.
    init(computed values: [Double]) { raw = values.map { $0.isFinite ? $0 : .nan } }

    public var count: Int { raw.count }

    public subscript(row: Int) -> Double? {
        get { raw[row].isNaN ? nil : raw[row] }
        set { raw[row] = newValue.map { $0.isFinite ? $0 : .nan } ?? .nan }
    }

    /// Without those that are missing.
    public var present: [Double] { raw.filter { !$0.isNaN } }
    public var presentCount: Int { raw.reduce(0) { $0 + ($1.isNaN ? 0 : 1) } }
    public var values: [Double?] { raw.map { $0.isNaN ? nil : $0 } }

    /// The rows named, in their order.
    func rows(_ rows: [Int]) -> DataColumn {
        var part = self
        part.raw = rows.map { raw[$0] }
        return part
    }

    /// `transform` of what is present.
    func map(_ transform: (Double) -> Double) -> DataColumn {
        DataColumn(computed: raw.map { $0.isNaN ? .nan : transform($0) })
    }

    /// Smallest and largest of what is present; nil when nothing is.
    var range: (minimum: Double, maximum: Double)? {
        var minimum = Double.infinity
        var maximum = -Double.infinity
        // Comparisons with NaN are false, so missing cells fall through.
        for value in raw {
            if value < minimum { minimum = value }
            if value > maximum { maximum = value }
        }
        return minimum <= maximum ? (minimum, maximum) : nil
    }

    public static func == (a: DataColumn, b: DataColumn) -> Bool {
        a.raw.count == b.raw.count && zip(a.raw, b.raw).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
    }

    public func hash(into hasher: inout Hasher) {
        for value in raw { hasher.combine(value.isNaN ? .nan : value) }
    }
}
