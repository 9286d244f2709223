// RunTables.swift: a run's verified figures in tables, one per family of kernels.

import Quantities
import ResultRecord

enum RunTables {
    static func text(
        _ results: [ResultEntry], comparisons: [ComparisonRecord], roofline: Roofline?, topology: TopologyDescription
    ) -> String {
        let single = results.filter { $0.params.map == nil }
        let sections = [
            registers(single.filter { $0.kernel == "fma" }),
            matrices(single.filter { $0.params.n != nil }),
            sideBySide(comparisons),
            streams(single.filter { $0.kernel.hasPrefix("stream-") }),
            latencies(single.filter { $0.kernel == "latency" }),
            coreMaps(results.filter { $0.params.map == "per-core" }, topology),
            nodeMap(results.filter { $0.params.map == "numa" }),
            ceilings(roofline),
        ]
        return sections.filter { !$0.isEmpty }.map { "\n" + $0 }.joined()
    }

    private static func registers(_ results: [ResultEntry]) -> String {
        guard !results.isEmpty else { return "" }
        var table = TextTable([.left, .right, .left, .right, .right, .left, .left])
        table.add(["in registers", "sustained", "95 % interval", "burst", "of peak", "conditions"])
        for result in results {
            table.add(
                [result.name] + rates(result)
                    + [share(result.burstFractionOfPeak), threads(result), quality(result)])
        }
        return table.text() + "of peak: burst, of operations per cycle × observed clock.\n"
    }

    private static func matrices(_ results: [ResultEntry]) -> String {
        guard !results.isEmpty else { return "" }
        var table = TextTable([.left, .right, .right, .left, .right, .right, .left, .left])
        table.add(["matrices", "n", "sustained", "95 % interval", "burst", "of peak", "conditions"])
        for result in results {
            table.add(
                [result.name, result.params.n.map(String.init) ?? ""] + rates(result)
                    + [
                        share(result.fractionOfPeak), "\(threads(result)), \(result.params.placement)",
                        quality(result),
                    ])
        }
        return table.text() + "of peak: sustained, of the FMA-only peak at the observed clock.\n"
    }

    private static func sideBySide(_ comparisons: [ComparisonRecord]) -> String {
        guard !comparisons.isEmpty else { return "" }
        var table = TextTable([.left, .right, .left, .right, .left, .right])
        table.add(["side by side", "n", "against", "ratio", "95 % interval", "pairs"])
        for comparison in comparisons {
            let interval =
                comparison.ciLow.flatMap { low in
                    comparison.ciHigh.map {
                        "(\(SIFormat.fixed(low, decimals: 3)) to \(SIFormat.fixed($0, decimals: 3)))"
                    }
                } ?? "(too few pairs)"
            table.add([
                comparison.name, comparison.n.map(String.init) ?? "", comparison.baseline,
                SIFormat.fixed(comparison.ratio, decimals: 3), interval, "\(comparison.pairs)",
            ])
        }
        return table.text() + "ratio: median over pairs of slices that were taken in turn.\n"
    }

    private static func streams(_ results: [ResultEntry]) -> String {
        guard !results.isEmpty else { return "" }
        var table = TextTable([.left, .left, .right, .right, .left, .right, .left, .left])
        table.add(["bandwidth", "in", "working set", "sustained", "95 % interval", "burst", "conditions"])
        for result in results {
            table.add(
                [result.name, result.params.level ?? "", result.params.bytes.map(SIFormat.binary) ?? ""]
                    + rates(result) + ["\(threads(result)), \(result.params.placement)", quality(result)])
        }
        return table.text()
            + "bytes as STREAM counts them; what regular stores read before they write comes on top (docs/memory.md).\n"
    }

    private static func latencies(_ results: [ResultEntry]) -> String {
        guard !results.isEmpty else { return "" }
        var table = TextTable([.left, .right, .right, .left, .right, .left, .left])
        table.add(["latency", "working set", "per load", "95 % interval", "best", "conditions"])
        for result in results {
            table.add(
                [result.name, result.params.bytes.map(SIFormat.binary) ?? ""] + rates(result)
                    + ["\(threads(result)), \(result.params.placement)", quality(result)])
        }
        return table.text()
    }

    /// Each core against the median one, so that a slow one stands out among hundreds.
    /// Cores of one kind are compared with each other.
    private static func coreMaps(_ results: [ResultEntry], _ topology: TopologyDescription) -> String {
        guard topology.coreTypes.count > 1 else { return coreMap(results, of: "") }
        return topology.coreTypes.enumerated().map { kind, name in
            let cpus = Set(topology.coreList.filter { $0.kind == kind }.flatMap { $0.cpus.map(String.init) })
            return coreMap(results.filter { cpus.contains($0.params.cpus) }, of: name + " ")
        }.joined()
    }

    private static func coreMap(_ results: [ResultEntry], of kind: String) -> String {
        let bursts = results.compactMap(\.burst).sorted()
        guard let first = results.first, bursts.count > 1 else { return "" }
        let median = (bursts[(bursts.count - 1) / 2] + bursts[bursts.count / 2]) / 2
        let ranked = results.sorted { ($0.burst ?? 0) < ($1.burst ?? 0) }
        let listed = ranked.count <= 16 ? results : ranked.filter { ($0.burst ?? 0) < 0.97 * median }
        var text =
            "each \(kind)core alone (\(first.name), best slice): \(bursts.count) cores, median "
            + "\(SIFormat.text(median, unit: first.unit)), slowest CPU \(ranked[0].params.cpus) at "
            + "\(SIFormat.percent((ranked[0].burst ?? 0) / median)) of it\n"
        var table = TextTable([.left, .right, .right, .left])
        for result in listed {
            guard let burst = result.burst else { continue }
            table.add([
                "CPU \(result.params.cpus)", SIFormat.text(burst, unit: result.unit), SIFormat.percent(burst / median),
                burst < 0.97 * median ? "slow" : "",
            ])
        }
        text += table.text(indent: 2)
        return text
    }

    /// A row per node with CPUs, a column per node with memory.
    private static func nodeMap(_ results: [ResultEntry]) -> String {
        guard !results.isEmpty else { return "" }
        var text = ""
        for (kernel, title) in [("stream-", "bandwidth"), ("latency", "latency")] {
            let cells = results.filter { $0.kernel.hasPrefix(kernel) }
            var places: [String] = []
            var sources: [String] = []
            for cell in cells {
                if !places.contains(cell.params.placement) { places.append(cell.params.placement) }
                if !sources.contains(cell.params.cpus) { sources.append(cell.params.cpus) }
            }
            guard !cells.isEmpty else { continue }
            var table = TextTable([.left] + places.map { _ in .right })
            table.add(["\(title) from CPUs"] + places.map { "to \($0)" })
            for source in sources {
                table.add(
                    [source]
                        + places.map { place in
                            cells.first { $0.params.cpus == source && $0.params.placement == place }?.rate
                                .map { SIFormat.text($0, unit: cells[0].unit) } ?? "–"
                        })
            }
            text += table.text()
        }
        return text
    }

    private static func ceilings(_ roofline: Roofline?) -> String {
        guard let roofline, !roofline.peaks.isEmpty, !roofline.bandwidths.isEmpty else { return "" }
        var table = TextTable([.left, .left, .right, .left])
        table.add(["roofline", "scope", "ceiling", "from"])
        for peak in roofline.peaks {
            table.add([
                peak.dtype.rawValue, peak.scope, SIFormat.text(peak.rate, unit: peak.unit), peak.source,
            ])
        }
        for bandwidth in roofline.bandwidths {
            table.add([
                bandwidth.level, bandwidth.scope, SIFormat.text(bandwidth.rate, unit: "B/s"), bandwidth.source,
            ])
        }
        return table.text()
    }

    // MARK: Cells

    /// Sustained, interval, burst.
    private static func rates(_ result: ResultEntry) -> [String] {
        guard let rate = result.rate, let burst = result.burst else { return ["–", "", "–"] }
        let interval =
            result.stats.flatMap { stats in
                stats.ciLow.flatMap { low in
                    stats.ciHigh.map { "(\(SIFormat.interval(low, $0, like: rate)))" }
                }
            } ?? "(none)"
        return [SIFormat.text(rate, unit: result.unit), interval, SIFormat.text(burst, unit: result.unit)]
    }

    private static func share(_ fraction: Double?) -> String { fraction.map { SIFormat.percent($0) } ?? "–" }

    private static func threads(_ result: ResultEntry) -> String {
        "\(result.params.threads) thread\(result.params.threads == 1 ? "" : "s"), CPU \(result.params.cpus)"
    }

    private static func quality(_ result: ResultEntry) -> String {
        result.quality.map { $0 == .trusted ? "" : $0.rawValue } ?? ""
    }
}
