// CAICTShaped.swift: a definition in the shape of CAICT's index of comprehensive computing power.
// Its parts are those that the 2024 report speaks of; its weights and goalposts are ours, since CAICT's are not public.

extension CompositeDefinition {
    /// The indicator that measured contributions fill, in FLOPS; see `CompositeData.filling(_:with:)`.
    public static let measuredCapacity = "measured-capacity"

    /// Compute, storage, transport, models and applications, environment, with explicit weights and fixed goalposts.
    ///
    /// It does not reproduce CAICT's index: neither its weights nor its normalisation are published. Goalposts are set for
    /// sites and regions; adapt them where units are of another size.
    public static var caictShaped: CompositeDefinition {
        get throws(TreeError) {
            var method = CompositeMethod()
            method.normalisationByIndicator = Dictionary(
                uniqueKeysWithValues: logarithmic.map { ($0, .logGoalposts) })
            return CompositeDefinition(
                tree: try IndicatorTree(indicators: caictIndicators, aggregates: caictAggregates), method: method)
        }
    }

    /// Amounts that span orders of magnitude.
    private static let logarithmic = [
        measuredCapacity, "storage-capacity", "network-bandwidth", "published-models",
    ]

    private static let caictAggregates = [
        Aggregate(code: "computing-power", name: "Comprehensive computing power", parent: nil),
        Aggregate(code: "compute", name: "Compute", weight: 0.40, parent: "computing-power"),
        Aggregate(code: "storage", name: "Storage", weight: 0.15, parent: "computing-power"),
        Aggregate(code: "transport", name: "Transport", weight: 0.15, parent: "computing-power"),
        Aggregate(
            code: "models-applications", name: "Models and applications", weight: 0.15, parent: "computing-power"),
        Aggregate(code: "environment", name: "Environment", weight: 0.15, parent: "computing-power"),
    ]

    private static let caictIndicators = [
        Indicator(
            code: measuredCapacity, name: "Measured computing capacity", unit: "FLOPS", weight: 0.7,
            goalposts: Goalposts(lower: 1e12, upper: 1e21), parent: "compute"),
        Indicator(
            code: "intelligent-share", name: "Share of intelligent compute", unit: "%", weight: 0.3,
            goalposts: Goalposts(lower: 0, upper: 100), parent: "compute"),
        Indicator(
            code: "storage-capacity", name: "Storage capacity", unit: "byte", weight: 0.6,
            goalposts: Goalposts(lower: 1e12, upper: 1e21), parent: "storage"),
        Indicator(
            code: "flash-share", name: "Share of flash storage", unit: "%", weight: 0.4,
            goalposts: Goalposts(lower: 0, upper: 100), parent: "storage"),
        Indicator(
            code: "network-bandwidth", name: "External bandwidth", unit: "bit/s", weight: 0.5,
            goalposts: Goalposts(lower: 1e9, upper: 1e15), parent: "transport"),
        Indicator(
            code: "network-latency", name: "Latency to the national hub", unit: "ms", direction: .lessIsBetter,
            weight: 0.5, goalposts: Goalposts(lower: 1, upper: 50), parent: "transport"),
        Indicator(
            code: "published-models", name: "Published models in service", unit: "1", weight: 0.5,
            goalposts: Goalposts(lower: 1, upper: 1000), parent: "models-applications"),
        Indicator(
            code: "utilisation", name: "Mean utilisation", unit: "%", weight: 0.5,
            goalposts: Goalposts(lower: 0, upper: 100), parent: "models-applications"),
        Indicator(
            code: "pue", name: "Power usage effectiveness", unit: "1", direction: .lessIsBetter, weight: 0.6,
            goalposts: Goalposts(lower: 1, upper: 2), parent: "environment"),
        Indicator(
            code: "renewable-share", name: "Share of renewable electricity", unit: "%", weight: 0.4,
            goalposts: Goalposts(lower: 0, upper: 100), parent: "environment"),
    ]
}
