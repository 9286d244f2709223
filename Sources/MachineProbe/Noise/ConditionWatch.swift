// ConditionWatch.swift: reads the machine's counters before and behind a measurement, and says what lies between.
// Nothing runs in between. What takes longest to read is read first and last, so that the reading is not watched.

import ResultRecord

/// Where this machine keeps its counters; found once, read around each measurement.
struct ConditionSources: Sendable {
    let files: FileTree
    let groups: ControlGroups
    let usage: @Sendable () -> ProcessUsage?
    /// Nanoseconds of a clock that never goes back.
    let clock: @Sendable () -> UInt64
    /// Why /proc/stat cannot be used; nil where it can.
    let otherNumbering: String?
    /// Hardware threads of one core, by each of them.
    let siblings: [Int: [Int]]
    let sensors: ThermalSensors
    let memoryErrors: MemoryErrorCounters
    let energy: EnergyMeter
    /// Whether /proc/interrupts is short enough to be read around each measurement.
    let countsInterrupts: Bool

    init(files: FileTree, usage: @escaping @Sendable () -> ProcessUsage?, clock: @escaping @Sendable () -> UInt64) {
        self.files = files
        self.usage = usage
        self.clock = clock
        groups = ControlGroups(files: files)
        otherNumbering = files.otherNumbering
        siblings = Self.siblings(files)
        sensors = ThermalSensors(files)
        memoryErrors = MemoryErrorCounters(files)
        energy = EnergyMeter(files)
        let table = InterruptCounters.read(files, at: InterruptCounters.path, on: [])
        countsInterrupts = (table.value?.byteCount ?? 0) <= InterruptCounters.largestPerVisit
    }

    private static func siblings(_ files: FileTree) -> [Int: [Int]] {
        var siblings: [Int: [Int]] = [:]
        for cpu in UsableCPUs.online(files)?.numbers ?? [] where siblings[cpu] == nil {
            let path = "/sys/devices/system/cpu/cpu\(cpu)/topology/thread_siblings_list"
            guard let threads = files.word(at: path).flatMap({ CPUSet(list: $0) }) else { continue }
            for thread in threads.numbers { siblings[thread] = threads.numbers }
        }
        return siblings
    }

    /// Other hardware threads of the cores that `cpus` are on; else why there are none.
    func otherThreads(of cpus: [Int]) -> Finding<[Int]> {
        guard let first = cpus.first, siblings[first] != nil else {
            return .missing("/sys/devices/system/cpu does not say which hardware threads share a core")
        }
        let others = CPUSet(cpus.flatMap { siblings[$0] ?? [] }).subtracting(CPUSet(cpus)).numbers
        return others.isEmpty
            ? .missing("the cores in use have no hardware threads beside those in use") : .found(others)
    }
}

/// One reading of everything.
private struct ConditionReading: Sendable {
    var interrupts: Finding<InterruptCounters>
    var softInterrupts: Finding<InterruptCounters>
    var pressure: PressureCounters
    var throttling: Finding<ThrottleCounters>
    var pages: PageCounters
    var throttleEvents: Finding<[Int: Int]>
    var celsius: Finding<Double>
    var memoryErrors: Finding<MemoryErrorCounters.Reading>
    var times: Finding<CPUTimes>
    var usage: ProcessUsage?
    var energy: Finding<EnergyMeter.Reading>
    var nanoseconds: UInt64

    /// - Parameter atEnd: What is quick to read comes first at the end and last at the start.
    init(_ sources: ConditionSources, cpus: [Int], interrupts wanted: Bool, atEnd: Bool) {
        let files = sources.files
        func quick() -> (Finding<CPUTimes>, ProcessUsage?, Finding<EnergyMeter.Reading>, UInt64) {
            let times: Finding<CPUTimes> =
                sources.otherNumbering.map { .missing($0) } ?? CPUTimes.read(files)
            let usage = sources.usage()
            let now = sources.clock()
            return (times, usage, sources.energy.read(at: now), now)
        }
        let early = atEnd ? quick() : nil
        interrupts =
            wanted
            ? InterruptCounters.read(files, at: InterruptCounters.path, on: cpus)
            : .missing("\(InterruptCounters.path) is long here; it is read around the whole run only")
        softInterrupts = InterruptCounters.read(files, at: InterruptCounters.softPath, on: cpus)
        pressure = PressureCounters(files, groups: sources.groups)
        throttling = sources.groups.throttleCounters()
        pages = PageCounters(files)
        throttleEvents = sources.sensors.throttleEvents(on: cpus)
        celsius = sources.sensors.celsius()
        memoryErrors = sources.memoryErrors.read()
        (times, usage, energy, nanoseconds) = early ?? quick()
    }
}

/// Watches the machine from its making until `finish()`.
package struct ConditionWatch: Sendable {
    private let sources: ConditionSources
    private let cpus: [Int]
    private let countsInterrupts: Bool
    private let start: ConditionReading

    init(_ sources: ConditionSources, cpus: [Int], countsInterrupts: Bool) {
        self.sources = sources
        self.cpus = CPUSet(cpus).numbers
        self.countsInterrupts = countsInterrupts
        start = ConditionReading(sources, cpus: self.cpus, interrupts: countsInterrupts, atEnd: false)
    }

    /// What happened since. Can be called again later, for the time until then.
    package func finish() -> Conditions {
        let end = ConditionReading(sources, cpus: cpus, interrupts: countsInterrupts, atEnd: true)
        var unknown = UnknownFields()
        var found = Conditions()
        found.visits = 1
        found.seconds = Double(end.nanoseconds - start.nanoseconds) * 1e-9
        found.cpuSeconds = found.seconds * Double(cpus.count)
        takeTimes(end, &found, &unknown)
        takeInterrupts(end, &found, &unknown)
        found.cpuPressure = rise("psi_cpu_some_us", start.pressure.cpu, end.pressure.cpu, &unknown)
        found.memoryPressure = rise("psi_memory_some_us", start.pressure.memory, end.pressure.memory, &unknown)
        found.groupCPUPressure = rise(
            "psi_group_cpu_some_us", start.pressure.groupCPU, end.pressure.groupCPU, &unknown)
        found.throttling = difference(["nr_throttled", "throttled_us"], start.throttling, end.throttling, &unknown) {
            $1.since($0)
        }
        found.swappedIn = rise("swap_pages", start.pages.swappedIn, end.pages.swappedIn, &unknown)
        found.swappedOut = rise("swap_pages", start.pages.swappedOut, end.pages.swappedOut, &unknown)
        found.migratedPages = rise("numa_pages_migrated", start.pages.migrated, end.pages.migrated, &unknown)
        found.throttleEvents = difference(["throttle_events"], start.throttleEvents, end.throttleEvents, &unknown) {
            start, end in end.map { max(0, $0.value - (start[$0.key] ?? 0)) }.max() ?? 0
        }
        found.celsiusMax = difference(["temp_c_max"], start.celsius, end.celsius, &unknown, max)
        found.clockSettings = unknown.take("governor", ClockSettings.read(sources.files, on: cpus))
        if found.clockSettings?.limitShare == nil {
            unknown.note(
                "clock_limit_ratio", unknown.reasons["governor"] ?? "the frequency driver names no limits of the clock")
        }
        found.memoryErrors = difference(
            ["memory_errors_corrected", "memory_errors_uncorrected"], start.memoryErrors, end.memoryErrors, &unknown,
            MemoryErrorCounters.errors)
        found.energy = unknown.take("energy", EnergyMeter.use(from: start.energy, to: end.energy))
        if found.energy != nil, found.energy?.memoryJoules == nil {
            unknown.note("energy.memory_joules", "the processor does not count the energy of its memory")
        }
        found.unknown = unknown.reasons
        return found
    }

    private func takeTimes(_ end: ConditionReading, _ found: inout Conditions, _ unknown: inout UnknownFields) {
        let ofUsed = ["steal_ratio", "interrupt_time_ratio", "competing_ratio", "sibling_busy_ratio"]
        found.usedCPUs = difference(
            ofUsed, start.times.flatMap { $0.sum(of: cpus) }, end.times.flatMap { $0.sum(of: cpus) }, &unknown
        ) { $1.since($0) }
        found.allCPUs = difference(["machine_steal_ratio", "other_busy_cpus"], start.times, end.times, &unknown) {
            $1.all.since($0.all)
        }
        for (fields, ticks) in [
            (ofUsed, found.usedCPUs), (["machine_steal_ratio", "other_busy_cpus"], found.allCPUs),
        ] {
            guard let ticks, ticks.total == 0 else { continue }
            for field in fields { unknown.note(field, "no tick of the kernel's clock passed between the readings") }
        }
        switch sources.otherThreads(of: cpus) {
        case .missing(let reason): unknown.note("sibling_busy_ratio", reason)
        case .found(let others):
            found.siblings = difference(
                ["sibling_busy_ratio"], start.times.flatMap { $0.sum(of: others) },
                end.times.flatMap { $0.sum(of: others) }, &unknown
            ) { $1.since($0) }
        }
        found.process = start.usage.flatMap { start in end.usage.map { $0.since(start) } }
        guard found.process == nil else { return }
        for field in [
            "competing_ratio", "sibling_busy_ratio", "other_busy_cpus", "ctx_switches_voluntary",
            "ctx_switches_involuntary", "major_faults",
        ] { unknown.note(field, "getrusage failed") }
    }

    private func takeInterrupts(_ end: ConditionReading, _ found: inout Conditions, _ unknown: inout UnknownFields) {
        found.interrupts = difference(
            ["interrupts_per_second", "top_interrupt"], start.interrupts, end.interrupts, &unknown
        ) { $1.bySource(since: $0) }
        if found.interrupts?.isEmpty == true { unknown.note("top_interrupt", "there was no interrupt") }
        found.softInterrupts = difference(
            ["soft_interrupts_per_second"], start.softInterrupts, end.softInterrupts, &unknown
        ) { $1.bySource(since: $0).values.reduce(0, +) }
        let checks: (Finding<InterruptCounters>) -> Finding<MachineChecks> = { table in
            table.flatMap {
                Finding($0.machineChecks, otherwise: "\(InterruptCounters.path) has no row of machine checks")
            }
        }
        found.machineChecks = difference(
            ["machine_checks"], checks(start.interrupts), checks(end.interrupts), &unknown
        ) { $1.since($0) }
    }

    /// How much a counter rose; one that fell was set anew.
    private func rise(
        _ field: String, _ start: Finding<Int>, _ end: Finding<Int>, _ unknown: inout UnknownFields
    ) -> Int? {
        difference([field], start, end, &unknown) { max(0, $1 - $0) }
    }

    private func difference<Value, Result>(
        _ fields: [String], _ start: Finding<Value>, _ end: Finding<Value>, _ unknown: inout UnknownFields,
        _ between: (Value, Value) -> Result
    ) -> Result? {
        switch (start, end) {
        case (.found(let start), .found(let end)): return between(start, end)
        case (.missing(let reason), _), (_, .missing(let reason)):
            for field in fields { unknown.note(field, reason) }
            return nil
        }
    }
}
