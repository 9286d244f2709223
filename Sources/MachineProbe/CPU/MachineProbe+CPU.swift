// MachineProbe+CPU.swift: who made the processor, what it can execute, and its clocks as stated.

import ResultRecord

extension MachineProbe {
    func describeCPU(_ unknown: inout UnknownFields) -> CPUDescription {
        var cpu = CPUDescription()
        let info = ProcessorInfo(files)
        switch processor.architecture {
        case .x86_64:
            let identity = X86Identity(processor)
            let noCPUID = "CPUID gave no identity"
            cpu.vendor = unknown.take("cpu.vendor", identity?.vendor, otherwise: noCPUID)
            cpu.modelName = unknown.take(
                "cpu.model_name", identity?.modelName, otherwise: "CPUID has no brand string (leaf 0x80000004)")
            cpu.family = unknown.take("cpu.family", identity?.family, otherwise: noCPUID)
            cpu.model = unknown.take("cpu.model", identity?.model, otherwise: noCPUID)
            cpu.stepping = unknown.take("cpu.stepping", identity?.stepping, otherwise: noCPUID)
            cpu.isa = X86Feature.supported(by: processor)
            cpu.microarchitecture = unknown.take(
                "cpu.microarchitecture", identity.flatMap { Microarchitecture.name(of: $0) },
                otherwise: "the table of microarchitectures has no entry for this vendor, family and model")
            cpu.microcode = unknown.take(
                "cpu.microcode", info.first("microcode"), otherwise: "/proc/cpuinfo has no line microcode")
        case .arm64:
            let identity = ARMIdentity(files)
            let noRegister = "\(files.whyUnread(ARMIdentity.registerPath)), and /proc/cpuinfo has no line CPU part"
            cpu.vendor = unknown.take(
                "cpu.vendor", identity?.vendor,
                otherwise: identity.map { "implementer code \($0.implementer) is not in the table" } ?? noRegister)
            cpu.modelName = unknown.take(
                "cpu.model_name", info.first("model name"), otherwise: "arm64 processors have no brand string")
            cpu.family = 8
            cpu.model = unknown.take("cpu.model", identity?.part, otherwise: noRegister)
            cpu.stepping = unknown.take(
                "cpu.stepping", identity.map { $0.variant << 4 | $0.revision }, otherwise: noRegister)
            cpu.isa = ARMFeatures.supported(by: processor)
            cpu.microarchitecture = unknown.take(
                "cpu.microarchitecture", identity.flatMap { Microarchitecture.name(of: $0) },
                otherwise: "the table of microarchitectures has no entry for this implementer and part")
            unknown.note("cpu.microcode", "arm64 processors have no microcode that software can read")
        case .other:
            for field in ["vendor", "model_name", "family", "model", "stepping", "microcode", "microarchitecture"] {
                unknown.note("cpu.\(field)", "this architecture is neither x86-64 nor arm64")
            }
        }
        cpu.baseHertz = unknown.take("cpu.base_hz", baseHertz())
        cpu.maxHertz = unknown.take("cpu.max_hz", maxHertz())
        return cpu
    }

    /// The guaranteed clock: cpufreq (Intel), ACPI CPPC (AMD, arm64), then CPUID leaf 0x16.
    private func baseHertz() -> Finding<Double> {
        if let kilohertz = files.integer(at: Self.cpufreq + "base_frequency"), kilohertz > 0 {
            return .found(Double(kilohertz) * 1e3)
        }
        if let megahertz = files.integer(at: "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_freq"), megahertz > 0 {
            return .found(Double(megahertz) * 1e6)
        }
        return statedClock(\.base, file: "base_frequency")
    }

    /// The highest clock of a core: cpufreq, then CPUID leaf 0x16.
    private func maxHertz() -> Finding<Double> {
        if let kilohertz = files.integer(at: Self.cpufreq + "cpuinfo_max_freq"), kilohertz > 0 {
            return .found(Double(kilohertz) * 1e3)
        }
        return statedClock(\.max, file: "cpuinfo_max_freq")
    }

    private static let cpufreq = "/sys/devices/system/cpu/cpu0/cpufreq/"

    /// Leaf 0x16 in Hz, or why it has none. AMD processors and many hypervisors leave it empty.
    private func statedClock(_ field: KeyPath<(base: UInt32, max: UInt32), UInt32>, file: String) -> Finding<Double> {
        let noFile = files.whyUnread(Self.cpufreq + file)
        guard processor.architecture == .x86_64 else { return .missing(noFile) }
        guard let leaf = processor.leaf(0x16) else { return .missing(noFile + ", and CPUID has no leaf 0x16") }
        // Bits 15–0 hold MHz; the rest is reserved.
        let megahertz = (base: leaf.eax & 0xFFFF, max: leaf.ebx & 0xFFFF)[keyPath: field]
        guard megahertz > 0 else { return .missing(noFile + ", and CPUID leaf 0x16 is zero") }
        return .found(Double(megahertz) * 1e6)
    }
}
