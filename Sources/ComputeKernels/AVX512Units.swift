// AVX512Units.swift: 512-bit multiply-adds per cycle of core designs that were sold with different units.
// Only the model name tells, and names that a hypervisor made up tell nothing: those give nil.

/// Rules from model name to 512-bit fused multiply-adds per cycle; nil when the name does not decide.
enum AVX512Units {
    /// Skylake-SP and Cascade Lake: Platinum, Gold 6xxx and Xeon W have two units, the others one, but for two models.
    ///
    /// - Source: Intel ARK, "# of AVX-512 FMA Units".
    static func skylakeServer(_ modelName: String) -> Double? {
        if modelName.contains("Platinum") { return 2 }
        if modelName.contains("Silver") || modelName.contains("Bronze") { return 1 }
        if let gold = number(after: "Gold ", in: modelName) {
            switch gold.digits {
            case 5122, 5222: return 2
            // ARK's pages on the refreshed 52xxR models contradict one another.
            case 5000..<6000: return gold.suffix.hasPrefix("R") ? nil : 1
            case 6000..<7000: return 2
            default: return nil
            }
        }
        if let workstation = number(after: " W-", in: modelName) {
            return (2100..<3400).contains(workstation.digits) ? 2 : nil
        }
        return modelName.contains("Core(TM) i9-") ? 2 : nil
    }

    /// Cooper Lake: two units in Platinum and Gold 6xxx; sources differ for Gold 5xxx.
    static func cooperLake(_ modelName: String) -> Double? {
        if modelName.contains("Platinum") { return 2 }
        guard let gold = number(after: "Gold ", in: modelName) else { return nil }
        return (6000..<7000).contains(gold.digits) ? 2 : nil
    }

    /// Ice Lake servers: two units in every Xeon Scalable and Xeon W; Xeon D has one or two.
    static func iceLakeServer(_ modelName: String) -> Double? {
        for series in ["Platinum", "Gold", "Silver", " W-"] where modelName.contains(series) { return 2 }
        return nil
    }

    /// Zen 5: two full-width instructions a cycle in EPYC and desktop Ryzen 9000; half in mobile Ryzen AI.
    static func zen5(_ modelName: String) -> Double? {
        if modelName.contains("EPYC") { return 2 }
        // Ryzen AI Max is a mobile product with, as reported, full-width pipes; not measured, so not stated.
        if modelName.contains("Ryzen AI Max") { return nil }
        if modelName.contains("Ryzen AI") { return 1 }
        for tier in ["Ryzen 5 ", "Ryzen 7 ", "Ryzen 9 "] {
            if let model = number(after: tier, in: modelName), (9000..<10000).contains(model.digits) {
                // HX parts carry the desktop's dies.
                return 2
            }
        }
        return nil
    }

    /// The decimal number that follows `marker`, and what follows it: 6148 and "" in "Gold 6148 CPU".
    private static func number(after marker: String, in name: String) -> (digits: Int, suffix: Substring)? {
        var rest = name[...]
        while !rest.isEmpty && !rest.hasPrefix(marker) { rest = rest.dropFirst() }
        guard !rest.isEmpty else { return nil }
        rest = rest.dropFirst(marker.count)
        let digits = rest.prefix { ("0"..."9").contains($0) }
        guard let value = Int(digits) else { return nil }
        return (value, rest.dropFirst(digits.count).prefix { $0 != " " })
    }
}
