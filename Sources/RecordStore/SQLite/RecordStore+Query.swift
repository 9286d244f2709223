// RecordStore+Query.swift: what the store holds, by run and by node.

package import CapacityConversion
package import CapacityIndex
import Foundation
import GRDB
import ResultRecord

/// A node's newest measurement at some time.
package struct NewestMeasurement: Sendable, Hashable {
    package let measurement: NodeMeasurement
    /// The node's runs up to that time, this one included.
    package let runCount: Int
}

/// Run ids of one node, newest first.
struct NodeHistory {
    /// Nil for runs whose machine had no identity; each of those is a history of its own.
    var nodeID: String?
    var windows: [RunWindow]
}

extension RecordStore {
    /// How many records the store holds.
    package func recordCount() throws(StoreError) -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM record") ?? 0 }
    }

    /// The canonical JSON of one run; nil when the store does not have it.
    package func record(runID: String) throws(StoreError) -> String? {
        try read {
            try String.fetchOne($0, sql: "SELECT canonical_json FROM record WHERE run_id = ?", arguments: [runID])
        }
    }

    /// Each node's newest measurement that ended at or before `asOf`, valid or not, by node id; runs without a node
    /// are left out.
    package func measurements(asOf: Timestamp, mix: KernelMix = .gemmNode1) throws(StoreError) -> [NewestMeasurement] {
        try read { database in
            try histories(database, endedBy: asOf.secondsSince1970).compactMap { history in
                guard history.nodeID != nil, let newest = history.windows.first else { return nil }
                return NewestMeasurement(
                    measurement: try measurement(database, runID: newest.runID, mix: mix),
                    runCount: history.windows.count)
            }
        }
    }

    /// Runs by node, newest first; nodes in ascending order of id.
    func histories(_ database: Database, endedBy limit: Double) throws -> [NodeHistory] {
        let rows = try Row.fetchCursor(
            database,
            sql: """
                SELECT node_id, run_id, started_at, ended_at FROM record WHERE ended_at <= ?
                ORDER BY node_id, ended_at DESC, run_id DESC
                """,
            arguments: [limit])
        var histories: [NodeHistory] = []
        while let row = try rows.next() {
            let nodeID: String? = row["node_id"]
            let window = RunWindow(runID: row["run_id"], start: row["started_at"], end: row["ended_at"])
            if let nodeID, histories.last?.nodeID == nodeID {
                histories[histories.count - 1].windows.append(window)
            } else {
                histories.append(NodeHistory(nodeID: nodeID, windows: [window]))
            }
        }
        return histories
    }

    /// A run's measurement: as stored, or read from the record again when it was made with another mix or by a version
    /// that understood records differently.
    func measurement(_ database: Database, runID: String, mix: KernelMix) throws -> NodeMeasurement {
        let row = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT version, mix, evidence FROM measurement WHERE run_id = ?"),
            arguments: [runID])
        do {
            if let row, row["version"] == NodeMeasurement.version, row["mix"] == mix.id.description {
                return try Evidence.measurement(row["evidence"])
            }
            let text = try String.fetchOne(
                database, sql: "SELECT canonical_json FROM record WHERE run_id = ?", arguments: [runID])
            return try NodeMeasurement(JSONDecoder().decode(ResultRecord.self, from: Data((text ?? "").utf8)), mix: mix)
        } catch let error as DatabaseError {
            throw error
        } catch {
            throw StoreError(.unreadableRow(runID: runID, detail: "\(error)"), path: path, purpose: purpose)
        }
    }
}
