// InstructionSetKernel.swift: what decides whether a kernel of ours runs on a processor.

/// A kernel that is written for one instruction set.
package protocol InstructionSetKernel {
    /// `x86_64`, `arm64`, or `any` for portable code.
    var architecture: String { get }
    /// In the spelling of /proc/cpuinfo.
    var requiredFeatures: [String] { get }
    /// Whether this build contains it.
    var isCompiledHere: Bool { get }
}

extension InstructionSetKernel {
    /// The features that `isa` lacks, in the order of the data sheet.
    package func missingFeatures(in isa: some Sequence<String>) -> [String] {
        let present = Set(isa)
        return requiredFeatures.filter { !present.contains($0) }
    }

    /// Why it does not run on a processor with the features `isa`, such as `needs avx512f`; nil if it does.
    package func unavailability(isa: some Sequence<String>) -> String? {
        guard isCompiledHere else { return "built for \(architecture)" }
        let missing = missingFeatures(in: isa)
        return missing.isEmpty ? nil : "needs " + missing.joined(separator: " and ")
    }
}
