// RecordStore+Submit.swift: takes records, each once.

package import CapacityConversion
package import CapacityIndex
import Foundation
import GRDB

extension RecordStore {
    /// Keeps a record whose digest the caller has verified.
    ///
    /// Submitting the same record again changes nothing, so that a submission that may have been lost can be repeated.
    ///
    /// - Parameters:
    ///   - canonicalJSON: The whole sealed record.
    ///   - measurement: What that record says; its digest and run id identify it.
    /// - Throws: `StoreError`, `.runIDTaken` when the store has another record of that run.
    package func submit(
        canonicalJSON: String, measurement: NodeMeasurement, receivedAt: Timestamp
    ) throws(StoreError) -> SubmissionReceipt {
        let runID = measurement.origin.runID
        guard let digest = measurement.digest else {
            throw StoreError(.notSealed(runID: runID), path: path, purpose: purpose)
        }
        return try write { database in
            if let stored = try String.fetchOne(
                database, sql: "SELECT digest FROM record WHERE run_id = ?", arguments: [runID])
            {
                guard stored == digest else {
                    throw StoreError(
                        .runIDTaken(runID: runID, stored: stored, offered: digest), path: path, purpose: purpose)
                }
                return SubmissionReceipt(outcome: .alreadyPresent, replacedRunID: nil)
            }
            let origin = measurement.origin
            let replaced = try Self.newest(database, of: origin.nodeID, before: measurement)
            let received = receivedAt.secondsSince1970
            if let nodeID = origin.nodeID {
                try database.execute(
                    sql: "INSERT INTO node (id, first_received_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
                    arguments: [nodeID, received])
            }
            try database.execute(
                sql: """
                    INSERT INTO record (run_id, digest, node_id, started_at, ended_at, received_at, site, region, model,
                        canonical_json)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    runID, digest, origin.nodeID, measurement.startedAt.secondsSince1970,
                    measurement.endedAt.secondsSince1970, received, origin.site, origin.region, origin.model,
                    canonicalJSON,
                ])
            try database.execute(
                sql: "INSERT INTO measurement (run_id, version, mix, evidence) VALUES (?, ?, ?, ?)",
                arguments: [
                    runID, NodeMeasurement.version, measurement.mix.description, try Evidence.text(of: measurement),
                ])
            return SubmissionReceipt(outcome: .accepted, replacedRunID: replaced)
        }
    }

    /// The node's newest run, when the new one is newer still; runs that end together are ordered by id.
    private static func newest(
        _ database: Database, of nodeID: String?, before measurement: NodeMeasurement
    ) throws -> String? {
        guard let nodeID else { return nil }
        let row = try Row.fetchOne(
            database,
            sql: "SELECT run_id, ended_at FROM record WHERE node_id = ? ORDER BY ended_at DESC, run_id DESC LIMIT 1",
            arguments: [nodeID])
        guard let row else { return nil }
        let stored: (Double, String) = (row["ended_at"], row["run_id"])
        return stored < (measurement.endedAt.secondsSince1970, measurement.origin.runID) ? stored.1 : nil
    }
}

/// A measurement as text in its row.
enum Evidence {
    static func text(of measurement: NodeMeasurement) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // A hostile record's figures may overflow; they are kept for its refusal to show.
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return String(decoding: try encoder.encode(measurement), as: UTF8.self)
    }

    static func measurement(_ text: String) throws -> NodeMeasurement {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        return try decoder.decode(NodeMeasurement.self, from: Data(text.utf8))
    }
}
