// DefinitionText.swift: one text per definition, so that its digest names the index that a number belongs to.
// Lines rather than JSON: this module has no encoder, and the text need only be unambiguous and stable.

extension CompositeDefinition {
    /// Every fact that decides a score, in a fixed order; equal texts mean equal definitions.
    ///
    /// Names and units for people are left out, and so is the order in which codes were listed. Callers hash the UTF-8
    /// bytes.
    public var canonicalText: String {
        var lines = ["suanli composite definition 1"]
        for indicator in tree.indicators.sorted(by: { $0.code < $1.code }) {
            var fields = [
                "indicator", quoted(indicator.code), "parent", quoted(indicator.parent), "direction",
                String(indicator.direction.rawValue), "weight", number(indicator.weight),
            ]
            // What the method does not use has no part in the score.
            if method.denominates, let denominator = indicator.denominator {
                fields += ["denominator", quoted(denominator)]
            }
            if let posts = indicator.goalposts { fields += ["goalposts", number(posts.lower), number(posts.upper)] }
            if let target = indicator.target { fields += ["target", number(target)] }
            if let own = method.normalisationByIndicator[indicator.code] {
                fields += ["normalise", quoted(MethodNames.name(of: own))]
            }
            lines.append(fields.joined(separator: " "))
        }
        for aggregate in tree.aggregates.sorted(by: { $0.code < $1.code }) {
            var fields = ["aggregate", quoted(aggregate.code)]
            if let parent = aggregate.parent {
                fields += ["parent", quoted(parent), "weight", number(aggregate.weight)]
            }
            let level = tree.levels[aggregate.code] ?? tree.height
            fields += ["method", MethodNames.name(of: method.aggregation(at: level, height: tree.height))]
            lines.append(fields.joined(separator: " "))
        }
        lines += [
            "impute \(quoted(MethodNames.name(of: method.imputation)))",
            "screen \(method.screening.map(number) ?? "none")",
            "treat \(MethodNames.name(of: method.treatment)) limits \(number(method.shapeLimits.skewness)) "
                + number(method.shapeLimits.kurtosis),
            "normalise \(quoted(MethodNames.name(of: method.normalisation)))",
            "weights \(MethodNames.name(of: method.weighting))",
        ]
        if case .analyticHierarchy(let comparisons) = method.weighting {
            for entry in comparisons.pairs {
                lines.append("compare \(quoted(entry.pair.first)) \(quoted(entry.pair.second)) \(number(entry.value))")
            }
        }
        lines.append("availability \(number(method.dataAvailability))")
        return lines.joined(separator: "\n") + "\n"
    }

    /// The shortest digits that read back as the same number; −0 is 0.
    private func number(_ value: Double) -> String { "\(value == 0 ? 0 : value)" }

    /// Quotes, backslashes and control characters escaped, so that no code can look like the next field or line.
    private func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
