// UnknownFields.swift: values that were looked for, and the reason for each that was not found.

/// A value, or why this machine cannot tell.
package enum Finding<Value: Sendable>: Sendable {
    case found(Value)
    /// The reason, as a clause without a final period.
    case missing(String)

    package var value: Value? {
        if case .found(let value) = self { return value }
        return nil
    }

    init(_ value: Value?, otherwise reason: @autoclosure () -> String) {
        self = value.map { .found($0) } ?? .missing(reason())
    }

    func map<Other>(_ transform: (Value) -> Other) -> Finding<Other> {
        switch self {
        case .found(let value): .found(transform(value))
        case .missing(let reason): .missing(reason)
        }
    }

    func flatMap<Other>(_ transform: (Value) -> Finding<Other>) -> Finding<Other> {
        switch self {
        case .found(let value): transform(value)
        case .missing(let reason): .missing(reason)
        }
    }
}

/// Reasons by the path of the field they explain, as in JSON: `power.governor`. Elements of a list share one path.
struct UnknownFields {
    private(set) var reasons: [String: String] = [:]

    /// Passes a found value on; keeps the reason of a missing one.
    mutating func take<Value>(_ path: String, _ finding: Finding<Value>) -> Value? {
        if case .missing(let reason) = finding { reasons[path] = reason }
        return finding.value
    }

    /// Passes a value on; keeps the reason when there is none.
    mutating func take<Value: Sendable>(
        _ path: String, _ value: Value?, otherwise reason: @autoclosure () -> String
    ) -> Value? {
        if value == nil { reasons[path] = reason() }
        return value
    }

    /// The contents of a file of one word or line; a missing one is explained by its path and `hint`.
    mutating func word(_ path: String, in files: FileTree, at file: String, hint: String = "") -> String? {
        take(path, files.word(at: file), otherwise: files.whyUnread(file) + (hint.isEmpty ? "" : ": " + hint))
    }

    mutating func note(_ path: String, _ reason: String) { reasons[path] = reason }
}
