// Arguments.swift: option values that are checked while they are parsed.

public import ArgumentParser
public import CapacityIndex
import Measurement
import ResultRecord

enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case text, json
}

extension ComputeClass: ExpressibleByArgument {}

/// `90`, `90s`, `2m`, `1.5h`
struct DurationArgument: ExpressibleByArgument {
    let seconds: Double

    init?(argument: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        var number = Substring(argument)
        var unit = 1.0
        if let last = number.last, let factor = units[last] {
            unit = factor
            number = number.dropLast()
        }
        guard let value = Double(number), value.isFinite, value > 0, value * unit <= 7 * 86_400 else { return nil }
        seconds = value * unit
    }
}

/// `0-3,8`
struct CPUListArgument: ExpressibleByArgument {
    let cpus: CPUSet

    init?(argument: String) {
        guard let cpus = CPUSet(list: argument) else { return nil }
        self.cpus = cpus
    }
}

/// `key=value`
struct TagArgument: ExpressibleByArgument {
    let key: String
    let value: String

    init?(argument: String) {
        guard let sign = argument.firstIndex(of: "="), sign != argument.startIndex else { return nil }
        key = String(argument[..<sign])
        value = String(argument[argument.index(after: sign)...])
    }
}

/// 0 … 2^53 − 1: what JSON readers in every language keep exactly.
struct SeedArgument: ExpressibleByArgument {
    let seed: Int

    init?(argument: String) {
        guard let value = Int(argument), (0..<1 << 53).contains(value) else { return nil }
        seed = value
    }
}

/// A site, a region: printable, without the separators of paths and lists.
struct PlaceArgument: ExpressibleByArgument {
    let name: String

    init?(argument: String) {
        guard (1...64).contains(argument.count), !argument.contains("/"),
            argument.unicodeScalars.allSatisfy({ !$0.properties.isPatternWhitespace || $0 == " " }),
            argument.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { return nil }
        name = argument
    }
}

/// `2048`, `1000,2000,4000`: orders of matrices, each at least 1.
struct OrdersArgument: ExpressibleByArgument {
    let orders: [Int]

    init?(argument: String) {
        let parsed = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        // Beyond 2^31 no library's integers hold an order, and no memory three matrices.
        guard !parsed.isEmpty, parsed.allSatisfy({ $0.map { (1...1 << 31).contains($0) } ?? false }) else { return nil }
        orders = Set(parsed.compactMap { $0 }).sorted()
    }
}

/// `l1,dram`
struct LevelsArgument: ExpressibleByArgument {
    let levels: Set<WorkingSet.Level>

    init?(argument: String) {
        let parsed = argument.split(separator: ",", omittingEmptySubsequences: false)
            .map { WorkingSet.Level(rawValue: String($0)) }
        guard !parsed.contains(nil) else { return nil }
        levels = Set(parsed.compactMap { $0 })
    }
}

/// `per-core`, `numa`, `per-core,numa`, or `none`.
struct MapsArgument: ExpressibleByArgument {
    let maps: Set<MachineMap>

    init?(argument: String) {
        if argument == "none" {
            maps = []
            return
        }
        let parsed = argument.split(separator: ",", omittingEmptySubsequences: false)
            .map { MachineMap(rawValue: String($0)) }
        guard !parsed.contains(nil) else { return nil }
        maps = Set(parsed.compactMap { $0 })
    }
}

/// `bitwidth`, `fp32-native/1`, `bitwidth-max`
struct PolicyArgument: ExpressibleByArgument {
    let policy: ConversionPolicy

    static let standard = PolicyArgument(.fp32Native)
    static let help = ArgumentHelp(
        "How rates are made comparable: " + ConversionPolicy.builtIns.map(\.id.name).joined(separator: ", ")
            + "; with -max the largest converted rate of a node counts.", valueName: "policy")

    private init(_ policy: ConversionPolicy) { self.policy = policy }

    init?(argument: String) {
        let suffix = "-max"
        if let policy = ConversionPolicy.named(argument) {
            self.policy = policy
        } else if argument.hasSuffix(suffix),
            let policy = ConversionPolicy.named(String(argument.dropLast(suffix.count)))
        {
            self.policy = policy.takingMaximum
        } else {
            return nil
        }
    }

    var defaultValueDescription: String { policy.id.name }
}

/// `2026-06-30`, `2026-06-30T12:00:00Z`
struct DateArgument: ExpressibleByArgument {
    let timestamp: Timestamp

    init?(argument: String) {
        guard let timestamp = Timestamp(argument) else { return nil }
        self.timestamp = timestamp
    }
}

/// `super=10%`, `super=0.1`
struct ShareArgument: ExpressibleByArgument {
    let computeClass: ComputeClass
    let share: Double

    init?(argument: String) {
        let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
        guard parts.count == 2, let computeClass = ComputeClass(rawValue: String(parts[0])) else { return nil }
        let isPercentage = parts[1].hasSuffix("%")
        guard let number = Double(isPercentage ? parts[1].dropLast() : parts[1]), number.isFinite else { return nil }
        self.computeClass = computeClass
        share = isPercentage ? number / 100 : number
    }
}
