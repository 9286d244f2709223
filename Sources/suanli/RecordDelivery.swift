// RecordDelivery.swift: a record on its way to its file and to the store. Whatever fails, the record is kept somewhere,
// and the user is told where.

import FoundationEssentials
import Glibc
import RecordStore
import ResultRecord

/// Where a run's record goes. Made before the measurement, so that a hopeless path costs no time.
struct RecordDelivery {
    let path: String
    let store: String?
    /// Whether the plan holds what the index counts; a partial run would only be refused there.
    let coversMix: Bool

    struct Outcome {
        var record: SealedRecord
        var text: String
        /// Set when file or store did not take it.
        var failure: ExitStatus?
    }

    init(
        output: String?, machineClass: String, runID: String, nodeName: String?, startedAt: String, store: String?,
        coversMix: Bool
    ) throws {
        let stamp = startedAt.filter { $0.isNumber || $0 == "T" || $0 == "Z" }
        let node = (nodeName ?? "node").map { $0.isLetter || $0.isNumber || $0 == "-" ? $0 : "-" }
        path = output ?? "results/\(machineClass)/\(stamp)-\(String(node))-\(runID.prefix(8)).json"
        self.store = store
        self.coversMix = coversMix
        try RecordFile.checkWritable(path)
        if let store, coversMix {
            // A store that cannot be used is said now; the measurement still goes on and its record is kept.
            do { _ = try RecordStore(path: store, purpose: .submit) } catch {
                Console.warning("the store will not take this run: \(error)")
            }
        }
    }

    func deliver(_ sealed: SealedRecord) -> Outcome {
        var outcome = Outcome(record: sealed, text: "")
        let kept = write(sealed, outcome: &outcome)
        guard let store else { return outcome }
        guard coversMix else {
            outcome.text +=
                "Not submitted: the options leave out cores or products that the index counts (docs/capacity.md).\n"
            return outcome
        }
        if !sealed.record.completed {
            outcome.text += "Not submitted: the run was stopped. Run it again to the end.\n"
            return outcome
        }
        do {
            let receipt = try RecordSubmission(storePath: store).submit(sealed)
            outcome.text += "Index: \(receipt.text)\n"
            if let submission = receipt.submission {
                outcome.record = try sealed.delivered(submission)
                if let kept { try RecordFile.write(outcome.record.canonicalJSON, to: kept) }
            }
        } catch {
            Self.report(error)
            if let kept { Console.message("       The record is kept: \(kept). Later: suanli submit \(kept)") }
            outcome.failure = .submitFailed
        }
        return outcome
    }

    /// - Returns: The path that took it.
    private func write(_ sealed: SealedRecord, outcome: inout Outcome) -> String? {
        do {
            try RecordFile.write(sealed.canonicalJSON, to: path)
            outcome.text += "Record: \(path)\n"
            return path
        } catch {
            Self.report(error)
            outcome.failure = .submitFailed
        }
        let name = path.split(separator: "/").last.map(String.init) ?? "record.json"
        let environment = ProcessInfo.processInfo.environment
        let folders = [
            environment["XDG_STATE_HOME"], environment["HOME"].map { $0 + "/.local/state" }, environment["TMPDIR"],
            "/tmp", "/dev/shm",
        ]
        for folder in folders.compactMap({ $0 }) {
            let refuge = "\(folder)/suanli/\(name)"
            if (try? RecordFile.write(sealed.canonicalJSON, to: refuge)) != nil {
                Console.message("       The record is kept: \(refuge)")
                outcome.text += "Record: \(refuge)\n"
                return refuge
            }
        }
        Console.message("       No other place took it either; it follows on stderr.\n\(sealed.canonicalJSON)")
        return nil
    }

    private static func report(_ error: any Error) {
        if let error = error as? any UserFacingError {
            Console.error(error)
        } else {
            Console.message("error: \(error)")
        }
    }
}
