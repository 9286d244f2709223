// NoiseText.swift: a noise profile for people: the floor of each kernel, what disturbs it, and what to do about it.

import Quantities
package import ResultRecord

package enum NoiseText {
    package static func render(_ profile: NoiseProfile) -> String {
        let design = profile.design
        var text =
            "\(profile.rounds) rounds in \(SIFormat.fixed(profile.durationSeconds, decimals: 0)) s, each kernel once a round\n\n"
        var table = TextTable([.left, .right, .right, .right, .right, .right, .right, .right])
        table.add(["kernel", "size", "noise (CV)", "at most", "resolves", "steal", "others", "clock moved"])
        for kernel in profile.kernels {
            table.add([
                kernel.name, kernel.n.map { "n=\($0)" } ?? kernel.level ?? "", percent(kernel.cv),
                percent(kernel.cvUpper), percent(kernel.resolvable), percent(kernel.conditions?.stealRatio),
                percent(kernel.conditions?.competingRatio), percent(kernel.conditions?.clockMovedRatio),
            ])
        }
        text += table.text()
        text +=
            "noise: standard deviation of a round's rate, and what it is below with 95 % confidence.\n"
            + "resolves: a drop that \(design.rounds) rounds a side find in \(SIFormat.percent(design.power, decimals: 0)) of "
            + "cases (Mann–Whitney, p < \(SIFormat.significant(design.significance, digits: 2)), two-sided).\n"
            + "steal, others: what the hypervisor and other processes took of the CPUs in use.\n"
        let disturbed = profile.kernels.filter { !$0.causes.isEmpty }
        if !disturbed.isEmpty { text += "\nDisturbed\n" }
        for kernel in disturbed {
            let size = kernel.n.map { " n=\($0)" } ?? kernel.level.map { " in \($0)" } ?? ""
            text += "  \(kernel.name)\(size): \(kernel.causes.map(\.finding).joined(separator: "; "))\n"
        }
        if let conditions = profile.conditions {
            text += "\nThe machine meanwhile\n"
            for (name, value) in figures(conditions) { text += "  \(name): \(value)\n" }
        }
        var cures: [String: String] = [:]
        for cause in profile.kernels.flatMap(\.causes) { cures[cause.code] = cause.cure }
        if !cures.isEmpty { text += "\nWhat to do\n" }
        for (code, cure) in cures.sorted(by: { $0.key < $1.key }) { text += "  \(code): \(cure)\n" }
        return text
    }

    private static func percent(_ share: Double?) -> String { share.map { SIFormat.percent($0, decimals: 2) } ?? "-" }

    private static func figures(_ found: ResultConditions) -> [(String, String)] {
        func share(_ value: Double?) -> String { value.map { SIFormat.percent($0, decimals: 2) } ?? "not told" }
        func perSecond(_ count: Int?) -> String {
            guard let count, found.watchedSeconds > 0 else { return "not told" }
            return "\(SIFormat.fixed(Double(count) / found.watchedSeconds, decimals: 1)) a second"
        }
        return [
            ("taken by the hypervisor", share(found.machineStealRatio)),
            (
                "taken by other processes",
                found.otherBusyCPUs.map { "\(SIFormat.fixed($0, decimals: 3)) CPUs" } ?? "not told"
            ),
            ("involuntary context switches", perSecond(found.involuntaryContextSwitches)),
            (
                "interrupts a CPU",
                found.interruptsPerSecond.map { "\(SIFormat.fixed($0, decimals: 0)) a second" } ?? "not told"
            ),
            (
                "some task waited for a CPU",
                share(found.psiCPUSomeMicroseconds.map { Double($0) * 1e-6 / max(found.watchedSeconds, 1e-9) })
            ),
            ("periods throttled by a quota", found.throttledPeriods.map { "\($0)" } ?? "not told"),
            (
                "temperature up to",
                found.temperatureCelsiusMax.map { "\(SIFormat.fixed($0, decimals: 0)) °C" } ?? "not told"
            ),
        ]
    }
}
