// SubmitCommand.swift: `suanli submit`: records from files into the store; and the step that `run` shares with it.

import ArgumentParser
import CapacityConversion
import CapacityIndex
import FoundationEssentials
import RecordStore
import ResultRecord

struct SubmitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit",
        abstract: "Add records to the index.",
        discussion: """
            A record counts once, however often it is submitted. Files that are refused are named, the others are
            submitted all the same, and the exit code is 8.
            """)

    @Argument(help: ArgumentHelp("Records that suanli run wrote.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("The index store (default: $XDG_DATA_HOME/suanli/index.sqlite).", valueName: "path"))
    var store: String?

    func run() throws {
        let submission = try RecordSubmission(storePath: StoreOption.path(store))
        var failure: ExitStatus?
        for file in files {
            do {
                let receipt = try submission.submit(RecordFile.read(file))
                Console.data("\(file): \(receipt.text)\n")
            } catch let error as any UserFacingError {
                Console.error(error)
                // Permission alone keeps its own code; anything else means that a record did not arrive.
                let status = error.exitStatus == .permission ? ExitStatus.permission : .submitFailed
                failure = failure == nil || failure == status ? status : .submitFailed
            }
        }
        if let failure { throw ExitCode(failure.rawValue) }
    }
}

/// A record into a store.
struct RecordSubmission {
    let storePath: String
    private let store: RecordStore

    struct Receipt {
        /// One line for people.
        var text: String
        /// nil when the run is not one for the index.
        var submission: SubmissionRecord?
    }

    init(storePath: String) throws {
        self.storePath = storePath
        store = try RecordStore(path: storePath, purpose: .submit)
    }

    func submit(_ sealed: SealedRecord) throws -> Receipt {
        let measurement = try NodeMeasurement(sealed.record)
        guard sealed.record.completed else { throw IncompleteRun(runID: sealed.record.runID) }
        let now = try Timestamp.now
        let receipt = try store.submit(
            canonicalJSON: sealed.canonicalJSON, measurement: measurement, receivedAt: now)
        let conversion = CapacityConverter().convert(measurement, provenance: .verified, asOf: now, now: now)
        let text: String
        switch (receipt.outcome, conversion) {
        case (.alreadyPresent, _): text = "already in \(storePath); it counts once"
        case (.accepted, .refused(let refusal, _)):
            let reasons = refusal.rejections.map(\.description).joined(separator: "; ")
            text = "submitted to \(storePath); it is kept but does not count: \(reasons)"
        case (.accepted, .accepted):
            text =
                receipt.replacedRunID.map { "submitted to \(storePath), newer than run \($0.prefix(8)) of this node" }
                ?? "submitted to \(storePath)"
        }
        return Receipt(
            text: text,
            submission: SubmissionRecord(
                endpoint: storePath, idempotencyKey: sealed.record.runID, attempts: 1,
                acceptedAt: now.wholeSecond.description))
    }
}

/// The record of a run that a signal stopped.
struct IncompleteRun: UserFacingError {
    let runID: String
    var what: String { "run \(runID) was stopped before its end, so it does not count" }
    var nextStep: String { "Measure the node again; its record stays where it is." }
    var exitStatus: ExitStatus { .submitFailed }
}

/// --store, or the user's own store.
enum StoreOption {
    static func path(_ option: String?) throws -> String {
        try option ?? RecordStore.defaultPath(environment: ProcessInfo.processInfo.environment)
    }
}

extension Timestamp {
    /// The system's clock.
    static var now: Timestamp {
        get throws {
            guard let now = Timestamp(secondsSince1970: Date().timeIntervalSince1970) else {
                throw ClockError(seconds: Date().timeIntervalSince1970)
            }
            return now
        }
    }

    /// The beginning of its second.
    var wholeSecond: Timestamp { Timestamp(secondsSince1970: secondsSince1970.rounded(.down)) ?? self }
}

/// The system's clock shows a date outside the calendar.
struct ClockError: UserFacingError {
    let seconds: Double
    var what: String { "the system's clock shows \(seconds) seconds since 1970, which is no date" }
    var nextStep: String { "Set the clock." }
    var exitStatus: ExitStatus { .internalError }
}
