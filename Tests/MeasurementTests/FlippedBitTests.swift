// FlippedBitTests.swift: each bit of an element of a product, flipped: which check sees it, against derived bounds.

import BLASBinding
import Measurement
import SampleStatistics
import TestSupport
import Testing

/// A, B, their product by a plain loop, and the same summed backwards.
private struct Products<Element: GEMMElement> {
    let n: Int
    var a: [Element]
    var b: [Element]
    var c: [Element]
    var again: [Element]
    private let rowNorms: [Double]
    private let columnNorms: [Double]

    init(n: Int, seed: UInt64) {
        self.n = n
        var generator = SeededGenerator(seed: seed)
        let a = (0..<n * n).map { _ in Element(generator.uniform() - 0.5) }
        let b = (0..<n * n).map { _ in Element(generator.uniform() - 0.5) }
        func sums(_ order: some Collection<Int>) -> [Element] {
            var c = [Element](repeating: 0, count: n * n)
            for i in 0..<n {
                for k in order { for j in 0..<n { c[i * n + j] += a[i * n + k] * b[k * n + j] } }
            }
            return c
        }
        c = sums(0..<n)
        again = sums((0..<n).reversed())
        rowNorms = (0..<n).map { i in (0..<n).reduce(0) { $0 + Double(a[i * n + $1] * a[i * n + $1]) }.squareRoot() }
        columnNorms = (0..<n).map { j in (0..<n).reduce(0) { $0 + Double(b[$1 * n + j] * b[$1 * n + j]) }.squareRoot() }
        (self.a, self.b) = (a, b)
    }

    /// ε ‖a_i‖ ‖b_j‖
    func scale(_ place: Int) -> Double { Double(Element.ulpOfOne) * rowNorms[place / n] * columnNorms[place % n] }
}

/// What one check made of flips: those that it must find, those that it cannot, and the largest that passed.
private struct Detection {
    /// By bit, 1 the first behind the point: whether every flip, and whether any, was found.
    var always: [Int: Bool] = [:]
    var ever: [Int: Bool] = [:]
    /// Largest that passed, as a share of what is always found.
    var largestMissed = 0.0

    mutating func add(_ residual: Double, bit: Int, error: Double, always bound: Double, never: Double) {
        let isFound = !(residual <= 16)
        if error > bound { #expect(isFound, "an error of \(error) at bit \(bit), above \(bound), passed") }
        if error < never { #expect(!isFound, "an error of \(error) at bit \(bit), below \(never), failed") }
        if !isFound { largestMissed = max(largestMissed, error / bound) }
        always[bit] = (always[bit] ?? true) && isFound
        ever[bit] = (ever[bit] ?? false) || isFound
    }

    /// `1–38 always, to 40 at times`
    var bits: String {
        let last = always.keys.sorted().prefix { always[$0] == true }.last ?? 0
        let most = ever.keys.filter { ever[$0] == true }.max() ?? 0
        return "bits 1–\(last)" + (most > last ? ", \(most == last + 1 ? "" : "to ")\(most) at times" : "")
    }
}

@Suite("Flipped bits")
struct FlippedBitTests {
    private static let n = 256

    /// Flips every bit of elements in [1, 2), which are of usual size: √256 / 12 = 1.3.
    private func detections<Element: GEMMElement>(
        _ type: Element.Type, flipped: (Element, Int) -> Element
    ) -> (freivalds: Detection, entries: Detection, own: Detection) {
        let n = Self.n
        var found = (freivalds: Detection(), entries: Detection(), own: Detection())
        let width = Element.significandBitCount
        for seed in UInt64(1)...6 {
            let products = Products<Element>(n: n, seed: seed)
            let witness = ProductWitness(a: products.a, b: products.b, n: n, seed: seed)
            let right = witness.residual(of: products.c)
            #expect(right.freivalds < 1 && right.entries < 1)
            let sampled = witness.sampledPlaces.map { $0.row * n + $0.column }
            let usual = sampled + Swift.stride(from: Int(seed), to: n * n, by: 4099)
            for place in usual where (1..<2).contains(products.c[place].magnitude) {
                var c = products.c
                // The significand, then the lowest bit of the exponent and the sign.
                for bit in 1...width {
                    c[place] = flipped(products.c[place], width - bit)
                    let error = Double((c[place] - products.c[place]).magnitude)
                    let residual = witness.residual(of: c)
                    // A correct row is off by less than its scale, and 1/2 ≤ |x_j| < 1.
                    let always = witness.leastErrorCaught(inRow: place / n)
                    found.freivalds.add(
                        residual.freivalds, bit: bit, error: error, always: always, never: always / 34 * 15)
                    let scale = products.scale(place)
                    // Both products have rounded, and the scale is twice that of one.
                    found.own.add(
                        witness.difference(of: c, from: products.again), bit: bit, error: error, always: 34 * scale,
                        never: 30 * scale)
                    if sampled.contains(place) {
                        found.entries.add(
                            residual.entries, bit: bit, error: error, always: 17 * scale, never: 15 * scale)
                    } else {
                        #expect(residual.entries < 1)
                    }
                }
                for bit in width..<MemoryLayout<Element>.size * 8 {
                    c[place] = flipped(products.c[place], bit)
                    #expect(!(witness.residual(of: c).freivalds <= 16), "exponent or sign, bit \(bit)")
                }
            }
        }
        return found
    }

    private func report(_ found: (freivalds: Detection, entries: Detection, own: Detection), _ routine: String) {
        for (check, detection) in [
            ("freivalds", found.freivalds), ("sampled-entries, where it looks", found.entries),
            ("own-product", found.own),
        ] {
            #expect(detection.largestMissed > 0 && detection.largestMissed <= 1)
            PlantedFaultReport(
                subject: "bits of one element", fault: "one bit of the significand",
                place: "\(routine), n = \(Self.n), element in [1, 2)", verdict: "\(check): \(detection.bits)"
            ).log()
        }
        PlantedFaultReport(
            subject: "bits of one element", fault: "sign, or a bit of the exponent",
            place: "\(routine), n = \(Self.n), element in [1, 2)", verdict: "freivalds: each"
        ).log()
    }

    // s = 0.0636 ε 256^1.5 = 260 ε, so 8900 ε = 2^-38.9 is always found by Freivalds' test; of sampled entries
    // 17 · 256/12 ε = 2^-43.5, and against the other product 34 · 256/12 ε = 2^-42.5. Bit k has the weight 2^-k.
    @Test("in double precision are found as far as the bounds say")
    func double() {
        let found = detections(Double.self) { Double(bitPattern: $0.bitPattern ^ 1 << UInt64($1)) }
        for bit in 1...38 { #expect(found.freivalds.always[bit] == true) }
        for bit in 1...43 { #expect(found.entries.always[bit] == true) }
        for bit in 1...42 { #expect(found.own.always[bit] == true) }
        report(found, "dgemm")
    }

    // The same with ε = 2^-23: 2^-9.9, 2^-14.5 and 2^-13.5.
    @Test("in single precision are found as far as the bounds say")
    func single() {
        let found = detections(Float.self) { Float(bitPattern: $0.bitPattern ^ 1 << UInt32($1)) }
        for bit in 1...9 { #expect(found.freivalds.always[bit] == true) }
        for bit in 1...14 { #expect(found.entries.always[bit] == true) }
        for bit in 1...13 { #expect(found.own.always[bit] == true) }
        report(found, "sgemm")
    }
}
