// SuanliError.swift: what every error of ours carries to the command line, and the exit codes.

/// How the command ends. One meaning per number, in every output format; never a count.
public enum ExitStatus: Int32, Sendable, Hashable, CaseIterable {
    case pass = 0
    /// A bug, or a store that cannot be read.
    case internalError = 1
    case regressionOrDefect = 2
    case measurementFailed = 3
    case improvementOnly = 4
    case baselineNotComparable = 5
    case permission = 6
    case inconclusive = 7
    /// The store or the output file did not take the record; it is kept, and the message says where.
    case submitFailed = 8
    case usage = 64
    case timeout = 124
}

/// An error that a user can act on.
///
/// Conforming types are values that hold the facts; the text is derived from them.
public protocol UserFacingError: Error, Sendable, CustomStringConvertible {
    /// What happened, with what, and why; one sentence without "error:" and without a final period.
    var what: String { get }
    /// What to do next; one or two sentences.
    var nextStep: String { get }
    var exitStatus: ExitStatus { get }
}

extension UserFacingError {
    public var description: String { what + ".\n" + nextStep }
}
