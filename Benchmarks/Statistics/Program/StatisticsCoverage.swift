// StatisticsCoverage.swift: prints the tables of docs/statistics.md as Markdown, one section each.
// Seeded: the same tables every time. Arguments name the sections to make, all without. scripts/statistics-coverage
// runs it and puts them into the document.

@main
struct StatisticsCoverage {
    static func main() async {
        let clock = ContinuousClock()
        let names = CommandLine.arguments.dropFirst()
        for section in sections where names.isEmpty || names.contains(section.name) {
            let start = clock.now
            let cells = await inParallel(section.cells)
            print("## \(section.name)\n")
            print("| \(section.header.joined(separator: " | ")) |")
            print("|\(String(repeating: "---|", count: section.header.count))")
            for (row, label) in section.labels.enumerated() {
                let columns = cells[row * section.columns..<(row + 1) * section.columns]
                print("| \((label + columns).joined(separator: " | ")) |")
            }
            print()
            progress("\(section.name): \(clock.now - start)")
        }
    }

    static let sections = [
        Sections.oneVisit, Sections.visits, Sections.stoppingVisits, Sections.stoppingSlices, Sections.levelAlarms,
        Sections.levelPower, Sections.modeAlarms, Sections.modePower, Sections.regression,
    ]

    /// As many at a time as there are processors; results in the order of the cells.
    private static func inParallel(_ cells: [@Sendable () -> String]) async -> [String] {
        await withTaskGroup(of: (Int, String).self) { group in
            for (index, cell) in cells.enumerated() { group.addTask { (index, cell()) } }
            var results = [String](repeating: "", count: cells.count)
            for await (index, text) in group { results[index] = text }
            return results
        }
    }
}
