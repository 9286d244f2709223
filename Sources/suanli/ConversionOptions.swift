// ConversionOptions.swift: what `suanli index` and `suanli capacity` convert by: policy and date.

import ArgumentParser
import CapacityConversion
import CapacityIndex
import ResultRecord

struct ConversionOptions: ParsableArguments {
    @Option(help: PolicyArgument.help)
    var policy = PolicyArgument.standard

    @Option(
        help: ArgumentHelp(
            "Age, freshness and what was measured as of that date (default: now): 2026-06-30, 2026-06-30T12:00:00Z.",
            valueName: "date"))
    var asOf: DateArgument?

    var converter: CapacityConverter { CapacityConverter(policy: policy.policy) }

    /// The date asked for and the present, to the second, as records are.
    ///
    /// - Throws: `IndexDateError.future`.
    func dates() throws -> (asOf: Timestamp, now: Timestamp) {
        let now = try Timestamp.now.wholeSecond
        let date = asOf?.timestamp ?? now
        guard date <= now else { throw IndexDateError.future(date) }
        return (date, now)
    }
}

/// A date that no index can be of.
enum IndexDateError: UserFacingError {
    case future(Timestamp)
    case notEarlier(date: Timestamp, asOf: Timestamp)

    var what: String {
        switch self {
        case .future(let date): "--as-of \(date) lies in the future"
        case .notEarlier(let date, let asOf): "--compare \(date) is not before the index's date, \(asOf)"
        }
    }
    var nextStep: String { "Pass a date such as 2026-06-30 that has passed, and an earlier one to --compare." }
    var exitStatus: ExitStatus { .usage }
}
