// Finding+Text.swift: findings in words, with their numbers; the one place that words them.

import Quantities

extension Finding: CustomStringConvertible {
    /// One clause, for example `CV 18.3 % of gemm/f32/openblas/node n=1024 is above 15.0 %`.
    public var description: String {
        let of = subject.map { " of " + $0 } ?? ""
        let about = subject ?? "the run"
        switch reason {
        case .interrupted: return "the run was interrupted before it was complete"
        case .incompleteMix: return "the kernel mix is incomplete: \(about)"
        case .workMismatch:
            return "\(about) counts \(number(found)) operations where the mix has \(number(limit))"
        case .otherMix: return "the rates were computed with another kernel mix, \(about)"
        case .precisionNotMeasured: return "no rate in \(about), which is what the policy counts"
        case .policyPrecision: return "counted in \(about), as the policy does not weigh the precision of the class"
        case .partialNode:
            let ran = count(found) + (found == 1 ? " thread" : " threads")
            return "\(about) ran \(ran) where \(count(limit)) physical cores could be used: its rate is not the node's"
        case .notChecked: return "\(about) has no numeric check"
        case .checkFailed: return "a numeric check\(of) failed"
        case .abovePeak: return "\(about) reaches \(percent(found)) of the stated peak, above \(percent(limit))"
        case .farBelowPeak: return "\(about) reaches \(percent(found)) of the stated peak, below \(percent(limit))"
        case .peakUnknown: return "the peak\(of) is not known, so nothing bounds the rate from above"
        case .impossibleRate: return "\(about) holds a rate that cannot be: \(number(found))"
        case .tooFewSamples: return "\(about) has \(count(found)) samples, fewer than \(count(limit))"
        case .unstableCV, .raisedCV: return "CV \(percent(found))\(of) is above \(percent(limit))"
        case .slowsDown:
            return "the last third\(of) runs at \(percent(found)) of the first third's rate, below \(percent(limit))"
        case .untrustedRun: return "the measurement\(of) was marked untrusted when it was made"
        case .tooShort: return "\(about) was timed for \(seconds(found)) in all, less than \(seconds(limit))"
        case .clockTooCoarse:
            return "one step of the clock is \(percent(found)) of the shortest sample\(of), above \(percent(limit))"
        case .noIdentity: return "the node has no machine id, so it could count twice"
        case .generatedIdentity: return "the machine id was generated, so a reinstalled node counts as a new one"
        case .superseded: return "a newer valid measurement of the node counts in its place"
        case .classFractionsExceedOne: return "the class fractions of the node add up to \(number(found)), above 1"
        case .moreThreadsThanCores:
            return "\(about) ran \(count(found)) threads on \(count(limit)) physical cores"
        case .coresUnknown: return "the number of physical cores is not known"
        case .stale: return "measured \(days(found)) ago, more than \(days(limit))"
        case .expired: return "measured \(days(found)) ago, more than \(days(limit)): it no longer counts as measured"
        case .unsealed: return "the record has no verified digest"
        case .binaryUnknown: return "the record does not say which executable measured"
        case .futureMeasurement:
            return "the run ends \(seconds(found)) in the future; clocks may differ by \(seconds(limit))"
        case .endsBeforeStart: return "the run ends \(seconds(found)) before it starts"
        case .overlappingRun: return "the run overlaps with \(about) on the same node, and each slows the other"
        }
    }

    private func number(_ value: Double?) -> String { value.map { SIFormat.significant($0, digits: 6) } ?? "?" }
    private func count(_ value: Double?) -> String { value.map { SIFormat.fixed($0, decimals: 0) } ?? "?" }
    private func percent(_ fraction: Double?) -> String { fraction.map { SIFormat.percent($0) } ?? "?" }
    private func seconds(_ value: Double?) -> String { value.map { SIFormat.text($0, unit: "s", digits: 3) } ?? "?" }
    private func days(_ value: Double?) -> String { value.map { SIFormat.fixed($0, decimals: 1) + " days" } ?? "?" }
}
