// MachineProbe+OperatingSystem.swift: kernel, distribution, C library, mitigations, and the boot parameters that matter.

import Glibc
import ResultRecord

extension MachineProbe {
    func describeOperatingSystem(_ unknown: inout UnknownFields) -> OperatingSystemDescription {
        var os = OperatingSystemDescription()
        os.distro = unknown.take(
            "os.distro", distribution(), otherwise: files.whyUnread("/etc/os-release") + ", so is PRETTY_NAME")
        os.kernel = unknown.word("os.kernel", in: files, at: "/proc/sys/kernel/osrelease")
        os.cmdline = unknown.take(
            "os.cmdline", files.text(at: "/proc/cmdline").map { BootParameters.relevant(in: $0) },
            otherwise: files.whyUnread("/proc/cmdline"))
        os.libc = unknown.take("os.libc", Self.libraryVersion, otherwise: "the C library does not name its version")
        let directory = "/sys/devices/system/cpu/vulnerabilities"
        os.mitigations = unknown.take(
            "os.mitigations",
            files.list(directory).map { names in
                names.compactMap { name in files.word(at: "\(directory)/\(name)").map { "\(name): \($0)" } }
            }, otherwise: files.whyUnread(directory))
        return os
    }

    private func distribution() -> String? {
        let text = files.text(at: "/etc/os-release") ?? files.text(at: "/usr/lib/os-release") ?? ""
        let lines = text.split(separator: "\n").compactMap { $0.keyAndValue(separator: "=") }
        let value = lines.first { $0.key == "PRETTY_NAME" }?.value ?? lines.first { $0.key == "NAME" }?.value
        return value.map { $0.filter { $0 != "\"" && $0 != "'" } }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// `glibc 2.36`.
    private static let libraryVersion: String? = {
        var buffer = [CChar](repeating: 0, count: 64)
        guard confstr(Int32(_CS_GNU_LIBC_VERSION), &buffer, buffer.count) > 0 else { return nil }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}

/// The kernel's command line, without what is nobody's business.
enum BootParameters {
    /// Parameters that change what a benchmark measures. A command line may hold passwords and keys, so this is a list
    /// of what is kept, not of what is left out.
    static let names: Set<String> = [
        "amd_pstate", "clearcpuid", "clocksource", "cpuidle.governor", "cpuidle.off", "default_hugepagesz",
        "gather_data_sampling", "hugepages", "hugepagesz", "idle", "indirect_target_selection", "intel_idle.max_cstate",
        "intel_pstate", "iommu", "irqaffinity", "isolcpus", "kpti", "kvm-intel.vmentry_l1d_flush", "l1tf", "maxcpus",
        "mds", "mem", "mitigations", "mmio_stale_data", "nohz", "nohz_full", "nopti", "nosmt", "nospectre_v1",
        "nospectre_v2", "noxsave", "noxsaves", "nr_cpus", "numa", "numa_balancing", "pcie_aspm", "preempt",
        "processor.max_cstate", "psi", "pti", "rcu_nocbs", "rcu_nocb_poll", "reg_file_data_sampling", "retbleed",
        "skew_tick", "spec_rstack_overflow", "spec_store_bypass_disable", "spectre_bhi", "spectre_v2", "srbds",
        "tsa", "tsc", "tsx", "tsx_async_abort", "transparent_hugepage", "vmscape", "workqueue.power_efficient",
    ]

    /// The kept parameters in their order, separated by one space; empty when none is set.
    ///
    /// What follows ` -- ` is for the first process and never kept.
    static func relevant(in commandLine: String) -> String {
        let words = commandLine.split(whereSeparator: \.isWhitespace).prefix { $0 != "--" }
        // The kernel treats dashes and underscores in names alike.
        return words.filter { word in
            let name = word.prefix { $0 != "=" }
            return names.contains(String(name)) || names.contains(String(name.map { $0 == "-" ? "_" : $0 }))
        }.joined(separator: " ")
    }
}
