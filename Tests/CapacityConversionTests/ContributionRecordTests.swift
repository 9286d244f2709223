// ContributionRecordTests.swift: what a record says about its own contribution.

import CapacityConversion
import CapacityIndex
import Quantities
import ResultRecord
import Testing

@Suite struct ContributionRecordTests {
    @Test("an accepted record states its capacity, uncertainties and gates")
    func accepted() throws {
        let unsealed = record { $0.digest = nil }
        let result = try CapacityConverter.contributionRecord(for: unsealed, now: now)
        #expect(result.policy == "fp32-native/1")
        #expect(result.computeClass == "general")
        #expect(abs((result.valueFLOPS ?? 0) / (27e9 / 0.19) - 1) < 1e-12)
        #expect(result.uSystematic.map { abs($0 / 5e-4 - 1) < 1e-12 } == true)
        #expect(result.gates.map(\.id) == ["G0", "G1", "G2", "G3", "G4", "G5", "G7", "G8", "G9", "G10"])
        #expect(result.gates.allSatisfy { $0.outcome == "pass" && $0.reason == nil })
    }

    @Test("a refused record has no capacity and the reason codes")
    func refused() throws {
        let result = try CapacityConverter.contributionRecord(for: record { $0.completed = false }, now: now)
        #expect(result.valueFLOPS == nil)
        #expect(result.uRandom == nil)
        #expect(result.gates[0] == GateRecord(id: "G0", outcome: "reject", reason: "interrupted"))
    }

    @Test("a class given in the record is kept, and counted in the policy's precision")
    func computeClass() throws {
        let result = try CapacityConverter.contributionRecord(
            for: record {
                $0.contribution = ContributionRecord(policy: "fp32-native/1", computeClass: "super", gates: [])
            }, now: now)
        #expect(result.computeClass == "super")
        #expect(result.gates[0] == GateRecord(id: "G0", outcome: "flag", reason: "policy-precision"))
    }
}
