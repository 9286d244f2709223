// KnownDigests.swift: the right results for known data, from the references; the first round of every screening.
// Written by scripts/test-screen-digests, which computes them by independent code as well.

package import ComputeKernels

package enum KnownDigests {
    /// The digest of a data set's right result in round 0; nil for what depends on the processor or a library.
    package static func digest(of dataSet: String) -> ScreenDigest? {
        table[dataSet].map { ScreenDigest(high: $0.0, low: $0.1) }
    }

    /// Of the data sets that have one.
    package static var dataSets: [String] { table.keys.sorted() }

    private static let table: [String: (UInt64, UInt64)] = [:]
}
