// SliceTimes.swift: when one thread's slices ran, and the slice that a team makes of them.

/// The times of one thread's slices, in nanoseconds on the monotonic clock, and the CPU time that each took.
package struct SliceTimes {
    private var starts: [UInt64] = []
    private var ends: [UInt64] = []
    private var cpuTimes: [UInt64] = []

    /// - Parameter capacity: Slices that are appended without allocating.
    package init(capacity: Int) {
        starts.reserveCapacity(capacity)
        ends.reserveCapacity(capacity)
        cpuTimes.reserveCapacity(capacity)
    }

    package var count: Int { starts.count }

    package mutating func append(start: UInt64, end: UInt64, cpu: UInt64) {
        starts.append(start)
        ends.append(end)
        cpuTimes.append(cpu)
    }

    /// A slice as the team did it: from the first start to the last end.
    ///
    /// - Parameters:
    ///   - index: Below the count of each.
    ///   - threads: The times of all threads, which did their slices together.
    ///   - origin: What the slice's start is counted from.
    package static func slice(_ index: Int, of threads: some Sequence<SliceTimes>, origin: UInt64) -> Slice {
        var start = UInt64.max
        var end: UInt64 = 0
        var cpu: UInt64 = 0
        for times in threads {
            start = min(start, times.starts[index])
            end = max(end, times.ends[index])
            cpu += times.cpuTimes[index]
        }
        return Slice(
            start: Double(start - origin) * 1e-9, seconds: Double(max(1, end - start)) * 1e-9,
            cpuSeconds: Double(cpu) * 1e-9)
    }
}
