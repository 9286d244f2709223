// CPUDescription.swift: the processor: who made it, what it can execute, how much per cycle.

public struct CPUDescription: Sendable, Hashable, Codable {
    /// `AuthenticAMD`, `GenuineIntel`, `ARM`, …
    @OrNull public var vendor: String?
    @OrNull public var modelName: String?
    /// Displayed family (base plus extended), as CPUID defines it; on arm64 the architecture (8).
    @OrNull public var family: Int?
    /// Displayed model; on arm64 the part number.
    @OrNull public var model: Int?
    /// On arm64 variant × 16 + revision: r3p1 is 49.
    @OrNull public var stepping: Int?
    /// Hexadecimal, as the kernel prints it.
    @OrNull public var microcode: String?
    /// Features that both the processor and the operating system support, sorted, in the kernel's spelling.
    public var isa: [String] = []
    /// The microarchitecture's name (`zen4`), when the table in MachineProbe/CPU knows the model.
    @OrNull public var microarchitecture: String?
    @OrNull public var baseHertz: Double?
    @OrNull public var maxHertz: Double?

    public init() {}

    enum CodingKeys: String, CodingKey {
        case vendor, family, model, stepping, microcode, isa, microarchitecture
        case modelName = "model_name"
        case baseHertz = "base_hz"
        case maxHertz = "max_hz"
    }
}
