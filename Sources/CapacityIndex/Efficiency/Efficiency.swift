// Efficiency.swift: capacity per watt, of the machines alone and of the site around them.
// A region's PUE is energy over energy; a mean of its sites' PUEs would let a small site speak for a large one.

import SampleStatistics

/// Energy that a site took over a period, and the part of it that its machines took.
public struct SiteEnergy: Sendable, Hashable {
    /// Joules, or any unit that all sites share: all that the site took.
    public let total: Double
    /// What reached the machines, > 0 and ≤ `total`.
    public let machines: Double

    /// - Throws: `EfficiencyError`.
    public init(total: Double, machines: Double) throws(EfficiencyError) {
        guard machines.isFinite, machines > 0 else { throw .notAPower(field: "the machines' energy", number: machines) }
        guard total.isFinite else { throw .notAPower(field: "the site's energy", number: total) }
        guard total >= machines else { throw .pueBelowOne(total / machines) }
        self.total = total
        self.machines = machines
    }

    /// PUE = E_total / E_IT, ≥ 1.
    ///
    /// - Source: ISO/IEC 30134-2:2016.
    public var pue: Double { total / machines }

    /// Of several sites together, ΣE_total / ΣE_IT; nil for none.
    public static func pue(of sites: some Collection<SiteEnergy>) -> Double? {
        guard !sites.isEmpty else { return nil }
        return CompensatedSum(sites.lazy.map(\.total)).value / CompensatedSum(sites.lazy.map(\.machines)).value
    }
}

/// FLOPS per watt.
public struct Efficiency: Sendable, Hashable {
    /// CE_IT = C / P_IT, in the capacity's unit per watt.
    public let machines: Double
    /// CE_site = C / (P_IT · PUE).
    public let site: Double
    /// Relative standard uncertainty of both, as far as the capacity brings it; power and PUE are taken as stated.
    public let relativeUncertainty: Double

    /// - Parameters:
    ///   - capacity: C.
    ///   - watts: P_IT, what the machines take while they deliver C, > 0.
    ///   - pue: E_total / E_IT of the site, ≥ 1.
    /// - Throws: `EfficiencyError`.
    public init(of capacity: Capacity, watts: Double, pue: Double) throws(EfficiencyError) {
        guard watts.isFinite, watts > 0 else { throw .notAPower(field: "the machines' power", number: watts) }
        guard pue.isFinite else { throw .notAPower(field: "the PUE", number: pue) }
        guard pue >= 1 else { throw .pueBelowOne(pue) }
        machines = capacity.value / watts
        site = machines / pue
        relativeUncertainty = capacity.relativeUncertainty ?? 0
    }
}

/// Why no efficiency is stated.
public enum EfficiencyError: Error, Sendable, Hashable, CustomStringConvertible {
    case notAPower(field: String, number: Double)
    case pueBelowOne(Double)

    public var description: String {
        switch self {
        case .notAPower(let field, let number): "\(field) must be a number above 0 and is \(number)"
        case .pueBelowOne(let pue): "a PUE of \(pue) would mean that the machines take more than the whole site"
        }
    }
}
