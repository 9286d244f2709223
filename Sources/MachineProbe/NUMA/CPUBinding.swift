// CPUBinding.swift: threads on chosen CPUs, read back afterwards.
// The kernel drops CPUs outside the cpuset without a word; a binding that is not read back is a hope.

import CLinux
import Glibc
package import ResultRecord

/// A thread could not be put on the CPUs asked for.
package struct BindingError: UserFacingError, Hashable {
    package let requested: CPUSet
    /// The CPUs that this process can bind to, where known.
    package let usable: BindableCPUs?
    /// errno of sched_setaffinity; 0 when the call succeeded and the mask read back was another.
    package let errorNumber: Int32
    /// The mask read back, when the call succeeded.
    package let achieved: CPUSet?

    package var what: String {
        let target = "cannot bind a thread to CPU \(requested)"
        if let achieved { return "\(target): the kernel granted \(achieved.isEmpty ? "none" : "\(achieved)") only" }
        if let usable, errorNumber == EINVAL {
            let plural = usable.cpus.count == 1 ? "" : "s"
            return "\(target): this process may use CPU\(plural) \(usable.cpus) only (\(usable.limit.rawValue))"
        }
        return "\(target): \(String(cString: strerror(errorNumber)))"
    }

    package var nextStep: String {
        if errorNumber == EPERM {
            return "Run as the owner of the process, or allow sched_setaffinity in the container's seccomp profile."
        }
        return switch usable?.limit {
        case .cpuset?: "Start suanli outside the cpuset, or pass --cpus \(usable?.cpus ?? [])."
        case .online?: "Pass --cpus \(usable?.cpus ?? []), or bring the CPUs online."
        case nil: "Pass --cpus with CPUs that suanli info lists as usable."
        }
    }

    package var exitStatus: ExitStatus { errorNumber == EPERM ? .permission : .measurementFailed }
}

/// Affinity of threads.
package enum CPUBinding {
    /// Restricts the calling thread to `cpus`.
    ///
    /// - Throws: `BindingError` when the kernel refuses, or grants other CPUs than asked for.
    package static func bindCurrentThread(to cpus: CPUSet) throws(BindingError) { try bind(thread: 0, to: cpus) }

    /// Restricts the thread with kernel id `tid` (0: the caller) to `cpus`; it fails as `bindCurrentThread(to:)` does.
    package static func bind(thread tid: Int32, to cpus: CPUSet) throws(BindingError) {
        var mask = [UInt8](repeating: 0, count: ((cpus.numbers.last ?? 0) / 64 + 1) * 8)
        for cpu in cpus.numbers { mask[cpu / 8] |= 1 << UInt8(cpu % 8) }
        let failure = sl_affinity_set(tid, mask, mask.count)
        guard failure == 0 else {
            throw BindingError(
                requested: cpus, usable: BindableCPUs.live, errorNumber: failure, achieved: nil)
        }
        let achieved = affinity(of: tid)
        guard achieved == cpus else {
            throw BindingError(
                requested: cpus, usable: BindableCPUs.live, errorNumber: 0, achieved: achieved ?? [])
        }
    }

    /// The CPUs that the calling thread may run on, as the kernel has them.
    package static func current() -> CPUSet { affinity(of: 0) ?? [] }

    /// The CPUs that a thread may run on; nil when there is no such thread.
    ///
    /// - Parameter tid: Kernel thread id; 0 is the caller.
    package static func affinity(of tid: Int32) -> CPUSet? {
        // 1024 bytes hold 8192 CPUs; the kernel says EINVAL while its own mask is larger.
        var mask = [UInt8](repeating: 0, count: 1024)
        var bytes = sl_affinity_get(tid, &mask, mask.count)
        while bytes == -Int64(EINVAL), mask.count <= CPUSet.largestNumber / 8 {
            mask = [UInt8](repeating: 0, count: mask.count * 2)
            bytes = sl_affinity_get(tid, &mask, mask.count)
        }
        guard bytes > 0 else { return nil }
        return CPUSet((0..<Int(bytes) * 8).filter { mask[$0 / 8] >> UInt8($0 % 8) & 1 == 1 })
    }
}
