// CoreConditions.swift: temperature and clock of a core at the moment of a finding, where the machine tells.

package import MachineProbe
package import ResultRecord

/// As it stood when a wrong result was seen. Null where it cannot be read.
package struct CoreConditions: Sendable, Hashable, Codable {
    /// The hottest sensor of the processor, in °C.
    @OrNull package var temperatureCelsius: Double?
    @OrNull package var frequencyHertz: Double?

    package init() {}

    enum CodingKeys: String, CodingKey {
        case temperatureCelsius = "temperature_c"
        case frequencyHertz = "frequency_hz"
    }

    private static let processorSensors: Set<String> = ["coretemp", "k10temp", "zenpower", "cpu_thermal"]

    /// Reads a few small files.
    package init(cpu: Int, files: FileTree = .live) {
        let hwmon = "/sys/class/hwmon"
        let sensors = (files.list(hwmon) ?? []).map { "\(hwmon)/\($0)" }
            .filter { files.word(at: $0 + "/name").map(Self.processorSensors.contains) ?? false }
        let readings = sensors.flatMap { sensor in
            (files.list(sensor) ?? []).filter { $0.hasPrefix("temp") && $0.hasSuffix("_input") }
                .compactMap { files.integer(at: "\(sensor)/\($0)") }
        }
        temperatureCelsius = readings.max().map { Double($0) / 1000 }
        frequencyHertz = files.integer(at: "/sys/devices/system/cpu/cpu\(cpu)/cpufreq/scaling_cur_freq")
            .map { Double($0) * 1000 }
    }

    /// Why readings are null on this machine, by field.
    package static func unknown(files: FileTree = .live) -> [String: String] {
        let probe = CoreConditions(cpu: 0, files: files)
        var reasons: [String: String] = [:]
        if probe.temperatureCelsius == nil {
            reasons["findings.temperature_c"] = "/sys/class/hwmon has no sensor of the processor"
        }
        if probe.frequencyHertz == nil {
            reasons["findings.frequency_hz"] = files.whyUnread("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq")
        }
        return reasons
    }
}
