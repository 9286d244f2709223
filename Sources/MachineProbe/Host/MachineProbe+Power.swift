// MachineProbe+Power.swift: frequency governor, its driver and limits, and why no energy is stated.

import ResultRecord

extension MachineProbe {
    func describePower(_ unknown: inout UnknownFields) -> PowerDescription {
        let noControl = "the hypervisor or driver gives no frequency control"
        var power = PowerDescription()
        let governors = policyWords("scaling_governor")
        power.governor = unknown.take(
            "power.governor", governors.isEmpty ? nil : governors.joined(separator: ","),
            otherwise: files.whyUnread(Self.policyOfFirst + "scaling_governor") + ": " + noControl)
        power.driver = unknown.word(
            "power.driver", in: files, at: Self.policyOfFirst + "scaling_driver", hint: noControl)
        let preferences = policyWords("energy_performance_preference")
        power.epp = unknown.take(
            "power.epp", preferences.isEmpty ? nil : preferences.joined(separator: ","),
            otherwise: files.whyUnread(Self.policyOfFirst + "energy_performance_preference")
                + ": the frequency driver takes no preference")
        power.turbo = unknown.take("power.turbo", turbo())
        power.minHertz = unknown.take(
            "power.min_hz", hertz("scaling_min_freq"),
            otherwise: files.whyUnread(Self.policyOfFirst + "scaling_min_freq") + ": " + noControl)
        power.maxHertz = unknown.take(
            "power.max_hz", hertz("scaling_max_freq"),
            otherwise: files.whyUnread(Self.policyOfFirst + "scaling_max_freq") + ": " + noControl)
        let noEnergy =
            switch EnergyCounter.all(files) {
            case .found(let found):
                "\(found.counters[0].path) is not read here: energy is a difference over a run, and no run was made"
            case .missing(let reason): reason
            }
        unknown.note("power.energy_joules", noEnergy)
        unknown.note("power.energy_source", noEnergy)
        return power
    }

    private static let policyOfFirst = "/sys/devices/system/cpu/cpu0/cpufreq/"

    /// The distinct values of a setting over all frequency domains, sorted: one when all agree.
    private func policyWords(_ name: String) -> [String] {
        let directory = "/sys/devices/system/cpu/cpufreq"
        let policies = (files.list(directory) ?? []).filter { $0.hasPrefix("policy") }
        let paths = policies.isEmpty ? [Self.policyOfFirst + name] : policies.map { "\(directory)/\($0)/\(name)" }
        return Set(paths.compactMap { files.word(at: $0) }).sorted()
    }

    private func hertz(_ name: String) -> Double? {
        files.integer(at: Self.policyOfFirst + name).flatMap { $0 > 0 ? Double($0) * 1e3 : nil }
    }

    private func turbo() -> Finding<Bool> {
        let intel = "/sys/devices/system/cpu/intel_pstate/no_turbo"
        let boost = "/sys/devices/system/cpu/cpufreq/boost"
        if let off = files.integer(at: intel) { return .found(off == 0) }
        if let on = files.integer(at: boost) { return .found(on != 0) }
        return .missing("\(files.whyUnread(intel)), and \(files.whyUnread(boost))")
    }
}
