// ThermalSensors.swift: how hot the processors are, and how often heat made them slower.

/// Temperature inputs of the processors, and the throttle counters of their CPUs; found once, read often.
struct ThermalSensors: Sendable {
    private let files: FileTree
    /// Files in thousandths of a degree Celsius.
    private let inputs: [String]

    init(_ files: FileTree) {
        self.files = files
        let monitors = Self.monitorInputs(files)
        inputs = monitors.isEmpty ? Self.zoneInputs(files) : monitors
    }

    /// Drivers of processor sensors: Intel, AMD, AMD out of tree, arm64 boards.
    private static let drivers: Set<String> = ["coretemp", "k10temp", "zenpower", "cpu_thermal"]

    private static func monitorInputs(_ files: FileTree) -> [String] {
        let root = "/sys/class/hwmon"
        var inputs: [String] = []
        for monitor in files.list(root) ?? [] {
            let directory = "\(root)/\(monitor)"
            guard let name = files.word(at: directory + "/name"), drivers.contains(name) else { continue }
            let files = (files.list(directory) ?? []).filter { $0.hasPrefix("temp") && $0.hasSuffix("_input") }
                .map { input in
                    let label = "\(directory)/\(input.dropLast("input".count))label"
                    return (path: "\(directory)/\(input)", label: files.word(at: label) ?? "")
                }
            // A package reads as hot as its hottest core, and a core's own reading interrupts it. Tctl is a control
            // value that some models raise above the die's temperature; where Tdie stands beside it, that is taken.
            let package = files.filter { $0.label.hasPrefix("Package") }
            let die = files.filter { $0.label != "Tctl" }
            inputs += (!package.isEmpty ? package : !die.isEmpty ? die : files).map(\.path)
        }
        return inputs
    }

    private static func zoneInputs(_ files: FileTree) -> [String] {
        let root = "/sys/class/thermal"
        return (files.list(root) ?? []).filter { $0.hasPrefix("thermal_zone") }.compactMap { zone in
            guard let type = files.word(at: "\(root)/\(zone)/type"), type == "x86_pkg_temp" || type.hasPrefix("cpu")
            else { return nil }
            return "\(root)/\(zone)/temp"
        }
    }

    /// The hottest reading, in degrees Celsius.
    func celsius() -> Finding<Double> {
        Finding(
            inputs.compactMap { files.integer(at: $0) }.max().map { Double($0) / 1000 },
            otherwise: inputs.isEmpty
                ? "no sensor of a processor under /sys/class/hwmon or /sys/class/thermal"
                : files.whyUnread(inputs[0]))
    }

    /// Throttle events since boot, of core and package, by CPU: Intel's only, other vendors count none.
    func throttleEvents(on cpus: [Int]) -> Finding<[Int: Int]> {
        guard !cpus.isEmpty else { return .missing("no CPU is in use") }
        var events: [Int: Int] = [:]
        for cpu in cpus {
            let directory = "/sys/devices/system/cpu/cpu\(cpu)/thermal_throttle"
            guard let core = files.integer(at: directory + "/core_throttle_count") else {
                return .missing(
                    files.whyUnread(directory + "/core_throttle_count") + ": only Intel's processors count them")
            }
            events[cpu] = core + (files.integer(at: directory + "/package_throttle_count") ?? 0)
        }
        return .found(events)
    }
}
