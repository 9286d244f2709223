// Roofline.swift: ceilings and points of the roofline model, drawn from a record's results alone.

public import Quantities

/// How fast this machine computes and moves data, and where each kernel lies between.
///
/// A kernel that does I operations per byte cannot exceed min(peak, I × bandwidth).
/// - Source: S. Williams, A. Waterman, D. Patterson, Roofline, Comm. ACM 52 (2009).
public struct Roofline: Sendable, Hashable, Codable {
    /// The best of a precision in registers.
    public struct Peak: Sendable, Hashable, Codable {
        public var dtype: ElementType
        public var scope: String
        /// Best slice, in `unit`.
        public var rate: Double
        /// `FLOPS` or `OPS`.
        public var unit: String
        /// Name of the result.
        public var source: String
    }

    /// The best of a level of the memory hierarchy.
    public struct Bandwidth: Sendable, Hashable, Codable {
        /// `l1`, `l2`, `l3` or `dram`.
        public var level: String
        public var scope: String
        /// Sustained, in bytes per second as STREAM counts them.
        public var rate: Double
        public var source: String
    }

    /// One kernel at one size.
    public struct Point: Sendable, Hashable, Codable {
        public var source: String
        public var scope: String
        @OrNull public var n: Int?
        @OrNull public var level: String?
        /// Operations per byte that must be moved.
        public var arithmeticIntensity: Double
        /// Sustained operations per second.
        public var rate: Double
        /// What the ceilings allow it: the peak of its precision, or its intensity times the bandwidth of its level
        /// (main memory for matrices); nil where they were not measured at its scope.
        @OrNull public var attainable: Double?

        enum CodingKeys: String, CodingKey {
            case source, scope, n, level, rate, attainable
            case arithmeticIntensity = "arithmetic_intensity"
        }
    }

    /// By precision and scope; mixes of fused multiply-adds and additions are separate from fused multiply-adds alone.
    public var peaks: [Peak]
    public var bandwidths: [Bandwidth]
    public var points: [Point]

    /// - Parameter results: Of a record; those that are not ok, and surveys of single cores or nodes, are left out.
    public init(_ results: [ResultEntry]) {
        let usable = results.filter { $0.status == .ok && $0.params.map == nil && $0.rate != nil }
        peaks = Self.peaks(usable)
        bandwidths = Self.bandwidths(usable)
        points = []
        points = usable.compactMap(point)
    }

    private static func peaks(_ results: [ResultEntry]) -> [Peak] {
        var best: [String: Peak] = [:]
        for result in results where result.kernel == "fma" {
            guard let dtype = result.params.dtype, let burst = result.burst else { continue }
            let kind = result.variant.hasSuffix("-mix") ? "mix" : "fma"
            let key = "\(dtype.rawValue) \(result.scope) \(kind)"
            if (best[key]?.rate ?? 0) < burst {
                best[key] = Peak(
                    dtype: dtype, scope: result.scope, rate: burst, unit: result.unit, source: result.name)
            }
        }
        return best.sorted { $0.key < $1.key }.map(\.value)
    }

    private static func bandwidths(_ results: [ResultEntry]) -> [Bandwidth] {
        var best: [String: Bandwidth] = [:]
        for result in results where result.kernel.hasPrefix("stream-") {
            guard let level = result.params.level, let rate = result.rate else { continue }
            let key = "\(level) \(result.scope)"
            if (best[key]?.rate ?? 0) < rate {
                best[key] = Bandwidth(level: level, scope: result.scope, rate: rate, source: result.name)
            }
        }
        return best.sorted { $0.key < $1.key }.map(\.value)
    }

    private func point(_ result: ResultEntry) -> Point? {
        guard let intensity = result.arithmeticIntensity, let rate = result.rate else { return nil }
        let operations = result.unit == "B/s" ? rate * intensity : rate
        var point = Point(source: result.name, scope: result.scope, arithmeticIntensity: intensity, rate: operations)
        point.n = result.params.n
        point.level = result.params.level
        let level = result.params.level ?? "dram"
        let peak = peaks.first {
            $0.dtype == result.params.dtype && $0.scope == result.scope && !$0.source.contains("-mix/")
        }
        let bandwidth = bandwidths.first { $0.level == level && $0.scope == result.scope }
        if let peak, let bandwidth { point.attainable = min(peak.rate, intensity * bandwidth.rate) }
        return point
    }
}

extension Roofline.Point {
    init(source: String, scope: String, arithmeticIntensity: Double, rate: Double) {
        self.source = source
        self.scope = scope
        self.arithmeticIntensity = arithmeticIntensity
        self.rate = rate
    }
}

extension ResultEntry {
    private var pieces: [Substring] { name.split(separator: "/") }

    /// First piece of the name.
    public var kernel: String { pieces.first.map(String.init) ?? "" }
    /// The piece before the last.
    public var variant: String { pieces.dropLast().last.map(String.init) ?? "" }
    /// Last piece of the name.
    public var scope: String { pieces.last.map(String.init) ?? "" }
}
