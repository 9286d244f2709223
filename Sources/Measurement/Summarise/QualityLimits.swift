// QualityLimits.swift: from where on a disturbance is remarked on, each with its reason; docs/quality.md has the table.

package enum QualityLimits {
    /// Share of CPU time that others took, hypervisor or processes: noisy. The sustained rate is lower by about as much,
    /// and one per cent is the half-width that intervals aim at by default.
    package static let stolen = 0.01
    /// Above this, untrusted: as much as verification leaves for the error of the clock.
    package static let stolenUntrusted = 0.02
    /// Share of time in which another hardware thread of a core was busy: twice the above, as it takes about half of the
    /// core while it runs.
    package static let sibling = 0.02
    package static let siblingUntrusted = 0.04
    /// Share of CPU time in interrupts; they take it as other processes do.
    package static let interruptTime = 0.01
    /// Interrupts per second and CPU, for kernels that do not account their time. Each costs some microseconds with what
    /// it displaces from caches: 5000 are per cents. A kernel's own ticks are 100 to 1000.
    package static let interruptRate = 5000.0
    /// A clock that moved by more: as wide as the default interval, so that the sustained rate is a mixture.
    package static let clockMoved = 0.02
    /// A limit of the clock below this share of the highest; drivers round by less.
    package static let clockLimit = 0.99
    /// Pages per second swapped in or out: a mebibyte of 4 KiB pages; some swapping of idle memory is usual.
    package static let swappedPages = 256.0
    /// Pages per second that NUMA balancing moved. Each takes a CPU some microseconds, so these are per cents of one.
    package static let migratedPages = 10_000.0
    /// A sustained rate below this share of the best slice.
    package static let sustained = 0.9
    /// Register kernels whose best slice stays below this share of the peak.
    package static let peak = 0.9
    /// Products of a library whose best slice stays below this share of the peak. Libraries that know the processor reach
    /// 0.6 to 0.95 of it (docs/performance.md), kernels for vectors of half its width 0.5 at most.
    package static let libraryPeak = 0.5
    /// From this order on a product is bound by arithmetic in any library.
    package static let largeOrder = 1024
    /// Timed slices have to be this share of the time that energy was counted in for a rate per watt.
    package static let energyCoverage = 0.9
}
