// Cells.swift: figures as the tables show them.

import Glibc
import StatisticsSimulation
import Synchronization

/// Coverage in %, the half-width of its own 95 % interval, and the excess width.
func coverage(_ tally: CoverageTally) -> String {
    let shown = share(tally.covered)
    return "\(shown), \(number(tally.excessWidth, 2))"
}

/// The same with the mean number of slices or visits.
func coverageAndUse(_ tally: CoverageTally) -> String {
    "\(coverage(tally)), \(number(tally.meanUsed, tally.meanUsed < 20 ? 1 : 0))"
}

/// In %, with half the width of the 95 % interval.
func share(_ tally: Tally) -> String {
    let half = (tally.interval.upperBound - tally.interval.lowerBound) / 2
    return "\(number(tally.share * 100, 1)) ± \(number(half * 100, 1))"
}

func number(_ value: Double, _ digits: Int) -> String {
    var text = "\(Int((abs(value) * pow(10, Double(digits))).rounded()))"
    while text.count <= digits { text = "0" + text }
    let sign = value < 0 ? "−" : ""
    return digits == 0 ? sign + text : "\(sign)\(text.dropLast(digits)).\(text.suffix(digits))"
}

/// Progress, beside the tables on standard output.
func progress(_ text: String) {
    let line = Array((text + "\n").utf8)
    _ = write(STDERR_FILENO, line, line.count)
}

/// A value that several cells show and the first of them computes.
final class Shared<Value: Sendable>: Sendable {
    private let cached = Mutex<Value?>(nil)
    private let compute: @Sendable () -> Value

    init(_ compute: @escaping @Sendable () -> Value) { self.compute = compute }

    var value: Value {
        cached.withLock { cached in
            if let value = cached { return value }
            let value = compute()
            cached = value
            return value
        }
    }
}
