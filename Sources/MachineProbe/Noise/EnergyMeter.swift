// EnergyMeter.swift: joules of the processors and of the memory, from counters that wrap.

import Synchronization

/// Energy between two readings.
package struct EnergyUse: Sendable, Hashable {
    /// Of all processor packages, whatever ran on them.
    package var joules: Double
    /// Of the memory behind them; nil where the processor does not count it.
    package var memoryJoules: Double?
    /// What the two cover.
    package var seconds: Double

    package init(joules: Double, memoryJoules: Double? = nil, seconds: Double) {
        self.joules = joules
        self.memoryJoules = memoryJoules
        self.seconds = seconds
    }

    static func + (left: EnergyUse, right: EnergyUse) -> EnergyUse {
        EnergyUse(
            joules: left.joules + right.joules,
            memoryJoules: left.memoryJoules.flatMap { memory in right.memoryJoules.map { memory + $0 } },
            seconds: left.seconds + right.seconds)
    }
}

/// One energy counter, in microjoules.
struct EnergyCounter: Sendable, Hashable {
    enum Part: Sendable, Hashable { case package, memory }

    let part: Part
    let path: String
    /// The counter starts again from 0 behind this; nil for one that does not in a machine's lifetime.
    let range: Int?

    /// RAPL by powercap, Intel's and AMD's alike; else the hwmon driver amd_energy. Cores are part of their package and
    /// are left out, and so is `psys`, the whole board.
    ///
    /// - Source: Linux, Documentation/power/powercap/powercap.rst, Documentation/hwmon/amd_energy.rst.
    static func all(_ files: FileTree) -> Finding<(counters: [EnergyCounter], source: String)> {
        let powercap = "/sys/class/powercap"
        var counters: [EnergyCounter] = []
        // `intel-rapl-mmio:0` counts the same energy once more.
        for zone in (files.list(powercap) ?? []).filter({ $0.hasPrefix("intel-rapl:") }) {
            let directory = "\(powercap)/\(zone)"
            guard let name = files.word(at: directory + "/name") else { continue }
            guard let part: Part = name.hasPrefix("package") ? .package : name == "dram" ? .memory : nil else {
                continue
            }
            counters.append(
                EnergyCounter(
                    part: part, path: directory + "/energy_uj",
                    range: files.integer(at: directory + "/max_energy_range_uj")))
        }
        if counters.contains(where: { $0.part == .package }) { return .found((counters, "rapl")) }
        let monitors = "/sys/class/hwmon"
        for monitor in files.list(monitors) ?? [] {
            let directory = "\(monitors)/\(monitor)"
            guard files.word(at: directory + "/name") == "amd_energy" else { continue }
            for label in files.list(directory) ?? [] where label.hasPrefix("energy") && label.hasSuffix("_label") {
                guard files.word(at: "\(directory)/\(label)")?.hasPrefix("Esocket") == true else { continue }
                counters.append(
                    EnergyCounter(
                        part: .package, path: "\(directory)/\(label.dropLast("label".count))input", range: nil))
            }
        }
        guard counters.contains(where: { $0.part == .package }) else {
            return .missing(
                "no energy counter of a processor: neither RAPL under \(powercap) nor the driver amd_energy is here")
        }
        return .found((counters, "amd_energy"))
    }
}

/// Adds the counters up over a run, so that readings can be subtracted although the counters wrap.
final class EnergyMeter: Sendable {
    struct Reading: Sendable, Hashable {
        let packageMicrojoules: Int
        let memoryMicrojoules: Int?
        let nanoseconds: UInt64
        /// How often so much time passed between readings that a counter may have wrapped twice.
        let gaps: Int
    }

    private struct State {
        var last: [Int?]
        var sums: [Int]
        var nanoseconds: UInt64
        var gaps = 0
    }

    /// No package takes more, in watts; the largest of today are made for 500.
    static let mostWatts = 600.0

    let source: Finding<String>
    private let files: FileTree
    private let counters: [EnergyCounter]
    private let state: Mutex<State>

    init(_ files: FileTree) {
        self.files = files
        let found = EnergyCounter.all(files)
        source = found.map(\.source)
        counters = found.value?.counters ?? []
        state = Mutex(
            State(
                last: counters.map { _ in nil }, sums: counters.map { _ in 0 }, nanoseconds: 0))
    }

    /// - Parameter nanoseconds: The time of the reading; it never goes back.
    func read(at nanoseconds: UInt64) -> Finding<Reading> {
        if case .missing(let reason) = source { return .missing(reason) }
        let values = counters.map { files.integer(at: $0.path) }
        if let silent = zip(counters, values).first(where: { $0.part == .package && $1 == nil }) {
            return .missing(files.whyUnread(silent.0.path) + ": it is root's on most systems")
        }
        return state.withLock { state in
            let elapsed = Double(nanoseconds &- state.nanoseconds) * 1e-9
            var lost = false
            for (index, value) in values.enumerated() {
                guard let value else { continue }
                if let last = state.last[index] {
                    if let range = counters[index].range, elapsed * Self.mostWatts * 1e6 >= Double(range) {
                        lost = true
                    }
                    let more = value - last
                    if more >= 0 {
                        state.sums[index] += more
                    } else if let range = counters[index].range {
                        state.sums[index] += more + range
                    } else {
                        lost = true
                    }
                }
                state.last[index] = value
            }
            if lost { state.gaps += 1 }
            state.nanoseconds = nanoseconds
            let memory = counters.indices.filter { counters[$0].part == .memory }
            let hasMemory = !memory.isEmpty && memory.allSatisfy { values[$0] != nil }
            return .found(
                Reading(
                    packageMicrojoules: sum(state.sums, .package),
                    memoryMicrojoules: hasMemory ? sum(state.sums, .memory) : nil, nanoseconds: nanoseconds,
                    gaps: state.gaps))
        }
    }

    private func sum(_ sums: [Int], _ part: EnergyCounter.Part) -> Int {
        zip(counters, sums).reduce(0) { $0 + ($1.0.part == part ? $1.1 : 0) }
    }

    static func use(from start: Finding<Reading>, to end: Finding<Reading>) -> Finding<EnergyUse> {
        switch (start, end) {
        case (.missing(let reason), _), (_, .missing(let reason)): return .missing(reason)
        case (.found(let start), .found(let end)):
            guard start.gaps == end.gaps else {
                return .missing("an energy counter may have wrapped more than once between two readings")
            }
            return .found(
                EnergyUse(
                    joules: Double(end.packageMicrojoules - start.packageMicrojoules) * 1e-6,
                    memoryJoules: start.memoryMicrojoules.flatMap { start in
                        end.memoryMicrojoules.map { Double($0 - start) * 1e-6 }
                    },
                    seconds: Double(end.nanoseconds - start.nanoseconds) * 1e-9))
        }
    }
}
