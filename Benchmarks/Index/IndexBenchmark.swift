// IndexBenchmark.swift: our side of scripts/benchmark-index: holds contributions in memory and times what it is told.
// Commands come on standard input and answers go to standard output, so that the script can take the sides in turn.
//
//   index-benchmark DIRECTORY ROWS SITES
//
// reads the first ROWS of the columns that the script wrote, with sites taken modulo SITES, and then, line by line:
//   totals THREADS      seconds for the sums by site, region and class, read off as doubles
//   save THREADS FILE   the same as value, sum of squares, systematic, count per site · 3 + class, as raw doubles
//   bytes               bytes allocated per line, table and ledger
//   ledger SAMPLES      seconds of SAMPLES inserts, replacements and withdrawals, each with a read of all totals

import CapacityIndex
import Glibc

@main
struct IndexBenchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let rows = Int(arguments[2]), let sites = Int(arguments[3]), rows > 0, sites > 0
        else { fail("usage: index-benchmark DIRECTORY ROWS SITES") }
        let data = try ContributionData(directory: arguments[1], rows: rows, sites: sites)
        let table = try data.table()
        answer("ready")
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            switch (words.first, words.count) {
            case ("totals", 2):
                answer(try secondsOfTotals(table, threads: number(words[1])).seconds)
            case ("save", 3):
                let found = try secondsOfTotals(table, threads: number(words[1]))
                save(found.groups, found.readings, of: table.places, sites: sites, to: words[2])
                answer("saved")
            case ("bytes", 1):
                answer(Double(table.byteCount) / Double(table.count))
            case ("ledger", 2):
                var trial = try LedgerTrial(data)
                try trial.run(samples: number(words[1]))
            default: fail("unknown command: \(line)")
            }
        }
    }

    /// The whole answer as doubles, as the other sides give it.
    private static func secondsOfTotals(
        _ table: CapacityTable, threads: Int
    ) throws -> (seconds: Double, groups: [CapacityGroup], readings: [CapacityReading]) {
        var groups: [CapacityGroup] = []
        var readings: [CapacityReading] = []
        let seconds = try measure {
            groups = try table.totals(threads: threads).groups()
            readings = groups.map { CapacityReading($0.total) }
        }
        return (seconds, groups, readings)
    }

    private static func save(
        _ groups: [CapacityGroup], _ readings: [CapacityReading], of places: PlaceTree, sites: Int, to file: String
    ) {
        var numbers = [Double](repeating: 0, count: sites * 3 * 4)
        let classes = ComputeClass.allCases
        for (group, reading) in zip(groups, readings) {
            // A site's number ends its name.
            guard let computeClass = group.computeClass.flatMap(classes.firstIndex),
                let site = places.name(of: group.place).split(separator: " ").last.flatMap({ Int($0) })
            else { fail("a group that is not a site and class") }
            let start = (site * 3 + computeClass) * 4
            numbers[start] = reading.value
            numbers[start + 1] = group.total.randomSquaredSum.value
            numbers[start + 2] = reading.systematicUncertainty
            numbers[start + 3] = Double(reading.count)
        }
        guard let stream = fopen(file, "w") else { fail("cannot write \(file)") }
        fwrite(numbers, 8, numbers.count, stream)
        fclose(stream)
    }
}

/// Prints a line at once: who asked waits for it.
func answer(_ line: some CustomStringConvertible) {
    print(line)
    fflush(nil)
}

func measure(_ body: () throws -> Void) rethrows -> Double {
    let duration = try ContinuousClock().measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

func number(_ word: String) -> Int {
    guard let number = Int(word), number > 0 else { fail("\(word) is not a number above 0") }
    return number
}

func fail(_ text: String) -> Never {
    let line = Array("error: \(text)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(1)
}
