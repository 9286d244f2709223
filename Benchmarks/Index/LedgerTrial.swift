// LedgerTrial.swift: how long one change of a full index and a read of all its totals takes.
// Ends with the check that matters at this size: all totals against those of a table of the same lines.

import CapacityIndex
import SampleStatistics

/// A ledger of all contributions, each of a node of its own with a made-up digest for a name.
struct LedgerTrial {
    private let data: ContributionData
    private var ledger: CapacityLedger
    private let places: [Place]
    private var names = SeededGenerator(seed: 1)

    init(_ data: ContributionData) throws {
        self.data = data
        var ledger = CapacityLedger(terms: ContributionData.terms)
        places = try (0..<data.sites).map { try ledger.place(ContributionData.path(ofSite: $0)) }
        self.ledger = ledger
    }

    /// Answers: seconds to build, lines, bytes a line, groups, and for each operation its median, 99th percentile and
    /// largest time; then whether all totals are those of a table.
    mutating func run(samples: Int) throws {
        // Room for the lines to come, too, as a daemon that grows would have.
        ledger.reserveCapacity(data.count + samples)
        let building = try measure {
            for row in 0..<data.count {
                try ledger.insert(data.line(row), of: newName(), at: places[data.site(row)])
            }
        }
        let bytes = Double(ledger.byteCount) / Double(ledger.count)
        answer("build \(building) \(ledger.count) \(bytes) \(ledger.groups.count)")

        var generator = SeededGenerator(seed: 2)
        let added = (0..<samples).map { _ in (name: newName(), row: generator.index(below: data.count)) }
        var check: UInt64 = 0
        Self.report("read", Self.times(added) { _ in check ^= readAll() })
        Self.report(
            "insert",
            try Self.times(added) { node in
                try ledger.insert(data.line(node.row), of: node.name, at: places[data.site(node.row)])
                check ^= readAll()
            })
        Self.report(
            "replace",
            try Self.times(added) { node in
                let line = try CapacityLine(
                    CapacityAmount(value: 1e12, randomUncertainty: 1e10, systematicUncertainty: 5e8),
                    in: data.line(node.row).computeClass, basis: .measured)
                try ledger.replace(with: line, of: node.name, at: places[data.site(node.row)])
                check ^= readAll()
            })
        Self.report(
            "withdraw",
            try Self.times(added) { node in
                try ledger.withdraw(node.name)
                check ^= readAll()
            })
        try compare()
        // Printed, so that no read is dropped as unused.
        answer("done \(check)")
    }

    /// 64 hexadecimal digits, as a SHA-256 has them.
    private mutating func newName() -> String {
        (0..<4).map { _ in
            let digits = String(names.next(), radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func times<Item>(_ items: [Item], _ body: (Item) throws -> Void) rethrows -> [Double] {
        try items.map { item in try measure { try body(item) } }
    }

    private static func report(_ name: String, _ times: [Double]) {
        guard let order = OrderStatistics(times) else { return }
        answer("\(name) \(order.median) \(order.quantile(0.99)) \(order.maximum)")
    }

    /// Every number of every total, in a form that takes no arithmetic: what is timed is the reading.
    @inline(never)
    private func readAll() -> UInt64 {
        var bits: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for reading in ledger.readings {
            bits.0 ^= reading.value.bitPattern
            bits.1 ^= reading.randomUncertainty.bitPattern
            bits.2 ^= reading.systematicUncertainty.bitPattern
            bits.3 ^= UInt64(bitPattern: Int64(reading.count))
        }
        return bits.0 ^ bits.1 ^ bits.2 ^ bits.3
    }

    private func compare() throws {
        let totals = try data.table().totals()
        var equal = 0
        var different = 0
        for byClass in [true, false] {
            for group in try totals.groups(.subtree, byClass: byClass) {
                let path = totals.places.path(of: group.place)
                guard let place = ledger.places.existingPlace(path) else { fail("no place \(path)") }
                if ledger.total(of: place, in: group.computeClass, basis: group.basis) == group.total {
                    equal += 1
                } else {
                    different += 1
                }
            }
        }
        answer("equal \(equal) different \(different)")
    }
}
