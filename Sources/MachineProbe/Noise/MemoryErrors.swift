// MemoryErrors.swift: errors of the memory that its controllers corrected, or could not (EDAC).

/// Errors over all memory controllers.
package struct MemoryErrors: Sendable, Hashable {
    package var corrected = 0
    package var uncorrected = 0
    /// The modules that had them, by the label the board's maker or the driver gives, sorted; empty where none is named.
    package var modules: [String] = []

    package init(corrected: Int = 0, uncorrected: Int = 0, modules: [String] = []) {
        self.corrected = corrected
        self.uncorrected = uncorrected
        self.modules = modules
    }

    static func + (left: MemoryErrors, right: MemoryErrors) -> MemoryErrors {
        MemoryErrors(
            corrected: left.corrected + right.corrected, uncorrected: left.uncorrected + right.uncorrected,
            modules: Set(left.modules + right.modules).sorted())
    }
}

/// The counters of the controllers and of the modules behind them; found once, read often.
struct MemoryErrorCounters: Sendable {
    private static let root = "/sys/devices/system/edac/mc"

    /// Since boot, or since somebody reset them.
    struct Reading: Sendable {
        /// By controller.
        var corrected: [Int] = []
        var uncorrected: [Int] = []
        /// Errors of either kind by module.
        var byModule: [String: Int] = [:]
    }

    private let files: FileTree
    private let controllers: [String]
    /// Name, and the counters that belong to it.
    private let modules: [(name: String, counters: [String])]

    init(_ files: FileTree) {
        self.files = files
        controllers = (files.list(Self.root) ?? []).filter { $0.hasPrefix("mc") && Int($0.dropFirst(2)) != nil }
        var modules: [(String, [String])] = []
        for controller in controllers {
            let directory = "\(Self.root)/\(controller)"
            for part in files.list(directory) ?? [] {
                let path = "\(directory)/\(part)"
                if part.hasPrefix("dimm") || part.hasPrefix("rank"), files.exists(path + "/dimm_ce_count") {
                    let name = files.word(at: path + "/dimm_label") ?? "\(controller) \(part)"
                    modules.append((name, [path + "/dimm_ce_count", path + "/dimm_ue_count"]))
                } else if part.hasPrefix("csrow"), !files.exists(directory + "/dimm0") {
                    // Older kernels count corrected errors by row and channel.
                    for channel in 0..<8 where files.exists("\(path)/ch\(channel)_ce_count") {
                        let name = files.word(at: "\(path)/ch\(channel)_dimm_label")
                        modules.append(
                            (name ?? "\(controller) \(part) channel \(channel)", ["\(path)/ch\(channel)_ce_count"]))
                    }
                }
            }
        }
        self.modules = modules
    }

    func read() -> Finding<Reading> {
        guard !controllers.isEmpty else {
            return .missing(
                files.exists(Self.root)
                    ? "\(Self.root) names no memory controller: no EDAC driver knows this one"
                    : "\(Self.root) is absent: no EDAC driver, as in most guests")
        }
        var reading = Reading()
        for controller in controllers {
            let directory = "\(Self.root)/\(controller)"
            guard let corrected = files.integer(at: directory + "/ce_count"),
                let uncorrected = files.integer(at: directory + "/ue_count")
            else { return .missing(files.whyUnread(directory + "/ce_count")) }
            reading.corrected.append(corrected)
            reading.uncorrected.append(uncorrected)
        }
        for module in modules {
            reading.byModule[module.name, default: 0] += module.counters.reduce(0) { $0 + (files.integer(at: $1) ?? 0) }
        }
        return .found(reading)
    }

    static func errors(from start: Reading, to end: Reading) -> MemoryErrors {
        let modules = end.byModule.filter { $0.value > (start.byModule[$0.key] ?? 0) }.map(\.key).sorted()
        return MemoryErrors(
            corrected: rise(start.corrected, end.corrected), uncorrected: rise(start.uncorrected, end.uncorrected),
            modules: modules)
    }

    /// A counter that fell was reset in between; what it says now came after that.
    private static func rise(_ start: [Int], _ end: [Int]) -> Int {
        zip(start, end).reduce(0) { $0 + ($1.1 >= $1.0 ? $1.1 - $1.0 : $1.1) }
    }
}
