// ResultConditionsCodingTests.swift: conditions are an addition: records with and without them are read.

import Foundation
import Quantities
import ResultRecord
import Testing

@Suite("Conditions in JSON")
struct ResultConditionsCodingTests {
    private func entry() -> ResultEntry {
        ResultEntry(
            name: "fma/f64/avx2/core", unit: "FLOPS",
            params: ResultParameters(n: nil, dtype: .f64, isa: "avx2", threads: 1, placement: "registers", cpus: "0"),
            status: .skipped)
    }

    private func object(_ value: some Encodable) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
    }

    @Test("what is written is read")
    func roundTrip() throws {
        var entry = entry()
        var conditions = ResultConditions(watchedSeconds: 1.5, visits: 2)
        conditions.stealRatio = 0.25
        conditions.topInterrupt = "nvme0q1"
        conditions.energy = ResultEnergy(joules: 90, memoryJoules: nil, seconds: 1.5, ratePerWatt: 2e9)
        entry.conditions = conditions
        #expect(try JSONDecoder().decode(ResultEntry.self, from: JSONEncoder().encode(entry)) == entry)
        let written = try #require(try object(entry)["conditions"] as? [String: Any])
        #expect(written["steal_ratio"] as? Double == 0.25)
        #expect(written["competing_ratio"] is NSNull)
        #expect((written["energy"] as? [String: Any])?["memory_joules"] is NSNull)
    }

    @Test("a result that was not measured says null, and one of an older record says nothing; both read as none")
    func absent() throws {
        var written = try object(entry())
        #expect(written["conditions"] is NSNull)
        written["conditions"] = nil
        let older = try JSONSerialization.data(withJSONObject: written)
        #expect(try JSONDecoder().decode(ResultEntry.self, from: older) == entry())
        let observed = #"{"freq_hz":null,"freq_source":null,"temp_c_max":null,"throttle_events_delta":null}"#
        #expect(
            try JSONDecoder().decode(ObservedConditions.self, from: Data(observed.utf8)) == ObservedConditions())
    }
}
