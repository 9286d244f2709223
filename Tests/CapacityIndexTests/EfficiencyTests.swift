// EfficiencyTests.swift: capacity per watt, and the energy of several sites.

import CapacityIndex
import Testing

@Suite("Efficiency")
struct EfficiencyTests {
    @Test("100 PFLOPS at 2 MW and a PUE of 1.47 are 50.0 GFLOPS/W of the machines and 34.01361 of the site")
    func known() throws {
        let found = try Efficiency(of: capacity(100e15, random: 0.03, systematic: 0.04), watts: 2e6, pue: 1.47)
        #expect(near(found.machines, 50e9) && near(found.site, 34.01361e9, within: 1e-6))
        #expect(near(found.relativeUncertainty, 0.05))
    }

    // 100 of 50 and 12 of 10: 112 / 60; the mean of 2 and 1.2 would be 1.6.
    @Test("the PUE of several sites is energy over energy, no mean of PUEs")
    func region() throws {
        let sites = [try SiteEnergy(total: 100, machines: 50), try SiteEnergy(total: 12, machines: 10)]
        #expect(near(SiteEnergy.pue(of: sites), 112.0 / 60) && SiteEnergy.pue(of: []) == nil)
        #expect(sites[0].pue == 2)
    }

    @Test("a PUE below 1 and powers that are none are refused by name")
    func wrong() throws {
        let amount = try capacity(1e15)
        #expect(throws: EfficiencyError.pueBelowOne(0.99)) { try Efficiency(of: amount, watts: 1, pue: 0.99) }
        #expect(throws: EfficiencyError.notAPower(field: "the machines' power", number: 0)) {
            try Efficiency(of: amount, watts: 0, pue: 1.2)
        }
        #expect(throws: EfficiencyError.pueBelowOne(0.5)) { try SiteEnergy(total: 1, machines: 2) }
        #expect(throws: EfficiencyError.self) { try SiteEnergy(total: 1, machines: 0) }
        #expect(throws: EfficiencyError.self) { try Efficiency(of: amount, watts: 1, pue: .nan) }
    }
}
