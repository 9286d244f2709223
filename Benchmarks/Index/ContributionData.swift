// ContributionData.swift: the columns of the made-up data set, as scripts/benchmark-index writes them.

import CapacityIndex
import Glibc

/// Contributions in columns; site and class are numbers.
struct ContributionData {
    static let regions = 300

    let sites: Int
    let values: [Double]
    let randoms: [Double]
    let systematics: [Double]
    let siteOfRow: [Int32]
    let classOfRow: [UInt8]

    init(directory: String, rows: Int, sites: Int) throws {
        self.sites = sites
        values = Self.column("\(directory)/value.f64", rows, of: 0.0)
        randoms = Self.column("\(directory)/random.f64", rows, of: 0.0)
        systematics = Self.column("\(directory)/systematic.f64", rows, of: 0.0)
        siteOfRow = Self.column("\(directory)/site.i32", rows, of: Int32(0))
        classOfRow = Self.column("\(directory)/class.u8", rows, of: UInt8(0))
    }

    var count: Int { values.count }

    static var terms: CapacityTerms {
        CapacityTerms(precision: .fp32, policy: ConversionPolicy.fp32Native.id, perimeter: .local)
    }

    func site(_ row: Int) -> Int { Int(siteOfRow[row]) % sites }

    /// A site's region follows from its number, as the script has it, too.
    static func path(ofSite site: Int) -> [String] { ["region \(site % regions)", "site \(site)"] }

    func line(_ row: Int) throws -> CapacityLine {
        CapacityLine(
            try CapacityAmount(
                value: values[row], randomUncertainty: randoms[row], systematicUncertainty: systematics[row]),
            in: ComputeClass.allCases[Int(classOfRow[row])], basis: .measured)
    }

    func table() throws -> CapacityTable {
        var table = CapacityTable(terms: Self.terms)
        table.reserveCapacity(count)
        let places = try (0..<sites).map { try table.place(Self.path(ofSite: $0)) }
        for row in 0..<count { try table.append(line(row), at: places[site(row)]) }
        return table
    }

    private static func column<Element>(_ file: String, _ rows: Int, of zero: Element) -> [Element] {
        guard let stream = fopen(file, "r") else { fail("cannot read \(file)") }
        defer { fclose(stream) }
        return [Element](unsafeUninitializedCapacity: rows) { buffer, count in
            count = fread(buffer.baseAddress, MemoryLayout<Element>.stride, rows, stream)
            guard count == rows else { fail("\(file) has \(count) rows, not \(rows)") }
        }
    }
}
