// PublishedTable.swift: whether a published row agrees with itself. Rows are accepted or refused, never mended.

/// A row of a published table: a total, its parts and their shares.
public struct PublishedRow: Sendable, Hashable {
    public struct Part: Sendable, Hashable {
        public let name: String
        public let amount: PrintedNumber
        /// In per cent of the total; nil where none is printed.
        public let percentage: PrintedNumber?

        public init(_ name: String, _ amount: PrintedNumber, percentage: PrintedNumber? = nil) {
            self.name = name
            self.amount = amount
            self.percentage = percentage
        }
    }

    public let name: String
    public let total: PrintedNumber
    public let parts: [Part]

    /// - Throws: `PublishedError.partsDoNotAddUp`, `.percentageDisagrees` for the first contradiction that rounding does
    ///   not explain; `.noParts`.
    public init(_ name: String, total: PrintedNumber, parts: [Part]) throws(PublishedError) {
        guard !parts.isEmpty else { throw .noParts(row: name) }
        var sum = RoundingInterval(0, 0)
        for part in parts { sum = sum + part.amount.interval }
        guard sum.overlaps(total.interval) else {
            throw .partsDoNotAddUp(
                row: name, parts: parts.map(\.amount.text), possible: sum, total: total.text)
        }
        for part in parts {
            guard let percentage = part.percentage else { continue }
            guard let share = Self.percentage(of: part.amount, in: total) else {
                throw .noShare(row: name, part: part.name, total: total.text)
            }
            guard share.overlaps(percentage.interval) else {
                throw .percentageDisagrees(
                    row: name, part: part.name, printed: percentage.text, possible: share)
            }
        }
        self.name = name
        self.total = total
        self.parts = parts
    }

    /// What per cent of `total` a part may be, both as printed; nil for a total that may be 0 or a negative part.
    public static func percentage(of part: PrintedNumber, in total: PrintedNumber) -> RoundingInterval? {
        part.interval.divided(by: total.interval)?.scaled(by: 100)
    }
}

/// Why a published figure is not taken over.
public enum PublishedError: Error, Sendable, Hashable, CustomStringConvertible {
    case notANumber(String)
    case notAStep(text: String, step: Double)
    case noParts(row: String)
    case partsDoNotAddUp(row: String, parts: [String], possible: RoundingInterval, total: String)
    case noShare(row: String, part: String, total: String)
    case percentageDisagrees(row: String, part: String, printed: String, possible: RoundingInterval)

    public var description: String {
        switch self {
        case .notANumber(let text): "\"\(text)\" is no decimal number such as 21.9"
        case .notAStep(let text, let step): "\(text) cannot have been rounded to multiples of \(step)"
        case .noParts(let row): "row \(row) has a total and no parts"
        case .partsDoNotAddUp(let row, let parts, let possible, let total):
            "row \(row): \(parts.joined(separator: " + ")) is \(possible.lower) to \(possible.upper) before rounding, "
                + "and the total is printed as \(total)"
        case .noShare(let row, let part, let total): "row \(row): \(part) has no share of a total of \(total)"
        case .percentageDisagrees(let row, let part, let printed, let possible):
            "row \(row): \(part) is \(possible.lower) to \(possible.upper) % of the total before rounding, "
                + "and \(printed) % is printed"
        }
    }
}
