// MachineDescription+Class.swift: a short name for machines that may be compared with each other.

extension MachineDescription {
    /// A slug of vendor, model, microarchitecture, cores and hypervisor: `amd-epyc-zen4-2c-kvm`.
    ///
    /// Lower-case letters, digits and single dashes. Marks, clock figures and words that say nothing are left out of the
    /// model's name; parts that are unknown are left out too. Bare metal ends in `-metal`.
    public var machineClass: String {
        let vendors = [
            "AuthenticAMD": "amd", "GenuineIntel": "intel", "HygonGenuine": "hygon", "CentaurHauls": "zhaoxin",
            "  Shanghai  ": "zhaoxin",
        ]
        var words = Self.slugWords(cpu.vendor.map { vendors[$0] ?? $0 } ?? "cpu")
        for word in Self.modelWords(cpu.modelName ?? "") + (cpu.microarchitecture.map { [$0] } ?? familyWords)
        where !words.contains(word) {
            words.append(word)
        }
        if let cores = topology.cores ?? topology.threads { words.append("\(cores)c") }
        switch virt.hypervisor {
        case "none": words.append("metal")
        case let name?: words += Self.slugWords(name)
        case nil: break
        }
        return words.joined(separator: "-")
    }

    /// `f25m17`, in place of a microarchitecture without a name.
    private var familyWords: [String] {
        guard let family = cpu.family, let model = cpu.model else { return [] }
        return ["f\(family)m\(model)"]
    }

    private static func modelWords(_ name: String) -> [String] {
        let plain = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)[0].lowercased()
        let unmarked = ["(r)", "(tm)", "(c)"].reduce(plain) { text, mark in
            text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: " ")
        }
        let silent: Set<String> = ["cpu", "processor", "genuine", "core", "with"]
        return slugWords(unmarked).filter { word in
            !silent.contains(word) && !(word.hasSuffix("ghz") || word.hasSuffix("mhz"))
        }.filter { $0 != "amd" && $0 != "intel" }.removingCoreCount()
    }

    /// Runs of letters and digits (and of the dots and dashes within), in lower case.
    private static func slugWords(_ text: String) -> [String] {
        text.lowercased().split { character in
            !(character.isASCII && (character.isLetter || character.isNumber || character == "-"))
        }.map { $0.split(separator: "-").joined(separator: "-") }.filter { !$0.isEmpty }
    }
}

extension [String] {
    /// Without `96-core`: the slug counts cores itself, and the product's count may not be the machine's.
    fileprivate func removingCoreCount() -> [String] {
        filter { word in
            let parts = word.split(separator: "-")
            return !(parts.count == 2 && parts[1] == "core" && parts[0].allSatisfy(\.isNumber))
        }
    }
}
