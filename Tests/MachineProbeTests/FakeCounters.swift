// FakeCounters.swift: a made-up machine whose counters tests move on between two readings.

import MachineProbe
import Synchronization

/// CPUs with their ticks, a process with its usage, and a clock; all start at numbers that are not 0.
final class FakeCounters: Sendable {
    struct State {
        var ticks: [[Int]]
        var cpuSeconds = 7.0
        var nanoseconds: UInt64 = 5_000_000_000
    }

    let tree: TemporaryTree
    private let state: Mutex<State>

    /// - Parameter cpus: How many; each has been busy for 500 ticks, idle for 900.
    init(cpus: Int, _ files: [String: String] = [:]) throws {
        tree = try TemporaryTree(files)
        state = Mutex(State(ticks: (0..<cpus).map { _ in [300, 50, 150, 900, 30, 4, 6, 20] }))
        try tree.write("0-\(cpus - 1)\n", at: "/sys/devices/system/cpu/online")
        try writeStat()
    }

    var monitor: RunMonitor {
        RunMonitor(
            files: tree.files,
            usage: { [self] in
                ProcessUsage(
                    cpuSeconds: state.withLock { $0.cpuSeconds }, voluntarySwitches: 3, involuntarySwitches: 4,
                    majorFaults: 5)
            },
            clock: { [self] in state.withLock { $0.nanoseconds } })
    }

    /// Lets time pass; ticks are 100 a second and CPU.
    ///
    /// - Parameters:
    ///   - busy, softirq, stolen: Ticks by CPU; the rest of a CPU's time was idle.
    ///   - own: CPU seconds of this process.
    func pass(
        seconds: Double, busy: [Int: Int] = [:], softirq: [Int: Int] = [:], stolen: [Int: Int] = [:], own: Double = 0
    ) throws {
        state.withLock { state in
            for cpu in state.ticks.indices {
                let (user, soft, steal) = (busy[cpu] ?? 0, softirq[cpu] ?? 0, stolen[cpu] ?? 0)
                state.ticks[cpu][0] += user
                state.ticks[cpu][6] += soft
                state.ticks[cpu][7] += steal
                state.ticks[cpu][3] += Int(seconds * 100) - user - soft - steal
            }
            state.cpuSeconds += own
            state.nanoseconds += UInt64(seconds * 1e9)
        }
        try writeStat()
    }

    private func writeStat() throws {
        let ticks = state.withLock { $0.ticks }
        let sums = (0..<8).map { column in ticks.reduce(0) { $0 + $1[column] } }
        let lines = [("cpu ", sums)] + ticks.enumerated().map { ("cpu\($0.offset)", $0.element) }
        let text = lines.map { name, columns in
            "\(name) \(columns.map(String.init).joined(separator: " ")) 12 0"
        }
        try tree.write(text.joined(separator: "\n") + "\nintr 5 0 0\nctxt 9\n", at: "/proc/stat")
    }

    /// Core `n` has hardware threads `n` and `n + cores`.
    func pair(cores: Int) throws {
        for cpu in 0..<2 * cores {
            try tree.write(
                "\(cpu % cores),\(cpu % cores + cores)\n",
                at: "/sys/devices/system/cpu/cpu\(cpu)/topology/thread_siblings_list")
        }
    }
}
