// ProcessorInterface.swift: CPUID, XCR0 and hwcap as values, so that any processor can be decoded on any other.

import CLinux

/// The four registers that one CPUID leaf returns.
package struct CPUIDRegisters: Sendable, Hashable {
    package var eax: UInt32
    package var ebx: UInt32
    package var ecx: UInt32
    package var edx: UInt32

    package init(eax: UInt32 = 0, ebx: UInt32 = 0, ecx: UInt32 = 0, edx: UInt32 = 0) {
        self.eax = eax
        self.ebx = ebx
        self.ecx = ecx
        self.edx = edx
    }
}

/// What software can ask the processor directly.
package struct ProcessorInterface: Sendable {
    package enum Architecture: String, Sendable { case x86_64, arm64, other }

    package let architecture: Architecture
    /// Answers CPUID leaf and subleaf; used on x86-64 only.
    package let cpuid: @Sendable (_ leaf: UInt32, _ subleaf: UInt32) -> CPUIDRegisters
    /// Register states that the operating system saves; 0 without XSAVE.
    package let xcr0: UInt64
    package let hwcap: UInt64
    package let hwcap2: UInt64

    package init(
        architecture: Architecture, xcr0: UInt64 = 0, hwcap: UInt64 = 0, hwcap2: UInt64 = 0,
        cpuid: @escaping @Sendable (UInt32, UInt32) -> CPUIDRegisters = { _, _ in CPUIDRegisters() }
    ) {
        self.architecture = architecture
        self.cpuid = cpuid
        self.xcr0 = xcr0
        self.hwcap = hwcap
        self.hwcap2 = hwcap2
    }

    /// The processor this code runs on.
    package static let live = ProcessorInterface(
        architecture: liveArchitecture, xcr0: sl_xcr0(), hwcap: sl_hwcap(), hwcap2: sl_hwcap2(),
        cpuid: { leaf, subleaf in
            let answer = sl_cpuid(leaf, subleaf)
            return CPUIDRegisters(eax: answer.eax, ebx: answer.ebx, ecx: answer.ecx, edx: answer.edx)
        })

    private static var liveArchitecture: Architecture {
        #if arch(x86_64)
            .x86_64
        #elseif arch(arm64)
            .arm64
        #else
            .other
        #endif
    }

    /// A leaf, or nil beyond the largest leaf of its range (basic or extended), where answers are arbitrary.
    func leaf(_ number: UInt32, _ subleaf: UInt32 = 0) -> CPUIDRegisters? {
        guard architecture == .x86_64 else { return nil }
        let range = number & 0x8000_0000
        let largest = cpuid(range, 0).eax
        return largest >= number && largest & 0x8000_0000 == range ? cpuid(number, subleaf) : nil
    }
}
