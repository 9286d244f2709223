// ProductWork.swift: matrix products on one thread, by this program or by a library.
// Of integers so small that every sum is exact, one result is right for every order of summation; of other numbers the
// order of our own products is replayed, and a library's result is what most cores find.

import BLASBinding
import CLinux
import ComputeKernels
import SampleStatistics

/// An element type whose products are screened.
protocol ScreenElement: GEMMElement {
    static var typeName: String { get }
    /// The largest integer whose products, `order` of them, add up without rounding.
    static var largestInteger: Int32 { get }
    static func fused(
        order: Int, steps: Int, _ a: UnsafePointer<Self>, _ b: UnsafePointer<Self>, _ c: UnsafeMutablePointer<Self>)
}

extension Double: ScreenElement {
    static var typeName: String { "f64" }
    /// 208 · (2²² − 1)² < 2⁵².
    static var largestInteger: Int32 { 1 << 22 - 1 }
    static func fused(
        order: Int, steps: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
        _ c: UnsafeMutablePointer<Double>
    ) { ExactProduct.fused(order: order, steps: steps, a, b, c) }
}

extension Float: ScreenElement {
    static var typeName: String { "f32" }
    /// 208 · 283² < 2²⁴.
    static var largestInteger: Int32 { 283 }
    static func fused(
        order: Int, steps: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>
    ) { ExactProduct.fused(order: order, steps: steps, a, b, c) }
}

/// Who multiplies.
enum ProductMaker: Sendable {
    case own(SIMDGEMMPlan)
    case library(BLASLibrary)
}

/// C = A·B of order `order`.
struct ProductWork<Element: ScreenElement>: ScreenWork {
    let id: String
    let dataSet: String
    let variant: String
    let golden: GoldenSource
    let scratchWords: Int
    let isLibrary: Bool
    private let maker: ProductMaker
    private let integers: Bool
    /// Terms that are summed before C is updated; of our own products.
    private let steps: Int

    /// A multiple of all vectors, so that no column is summed in another order, and of no tile's width, so that edges
    /// are computed as well. Three matrices of doubles are 1 MB.
    static var order: Int { 208 }
    private var elements: Int { Self.order * Self.order }
    private var wordsPerMatrix: Int { elements * MemoryLayout<Element>.stride / 8 }

    var inputWords: Int { 2 * wordsPerMatrix }
    var resultWords: Int { wordsPerMatrix }

    init(_ gemm: SIMDGEMM, integers: Bool) {
        // Default caches: the same blocking, and so the same roundings, on every machine.
        let plan = SIMDGEMMPlan(
            gemm, SIMDGEMMShape(m: Self.order, n: Self.order, k: Self.order), threads: 1, caches: SIMDGEMMCaches())
        maker = .own(plan)
        isLibrary = false
        variant = gemm.variant
        self.integers = integers
        golden = integers ? .exact : .replay
        steps = plan.blocking.kc
        scratchWords = (plan.workspaceByteCount + 7) / 8
        id = "gemm/\(Element.typeName)/\(variant)/\(integers ? "integers" : "reals")"
        dataSet = integers ? "gemm/\(Element.typeName)/integers" : id
    }

    init(_ library: BLASLibrary, variant: String, integers: Bool) {
        maker = .library(library)
        isLibrary = true
        self.variant = variant
        self.integers = integers
        golden = integers ? .exact : .cores
        steps = 0
        scratchWords = 0
        id = "gemm/\(Element.typeName)/\(variant)/\(integers ? "integers" : "reals")"
        dataSet = integers ? "gemm/\(Element.typeName)/integers" : id
    }

    func input(seed: UInt64) -> [UInt64] {
        var generator = SeededGenerator(seed: seed)
        return words { matrices in
            let range = UInt64(2 * Int(Element.largestInteger))
            for index in 0..<2 * elements {
                guard integers else {
                    matrices[index] = Element(generator.uniform() - 0.5)
                    continue
                }
                // Never 0, so that no sum of zeros has a sign that depends on how it was made.
                let value = Int(generator.next() % range) - Int(Element.largestInteger)
                matrices[index] = Element(value >= 0 ? value + 1 : value)
            }
        }
    }

    func call(on arena: ScreenArena) -> Int32 {
        // All bits set is a NaN: an element that is not written is found.
        arena.result.update(repeating: .max, count: resultWords)
        let a = UnsafeRawPointer(arena.input), b = UnsafeRawPointer(arena.input + wordsPerMatrix)
        switch maker {
        case .own(let plan):
            return plan.withGuardArguments(
                a: a, b: b, c: UnsafeMutableRawPointer(arena.result), workspace: UnsafeMutableRawPointer(arena.scratch)
            ) { sl_guarded_call($0, $1) }
        case .library(let library):
            return library.gemm(Element.self).guarded(
                GEMMShape(order: Self.order), a: a.assumingMemoryBound(to: Element.self),
                b: b.assumingMemoryBound(to: Element.self),
                c: UnsafeMutableRawPointer(arena.result).assumingMemoryBound(to: Element.self))
        }
    }

    func expected(from input: [UInt64]) -> [UInt64]? {
        guard golden != .cores else { return nil }
        return input.withUnsafeBytes { bytes in
            let matrices = bytes.bindMemory(to: Element.self)
            guard let a = matrices.baseAddress else { return nil }
            if integers {
                func whole(_ part: Int) -> [Int32] { (0..<elements).map { Int32(a[part * elements + $0]) } }
                let sums = ExactProduct.integers(order: Self.order, whole(0), whole(1))
                return words(count: resultWords) { c in for index in 0..<elements { c[index] = Element(sums[index]) } }
            }
            return words(count: resultWords) { c in
                if let base = c.baseAddress {
                    Element.fused(order: Self.order, steps: steps, a, a + elements, base)
                }
            }
        }
    }

    /// Words that `body` fills as elements.
    private func words(count: Int? = nil, _ body: (UnsafeMutableBufferPointer<Element>) -> Void) -> [UInt64] {
        let count = count ?? inputWords
        return [UInt64](unsafeUninitializedCapacity: count) { words, initialized in
            body(UnsafeMutableRawBufferPointer(words).bindMemory(to: Element.self))
            initialized = count
        }
    }
}
