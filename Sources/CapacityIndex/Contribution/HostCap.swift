// HostCap.swift: guests of one host together count for no more than the host delivers (gate G6).

import SampleStatistics

/// What the guests of one host may count for.
public struct HostCap: Sendable, Hashable {
    /// What the cap was taken from.
    public enum Origin: String, Sendable, Hashable, Codable {
        /// A measurement of the host itself.
        case measured
        /// The host's stated peak, for want of a measurement.
        case peak
    }

    public let limit: Double
    public let origin: Origin
    /// What each guest's value and uncertainties are multiplied by: cap / Σ when the guests exceed the cap, else 1.
    public let factor: Double

    /// - Parameters:
    ///   - guests: Rates of all guests of the host, each finite and ≥ 0, in the unit of the cap.
    ///   - hostRate: The host's measured rate, > 0; nil when it was not measured.
    ///   - hostPeak: Its stated peak, > 0; nil when it is not known.
    /// - Returns: nil when neither is known, or a number is not one: then nothing caps the guests, which has to be said.
    public init?(guests: some Collection<Double>, hostRate: Double?, hostPeak: Double?) {
        guard guests.allSatisfy({ $0.isFinite && $0 >= 0 }), let limit = hostRate ?? hostPeak, limit.isFinite, limit > 0
        else { return nil }
        self.limit = limit
        origin = hostRate != nil ? .measured : .peak
        let sum = CompensatedSum(guests).value
        factor = sum > limit ? limit / sum : 1
    }
}
