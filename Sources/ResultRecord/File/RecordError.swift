// RecordError.swift: why a file is not accepted as a record.

public enum RecordError: UserFacingError, Hashable {
    case cannotRead(String, reason: String, permission: Bool)
    case notJSON(String, detail: String)
    case notARecord(String, detail: String)
    case newerSchema(String, found: Int)
    case notSealed(String)
    case digestMismatch(String, stated: String, actual: String)
    case impossibleValue(String, ImpossibleValue)

    public var what: String {
        switch self {
        case .cannotRead(let file, let reason, _): "cannot read \(file): \(reason)"
        case .notJSON(let file, let detail): "\(file) is not complete JSON: \(detail)"
        case .notARecord(let file, let detail): "\(file) is not a result record: \(detail)"
        case .newerSchema(let file, let found):
            "\(file) has record schema \(found); this suanli reads up to \(ResultRecord.schemaVersion)"
        case .notSealed(let file): "\(file) has no digest, so nobody can tell whether it was changed"
        case .digestMismatch(let file, let stated, let actual):
            "\(file) was changed after it was written: its digest says \(stated.prefix(12))…, its content gives "
                + "\(actual.prefix(12))…"
        case .impossibleValue(let file, let value): "\(file): \(value.path) is \(value.value), but \(value.rule)"
        }
    }

    public var nextStep: String {
        switch self {
        case .cannotRead: "Check the path and its permissions."
        case .notJSON: "Copy the file again from the node, or measure again with suanli run; nothing was submitted."
        case .notARecord: "Pass a file that suanli run wrote; schemas/result-record.schema.json describes it."
        case .newerSchema: "Update suanli here, or measure with the older version; nothing was submitted."
        case .notSealed, .digestMismatch:
            "Submit the file as suanli run wrote it; measure again if the original is gone. Nothing was submitted."
        case .impossibleValue: "The measurement cannot be right: measure again. Nothing was submitted."
        }
    }

    public var exitStatus: ExitStatus {
        if case .cannotRead(_, _, permission: true) = self { return .permission }
        return .submitFailed
    }
}

/// A number in a record that no correct measurement can give.
public struct ImpossibleValue: Sendable, Hashable {
    /// `results[3].rate`
    public let path: String
    public let value: String
    /// What should hold: `a rate must be > 0`.
    public let rule: String
}
