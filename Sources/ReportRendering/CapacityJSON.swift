// CapacityJSON.swift: the steps from a record to its contribution for programs; null where a step was not reached.

package import CapacityConversion
package import CapacityIndex
import FoundationEssentials

package enum CapacityJSON {
    /// Identifies the form.
    package static let format = "suanli-capacity/1"

    /// One record's part of the output.
    package struct Entry: Encodable {
        let file: String
        let measurement: NodeMeasurement
        let contribution: Amount?
        let counts: Bool
        let gates: [GateOutcome]

        package init(
            file: String, _ measurement: NodeMeasurement, _ conversion: Conversion, asOf: Timestamp,
            thresholds: GateThresholds
        ) throws {
            self.file = file
            self.measurement = measurement
            gates = conversion.gates
            if case .accepted(let accepted) = conversion {
                contribution = try Amount(accepted, asOf: asOf, thresholds: thresholds)
                counts = true
            } else {
                contribution = nil
                counts = false
            }
        }
    }

    /// E, a, φ and K, with relative standard uncertainties.
    package struct Amount: Encodable {
        let computeClass: ComputeClass
        let measuredPrecision: Precision
        let measuredWith: String?
        let equivalent: Double
        let availability: Availability
        let classFraction: Double
        let capacity: Double
        let relativeRandom: Double?
        let relativeSystematic: Double?

        init(_ contribution: Contribution, asOf: Timestamp, thresholds: GateThresholds) throws {
            let amount = try contribution.capacity(asOf: asOf, thresholds: thresholds)
            computeClass = contribution.computeClass
            measuredPrecision = contribution.measuredPrecision
            measuredWith = contribution.measuredWith
            equivalent = contribution.equivalent.value
            availability = contribution.availability
            classFraction = contribution.classFraction
            capacity = amount.value
            relativeRandom = amount.relativeRandom
            relativeSystematic = amount.relativeSystematic
        }

        enum CodingKeys: String, CodingKey {
            case equivalent, availability, capacity
            case computeClass = "class"
            case measuredPrecision = "measured_precision"
            case measuredWith = "measured_with"
            case classFraction = "class_fraction"
            case relativeRandom = "u_random_relative"
            case relativeSystematic = "u_systematic_relative"
        }
    }

    private struct Report: Encodable {
        let format: String
        let asOf: Timestamp
        let policy: PolicyID
        let precision: Precision
        let unit: String
        let records: [Entry]

        enum CodingKeys: String, CodingKey {
            case format, policy, precision, unit, records
            case asOf = "as_of"
        }
    }

    package static func render(_ entries: [Entry], policy: ConversionPolicy, asOf: Timestamp) throws -> String {
        try IndexJSON.text(
            Report(
                format: format, asOf: asOf, policy: policy.id, precision: policy.referencePrecision,
                unit: policy.unit, records: entries))
    }
}
