// CapacitySummary+Codable.swift: the summary as JSON, and what a summary from elsewhere is held to before it counts.
// Sums are text, since numbers of JSON are doubles to most readers and would round what is exact.

extension CapacityTotal: Codable {
    enum CodingKeys: String, CodingKey {
        case valueSum = "value"
        case randomSquaredSum = "random_squared"
        case systematicSum = "systematic"
        case count = "nodes"
    }

    /// More nodes than anybody has; bounds what sums of counts can reach.
    static let maximumCount = 1 << 40

    /// - Throws: `DecodingError` for sums below 0 and for fewer than one node.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func sum(_ key: CodingKeys) throws -> ExactSum {
            let sum = try container.decode(ExactSum.self, forKey: key)
            guard !sum.isNegative else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: container, debugDescription: "\(sum) is below 0, which a sum of amounts is not")
            }
            return sum
        }
        let count = try container.decode(Int.self, forKey: .count)
        guard (1...Self.maximumCount).contains(count) else {
            throw DecodingError.dataCorruptedError(
                forKey: .count, in: container, debugDescription: "\(count) nodes; 1 to 2^40 are possible")
        }
        self.init(
            valueSum: try sum(.valueSum), randomSquaredSum: try sum(.randomSquaredSum),
            systematicSum: try sum(.systematicSum), count: count)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(valueSum, forKey: .valueSum)
        try container.encode(randomSquaredSum, forKey: .randomSquaredSum)
        try container.encode(systematicSum, forKey: .systematicSum)
        try container.encode(count, forKey: .count)
    }
}

extension CapacitySummary: Codable {
    enum CodingKeys: String, CodingKey {
        case format, precision, policy, perimeter, scopes
        case asOf = "as_of"
        case entries = "totals"
    }

    /// - Throws: `AggregationError` for another format, overlapping scopes, a total outside of them, a place that
    ///   occurs twice, or totals over classes that their parts do not add up to; `DecodingError`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let format = try container.decode(String.self, forKey: .format)
        guard format == Self.format else {
            throw AggregationError.unknownFormat(found: format, known: Self.format)
        }
        let entries = try container.decode([Entry].self, forKey: .entries)
        for entry in entries { try entry.check() }
        try self.init(
            terms: CapacityTerms(
                precision: container.decode(Precision.self, forKey: .precision),
                policy: container.decode(PolicyID.self, forKey: .policy),
                perimeter: container.decode(Perimeter.self, forKey: .perimeter)),
            asOf: container.decode(Timestamp.self, forKey: .asOf),
            scopes: container.decode([[String]].self, forKey: .scopes), entries: entries)
        for (entry, next) in zip(self.entries, self.entries.dropFirst())
        where entry.place == next.place && entry.basis == next.basis {
            throw AggregationError.inconsistent(place: entry.place, entry.basis, what: "the place is there twice")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(Self.format, forKey: .format)
        try container.encode(terms.precision, forKey: .precision)
        try container.encode(terms.policy, forKey: .policy)
        try container.encode(terms.perimeter, forKey: .perimeter)
        try container.encode(asOf, forKey: .asOf)
        try container.encode(scopes, forKey: .scopes)
        try container.encode(entries, forKey: .entries)
    }
}

extension CapacitySummary.Entry: Codable {
    enum CodingKeys: String, CodingKey {
        case place, basis, classes
        case total = "all"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let byName = try container.decode([String: CapacityTotal].self, forKey: .classes)
        var classes: [ComputeClass: CapacityTotal] = [:]
        for (name, total) in byName {
            guard let computeClass = ComputeClass(rawValue: name) else {
                throw DecodingError.dataCorruptedError(
                    forKey: .classes, in: container, debugDescription: "“\(name)” is not a class of compute")
            }
            classes[computeClass] = total
        }
        self.init(
            place: try container.decode([String].self, forKey: .place),
            basis: try container.decode(Basis.self, forKey: .basis),
            total: try container.decode(CapacityTotal.self, forKey: .total), classes: classes)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(place, forKey: .place)
        try container.encode(basis, forKey: .basis)
        try container.encode(total, forKey: .total)
        try container.encode(
            Dictionary(uniqueKeysWithValues: classes.map { ($0.key.rawValue, $0.value) }), forKey: .classes)
    }

    /// Throws unless the total can be that of the classes: values and systematic uncertainties add up to the bit, and
    /// so do random ones where no node is split.
    func check() throws(AggregationError) {
        guard !place.contains("") else { throw .emptyPlaceName(path: place) }
        var sum = CapacityTotal()
        for part in classes.values { try sum.merge(part) }
        let largest = classes.values.map(\.count).max() ?? 0
        guard sum.valueSum == total.valueSum else { throw contradiction("values of the classes add up to another") }
        guard sum.systematicSum == total.systematicSum else {
            throw contradiction("systematic uncertainties of the classes add up to another")
        }
        guard (largest...sum.count).contains(total.count) else {
            throw contradiction("\(total.count) nodes in all, \(sum.count) in the classes, \(largest) in one of them")
        }
        guard total.count < sum.count || sum.randomSquaredSum == total.randomSquaredSum else {
            throw contradiction("no node is split, and random uncertainties of the classes add up to another")
        }
    }

    private func contradiction(_ what: String) -> AggregationError {
        .inconsistent(place: place, basis, what: what)
    }
}
