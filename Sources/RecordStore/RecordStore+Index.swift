// RecordStore+Index.swift: from the store's history to the index: the newest valid run of each node counts.

package import CapacityConversion
package import CapacityIndex
import GRDB

/// What counts at a date, and what was refused in favour of it or without a substitute.
package struct StoredContributions: Sendable, Hashable {
    /// One per node at most.
    package var contributions: [Contribution] = []
    /// Runs newer than the one that counts, or all recent runs of a node of which none counts.
    package var refused: [Refusal] = []
}

extension RecordStore {
    /// Each node's newest run that the gates let pass.
    ///
    /// Runs that ended after `asOf` are not part of the picture; when they arrived in the store does not matter, so
    /// that a late submission still enters the history it belongs to. In an index of the present, runs that claim to
    /// be from the future are listed as refused. Of a node's outdated runs only the newest is listed.
    package func currentContributions(
        converter: CapacityConverter, asOf: Timestamp, now: Timestamp
    ) throws(StoreError) -> StoredContributions {
        let tolerance = converter.thresholds.clockToleranceSeconds
        let isPresent = asOf.secondsSince1970 + tolerance >= now.secondsSince1970
        let limit = isPresent ? Double.infinity : asOf.secondsSince1970
        return try read { database in
            var result = StoredContributions()
            for history in try histories(database, endedBy: limit) {
                var listed = 0
                for window in history.windows {
                    let measurement = try measurement(database, runID: window.runID, mix: converter.mix)
                    // The digest was verified when the record came in, and the file has been SQLite's since.
                    let conversion = converter.convert(
                        measurement, provenance: .verified, asOf: asOf, now: now, others: history.windows)
                    switch conversion {
                    case .accepted(let contribution): result.contributions.append(contribution)
                    case .refused(let refusal, _):
                        let isExpired = refusal.rejections.contains { $0.reason == .expired }
                        if !isExpired || listed == 0 { result.refused.append(refusal) }
                        listed += 1
                        // Older ones are older still.
                        if !isExpired { continue }
                    }
                    break
                }
            }
            return result
        }
    }

    /// The index at a date, with its growth since an earlier one.
    ///
    /// - Parameter earlier: nil for the same date a year earlier.
    package func snapshot(
        converter: CapacityConverter, asOf: Timestamp, now: Timestamp, since earlier: Timestamp? = nil
    ) throws -> IndexSnapshot {
        func index(asOf: Timestamp) throws -> IndexSnapshot {
            let stored = try currentContributions(converter: converter, asOf: asOf, now: now)
            return try IndexSnapshot(
                contributions: stored.contributions, refused: stored.refused, asOf: asOf, policy: converter.policy,
                perimeter: converter.perimeter, mix: converter.mix.id, thresholds: converter.thresholds)
        }
        return try index(asOf: asOf).comparing(with: index(asOf: earlier ?? asOf.oneYearEarlier))
    }
}
