// IndexSnapshot+Encodable.swift: the snapshot as JSON: snake_case keys, null for what is not known.
// Written by hand, because an amount repeats its unit and a relative uncertainty that the value types do not store.

/// An amount as JSON shows it.
private struct AmountForm: Encodable {
    let capacity: Capacity
    let unit: String

    enum CodingKeys: String, CodingKey {
        case value, unit, eflops, basis
        case uRandom = "u_random"
        case uSystematic = "u_systematic"
        case uTotal = "u_total"
        case relativeRandom = "u_random_relative"
        case relativeSystematic = "u_systematic_relative"
        case relativeTotal = "u_total_relative"
        case low = "ci_low"
        case high = "ci_high"
        case level = "ci_level"
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(capacity.value, forKey: .value)
        try values.encode(unit, forKey: .unit)
        // Other units than FLOPS have no EFLOPS; null says so.
        try values.encode(unit == "FLOPS" ? capacity.value / 1e18 : nil, forKey: .eflops)
        try values.encode(capacity.basis, forKey: .basis)
        try values.encode(capacity.randomUncertainty, forKey: .uRandom)
        try values.encode(capacity.systematicUncertainty, forKey: .uSystematic)
        try values.encode(capacity.uncertainty, forKey: .uTotal)
        try values.encode(capacity.relativeRandom, forKey: .relativeRandom)
        try values.encode(capacity.relativeSystematic, forKey: .relativeSystematic)
        try values.encode(capacity.relativeUncertainty, forKey: .relativeTotal)
        try values.encode(capacity.interval95.lowerBound, forKey: .low)
        try values.encode(capacity.interval95.upperBound, forKey: .high)
        try values.encode(0.95, forKey: .level)
    }
}

private struct FindingForm: Encodable {
    let finding: Finding

    enum CodingKeys: String, CodingKey {
        case gate, verdict, reason, subject, found, limit, text
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(finding.gate, forKey: .gate)
        try values.encode(finding.verdict, forKey: .verdict)
        try values.encode(finding.reason, forKey: .reason)
        try values.encode(finding.subject, forKey: .subject)
        try values.encode(finding.found, forKey: .found)
        try values.encode(finding.limit, forKey: .limit)
        try values.encode(finding.description, forKey: .text)
    }
}

private struct OriginForm: Encodable {
    let origin: RunOrigin

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: RunOrigin.CodingKeys.self)
        try values.encode(origin.nodeID, forKey: .nodeID)
        try values.encode(origin.runID, forKey: .runID)
        try values.encode(origin.hostName, forKey: .hostName)
        try values.encode(origin.model, forKey: .model)
        try values.encode(origin.site, forKey: .site)
        try values.encode(origin.region, forKey: .region)
        try values.encode(origin.measuredAt, forKey: .measuredAt)
    }
}

private struct NodeForm: Encodable {
    let node: IndexNode
    let unit: String

    enum CodingKeys: String, CodingKey {
        case origin, capacity, availability, flags
        case computeClass = "class"
        case measuredPrecision = "measured_precision"
        case classFraction = "class_fraction"
        case fractionOfPeak = "fraction_of_peak"
        case measuredWith = "measured_with"
        case passedOver = "passed_over"
        case ageDays = "age_days"
        case isStale = "stale"
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(OriginForm(origin: node.origin), forKey: .origin)
        try values.encode(node.computeClass, forKey: .computeClass)
        try values.encode(node.measuredPrecision, forKey: .measuredPrecision)
        try values.encode(AmountForm(capacity: node.capacity, unit: unit), forKey: .capacity)
        try values.encode(node.availability, forKey: .availability)
        try values.encode(node.classFraction, forKey: .classFraction)
        try values.encode(node.fractionOfPeak, forKey: .fractionOfPeak)
        try values.encode(node.measuredWith, forKey: .measuredWith)
        try values.encode(node.passedOver, forKey: .passedOver)
        try values.encode(node.ageDays, forKey: .ageDays)
        try values.encode(node.isStale, forKey: .isStale)
        try values.encode(node.flags.map(FindingForm.init), forKey: .flags)
    }
}

private struct GroupForm: Encodable {
    let group: IndexGroup
    let unit: String

    struct ClassForm: Encodable {
        let share: ClassShare
        let unit: String

        enum CodingKeys: String, CodingKey {
            case capacity, share
            case computeClass = "class"
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(share.computeClass, forKey: .computeClass)
            try values.encode(share.share, forKey: .share)
            try values.encode(AmountForm(capacity: share.capacity, unit: unit), forKey: .capacity)
        }
    }

    enum CodingKeys: String, CodingKey {
        case level, name, capacity, measured, extrapolated, nameplate, coverage, classes, groups, nodes
        case nodeCount = "node_count"
        case staleNodeCount = "stale_node_count"
        case flaggedNodeCount = "flagged_node_count"
    }

    func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(group.level, forKey: .level)
        try values.encode(group.name, forKey: .name)
        try values.encode(AmountForm(capacity: group.capacity, unit: unit), forKey: .capacity)
        try values.encode(group.byBasis[.measured, default: 0], forKey: .measured)
        try values.encode(group.byBasis[.extrapolated, default: 0], forKey: .extrapolated)
        try values.encode(group.byBasis[.nameplate, default: 0], forKey: .nameplate)
        try values.encode(group.coverage, forKey: .coverage)
        try values.encode(group.classes.map { ClassForm(share: $0, unit: unit) }, forKey: .classes)
        try values.encode(group.nodeCount, forKey: .nodeCount)
        try values.encode(group.staleNodeCount, forKey: .staleNodeCount)
        try values.encode(group.flaggedNodeCount, forKey: .flaggedNodeCount)
        try values.encode(group.groups.map { GroupForm(group: $0, unit: unit) }, forKey: .groups)
        try values.encode(group.nodes.map { NodeForm(node: $0, unit: unit) }, forKey: .nodes)
    }
}

/// The parts of a change in the unit of the index.
private struct AttributionForm: Encodable {
    let count: Double
    let speed: Double
    let availability: Double

    init(_ attribution: GrowthAttribution) {
        count = attribution.count
        speed = attribution.speed
        availability = attribution.availability
    }
}

extension IndexSnapshot: Encodable {
    private struct RefusalForm: Encodable {
        let refusal: Refusal

        enum CodingKeys: String, CodingKey {
            case origin, findings
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            try values.encode(OriginForm(origin: refusal.origin), forKey: .origin)
            try values.encode(refusal.findings.map(FindingForm.init), forKey: .findings)
        }
    }

    private struct GrowthForm: Encodable {
        let growth: Result<Growth, NoGrowth>

        enum CodingKeys: String, CodingKey {
            case from, to, fraction, u, annual, attribution, reason, text
            case doublingYears = "doubling_years"
            case low = "ci_low"
            case high = "ci_high"
            case level = "ci_level"
            case nodesBefore = "nodes_before"
            case nodesNow = "nodes_now"
        }

        func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: CodingKeys.self)
            switch growth {
            case .success(let growth):
                try values.encode(growth.from, forKey: .from)
                try values.encode(growth.to, forKey: .to)
                try values.encode(growth.fraction, forKey: .fraction)
                try values.encode(growth.uncertainty, forKey: .u)
                try values.encode(growth.interval95.lowerBound, forKey: .low)
                try values.encode(growth.interval95.upperBound, forKey: .high)
                try values.encode(0.95, forKey: .level)
                try values.encode(growth.nodesBefore, forKey: .nodesBefore)
                try values.encode(growth.nodesNow, forKey: .nodesNow)
                try values.encode(growth.annual, forKey: .annual)
                try values.encode(growth.doublingYears, forKey: .doublingYears)
                try values.encode(growth.attribution.map(AttributionForm.init), forKey: .attribution)
            case .failure(let reason):
                try values.encodeNil(forKey: .fraction)
                try values.encode(reason.code, forKey: .reason)
                try values.encode(reason.description, forKey: .text)
            }
        }
    }

    enum CodingKeys: String, CodingKey {
        case format, precision, policy, perimeter, unit, mix, thresholds, total, growth, refused
        case asOf = "as_of"
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(Self.format, forKey: .format)
        try values.encode(asOf, forKey: .asOf)
        try values.encode(terms.precision, forKey: .precision)
        try values.encode(terms.policy, forKey: .policy)
        try values.encode(terms.perimeter, forKey: .perimeter)
        try values.encode(unit, forKey: .unit)
        try values.encode(mix, forKey: .mix)
        try values.encode(thresholds, forKey: .thresholds)
        try values.encode(GroupForm(group: total, unit: unit), forKey: .total)
        try values.encode(GrowthForm(growth: growth), forKey: .growth)
        try values.encode(refused.map(RefusalForm.init), forKey: .refused)
    }
}
