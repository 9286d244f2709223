// KernelCounters.swift: waiting for CPUs and memory (PSI), swapping, and pages moved between NUMA nodes.

/// Microseconds in which some task waited, since boot.
struct PressureCounters: Sendable {
    static let cpuPath = "/proc/pressure/cpu"
    static let memoryPath = "/proc/pressure/memory"

    let cpu: Finding<Int>
    let memory: Finding<Int>
    /// Of the process's own control group, for a CPU.
    let groupCPU: Finding<Int>

    init(_ files: FileTree, groups: ControlGroups) {
        cpu = Self.total(files, Self.cpuPath)
        memory = Self.total(files, Self.memoryPath)
        switch groups.hierarchy(of: "cpu") {
        case .missing(let reason): groupCPU = .missing(reason)
        case .found(let hierarchy) where hierarchy.version == 2:
            groupCPU = Self.total(files, hierarchy.directories[0] + "/cpu.pressure")
        case .found: groupCPU = .missing("control groups of version 1 count no pressure")
        }
    }

    /// `some avg10=12.92 avg60=3.22 avg300=2.68 total=42759719`
    private static func total(_ files: FileTree, _ path: String) -> Finding<Int> {
        let line = (files.text(at: path) ?? "").split(separator: "\n").first { $0.hasPrefix("some ") } ?? ""
        let value = line.split(separator: " ").first { $0.hasPrefix("total=") }.flatMap { Int($0.dropFirst(6)) }
        return Finding(value, otherwise: files.whyUnread(path) + ": the kernel counts no pressure (boot with psi=1)")
    }
}

/// Pages, over the whole machine, since boot.
struct PageCounters: Sendable {
    static let path = "/proc/vmstat"

    let swappedIn: Finding<Int>
    let swappedOut: Finding<Int>
    /// By NUMA balancing.
    let migrated: Finding<Int>

    init(_ files: FileTree) {
        var found: [String: Int] = [:]
        if let bytes = files.bytes(at: Self.path) {
            var scanner = TableScanner(bytes)
            while scanner.nextLine() {
                if let name = scanner.word(), Self.names.contains(name) { found[name] = scanner.number() }
            }
        }
        func finding(_ name: String, hint: String) -> Finding<Int> {
            Finding(
                found[name],
                otherwise: files.exists(Self.path)
                    ? "\(Self.path) has no \(name): \(hint)" : files.whyUnread(Self.path))
        }
        swappedIn = finding("pswpin", hint: "the kernel is built without swap")
        swappedOut = finding("pswpout", hint: "the kernel is built without swap")
        migrated = finding("numa_pages_migrated", hint: "the kernel is built without NUMA balancing")
    }

    private static let names: Set<String> = ["pswpin", "pswpout", "numa_pages_migrated"]
}
