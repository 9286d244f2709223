// CPUTimes.swift: how each CPU spent its time since boot, in ticks, from /proc/stat.

import Glibc

/// Ticks of some CPUs by what they were spent on.
package struct CPUTicks: Sendable, Hashable {
    /// User, nice and system time; the guests of a hypervisor are in it.
    package var busy = 0
    /// Interrupts and soft interrupts.
    package var interrupts = 0
    /// Taken by the hypervisor.
    package var stolen = 0
    /// Idle, waiting for I/O included.
    package var idle = 0
    /// How many CPUs, times how many readings; each may be off by one tick.
    package var readings = 0

    package var total: Int { busy + interrupts + stolen + idle }

    /// Of the columns of /proc/stat: sysconf says 100 on all Linux machines.
    package static let perSecond = Double(max(1, sysconf(Int32(_SC_CLK_TCK))))

    package init(busy: Int = 0, interrupts: Int = 0, stolen: Int = 0, idle: Int = 0, readings: Int = 0) {
        self.busy = busy
        self.interrupts = interrupts
        self.stolen = stolen
        self.idle = idle
        self.readings = readings
    }

    static func + (left: CPUTicks, right: CPUTicks) -> CPUTicks {
        CPUTicks(
            busy: left.busy + right.busy, interrupts: left.interrupts + right.interrupts,
            stolen: left.stolen + right.stolen, idle: left.idle + right.idle,
            readings: left.readings + right.readings)
    }

    /// What passed since an earlier reading of the same CPUs. The kernel takes back idle and stolen ticks by a few;
    /// that is none.
    func since(_ earlier: CPUTicks) -> CPUTicks {
        CPUTicks(
            busy: max(0, busy - earlier.busy), interrupts: max(0, interrupts - earlier.interrupts),
            stolen: max(0, stolen - earlier.stolen), idle: max(0, idle - earlier.idle), readings: readings)
    }
}

/// A share of CPU time that was counted in ticks.
package struct CPUTimeShare: Sendable, Hashable {
    /// As counted, 0 ... 1.
    package let ratio: Double
    /// What is left of it when counting erred by as much as it may; 0 where that explains all of it.
    package let atLeast: Double

    package init(ratio: Double, atLeast: Double) {
        self.ratio = ratio
        self.atLeast = atLeast
    }

    /// - Parameters:
    ///   - ticks: The share's part of `all`.
    ///   - sampled: The part of `all` that was found by looking once a tick instead of being accounted.
    init?(_ ticks: Double, of all: CPUTicks, sampled: Int = 0) {
        guard all.total > 0 else { return nil }
        let total = Double(all.total)
        // Each reading rounds down to whole ticks, independently of the others. A tick that is charged to whoever runs
        // when it comes is a sample: of n, a share p has a standard deviation of √(np(1 − p)); twice that is taken.
        // Kernels tick at 100 Hz or more often, so that it is an upper bound.
        let share = min(1, Double(sampled) / total)
        let error = Double(all.readings).squareRoot() + 2 * (total * share * (1 - share)).squareRoot()
        ratio = min(1, max(0, ticks / total))
        atLeast = min(1, max(0, (ticks - error) / total))
    }
}

/// One reading of /proc/stat.
struct CPUTimes: Sendable {
    static let path = "/proc/stat"
    let all: CPUTicks
    let byCPU: [Int: CPUTicks]

    static func read(_ files: FileTree) -> Finding<CPUTimes> {
        guard let bytes = files.bytes(at: path) else { return .missing(files.whyUnread(path)) }
        var scanner = TableScanner(bytes)
        var all: CPUTicks?
        var byCPU: [Int: CPUTicks] = [:]
        // The lines of CPUs come first; the one behind them, of all interrupts, is long.
        while scanner.nextLine(), let name = scanner.word(), name.hasPrefix("cpu") {
            guard let ticks = ticks(&scanner) else { return .missing("\(path) has no column for stolen time") }
            if let number = Int(name.dropFirst(3)) { byCPU[number] = ticks } else { all = ticks }
        }
        guard var all else { return .missing(files.whyUnread(path)) }
        all.readings = max(1, byCPU.count)
        return .found(CPUTimes(all: all, byCPU: byCPU))
    }

    /// user nice system idle iowait irq softirq steal; guest time, which follows, is part of user already.
    private static func ticks(_ scanner: inout TableScanner) -> CPUTicks? {
        var columns: [Int] = []
        while columns.count < 8, let ticks = scanner.number() { columns.append(ticks) }
        guard columns.count == 8 else { return nil }
        return CPUTicks(
            busy: columns[0] + columns[1] + columns[2], interrupts: columns[5] + columns[6], stolen: columns[7],
            idle: columns[3] + columns[4], readings: 1)
    }

    func sum(of cpus: [Int]) -> Finding<CPUTicks> {
        guard !cpus.isEmpty else { return .missing("no CPU is in use") }
        var sum = CPUTicks()
        for cpu in cpus {
            guard let ticks = byCPU[cpu] else { return .missing("\(Self.path) has no line for CPU \(cpu)") }
            sum = sum + ticks
        }
        return .found(sum)
    }
}

extension FileTree {
    /// Why the CPU numbers of /proc/stat are not the kernel's; nil where they are.
    ///
    /// lxcfs lays its own files over a container's, with the container's CPUs numbered from 0. Containers without it see
    /// the host's file, whose numbers are those of affinity masks.
    var otherNumbering: String? {
        for line in (text(at: "/proc/self/mountinfo") ?? "").split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 4, fields[4] == CPUTimes.path, let dash = fields.firstIndex(of: "-"),
                fields.count > dash + 1, fields[dash + 1].hasPrefix("fuse")
            else { continue }
            return "\(CPUTimes.path) is a file of \(fields[dash + 1]), which numbers CPUs anew"
        }
        return nil
    }
}
