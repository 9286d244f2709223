// InterruptCounters.swift: interrupts by source on the CPUs in use, and those that report an error of the machine.

import ResultRecord

/// One reading of /proc/interrupts or /proc/softirqs: counts since boot.
struct InterruptCounters: Sendable {
    static let path = "/proc/interrupts"
    static let softPath = "/proc/softirqs"
    /// Above this, one reading takes milliseconds (a row per device queue, a column per CPU), so it is made around the
    /// run alone and not around each measurement.
    static let largestPerVisit = 256 << 10

    /// Sums over the CPUs in use, by source: a device, or what the kernel calls the interrupt.
    let bySource: [String: Int]
    /// Sums over all CPUs; nil in /proc/softirqs and on architectures without such rows.
    let machineChecks: MachineChecks?
    /// Length of the file.
    let byteCount: Int

    static func read(_ files: FileTree, at path: String, on cpus: [Int]) -> Finding<InterruptCounters> {
        guard let bytes = files.bytes(at: path) else { return .missing(files.whyUnread(path)) }
        var scanner = TableScanner(bytes)
        guard scanner.nextLine() else { return .missing(files.whyUnread(path)) }
        // `CPU0 CPU1 …`: a column for each CPU that is online.
        let wanted = Set(cpus)
        var columns: [Bool] = []
        while let name = scanner.word() {
            guard name.hasPrefix("CPU"), let cpu = Int(name.dropFirst(3)) else { break }
            columns.append(wanted.contains(cpu))
        }
        guard columns.count(where: { $0 }) == wanted.count else {
            return .missing("\(path) has no column for some of CPU \(CPUSet(cpus))")
        }
        var bySource: [String: Int] = [:]
        var checks = MachineChecks()
        var hasChecks = false
        while scanner.nextLine() {
            guard let label = scanner.word(), label.hasSuffix(":") else { continue }
            var used = 0
            var all = 0
            for isUsed in columns {
                guard let count = scanner.number() else { break }
                all += count
                if isUsed { used += count }
            }
            let name = String(label.dropLast())
            if let field = MachineChecks.field(of: name) {
                checks[keyPath: field] += all
                hasChecks = true
            }
            if used > 0 { bySource[source(name, description: scanner.rest()), default: 0] += used }
        }
        return .found(
            InterruptCounters(bySource: bySource, machineChecks: hasChecks ? checks : nil, byteCount: bytes.count))
    }

    /// Numbered rows end in the device's name, behind chip and trigger; the others in what they are.
    private static func source(_ label: String, description: String) -> String {
        guard Int(label) != nil else { return description.isEmpty ? label : description }
        return description.split(separator: " ").last.map(String.init) ?? "interrupt \(label)"
    }

    /// Counts since an earlier reading, without sources that had none.
    func bySource(since earlier: InterruptCounters) -> [String: Int] {
        var delta: [String: Int] = [:]
        for (source, count) in bySource {
            let more = count - (earlier.bySource[source] ?? 0)
            if more > 0 { delta[source] = more }
        }
        return delta
    }
}

/// Interrupts by which processors report errors of memory, caches and links, over all CPUs.
package struct MachineChecks: Sendable, Hashable {
    /// Machine check exceptions (MCE): an error that was not corrected.
    package var exceptions = 0
    /// Corrected errors that reached a threshold (THR), the CMCI of Intel included.
    package var thresholds = 0
    /// Errors that were not corrected and not consumed yet (DFR, AMD).
    package var deferred = 0

    package init(exceptions: Int = 0, thresholds: Int = 0, deferred: Int = 0) {
        self.exceptions = exceptions
        self.thresholds = thresholds
        self.deferred = deferred
    }

    package var total: Int { exceptions + thresholds + deferred }

    /// MCP counts how often the kernel looked for errors, not errors.
    static func field(of row: String) -> WritableKeyPath<MachineChecks, Int>? {
        switch row {
        case "MCE": \.exceptions
        case "THR": \.thresholds
        case "DFR": \.deferred
        default: nil
        }
    }

    static func + (left: MachineChecks, right: MachineChecks) -> MachineChecks {
        MachineChecks(
            exceptions: left.exceptions + right.exceptions, thresholds: left.thresholds + right.thresholds,
            deferred: left.deferred + right.deferred)
    }

    func since(_ earlier: MachineChecks) -> MachineChecks {
        MachineChecks(
            exceptions: max(0, exceptions - earlier.exceptions), thresholds: max(0, thresholds - earlier.thresholds),
            deferred: max(0, deferred - earlier.deferred))
    }
}
