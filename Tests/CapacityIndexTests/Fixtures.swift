// Fixtures.swift: capacities and contributions that differ in one thing at a time.

import CapacityIndex

func capacity(
    _ value: Double, random: Double = 0, systematic: Double = 0, precision: Precision = .fp32,
    policy: PolicyID = ConversionPolicy.fp32Native.id, perimeter: Perimeter = .local, basis: Basis = .measured,
    asOf: String = "2026-11-23"
) throws -> Capacity {
    try Capacity(
        value: value, relativeRandom: random, relativeSystematic: systematic, precision: precision, policy: policy,
        basis: basis, perimeter: perimeter, asOf: Timestamp(asOf)!)
}

func contribution(
    _ nodeID: String, _ value: Double, random: Double = 0, systematic: Double = 0, basis: Basis = .measured,
    computeClass: ComputeClass = .general, availability: Availability = .assumed, fraction: Double = 1,
    site: String? = "s1", region: String? = "r1", measuredAt: String = "2026-11-23", run: String? = nil,
    gates: [GateOutcome] = [], policy: PolicyID = ConversionPolicy.fp32Native.id
) throws -> Contribution {
    try Contribution(
        nodeID: nodeID,
        origin: RunOrigin(
            nodeID: nodeID, runID: run ?? "run-of-\(nodeID)", site: site, region: region,
            measuredAt: Timestamp(measuredAt)!),
        computeClass: computeClass, measuredPrecision: .fp32,
        equivalent: capacity(
            value, random: random, systematic: systematic, policy: policy, basis: basis, asOf: measuredAt),
        availability: availability, classFraction: fraction, gates: gates)
}

func snapshot(
    _ contributions: [Contribution], asOf: String = "2026-11-23", policy: ConversionPolicy = .fp32Native,
    perimeter: Perimeter = .local, mix: String = "gemm-node/1"
) throws -> IndexSnapshot {
    try IndexSnapshot(
        contributions: contributions, asOf: Timestamp(asOf)!, policy: policy, perimeter: perimeter, mix: MixID(mix)!)
}

/// Within a relative distance of `expected`.
func near(_ value: Double?, _ expected: Double, within tolerance: Double = 1e-12) -> Bool {
    guard let value else { return false }
    return abs(value - expected) <= tolerance * abs(expected)
}
