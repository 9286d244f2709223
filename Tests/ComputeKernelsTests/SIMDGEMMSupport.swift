// SIMDGEMMSupport.swift: the product once more, element by element and with compensated sums, and threads to run plans.

import ComputeKernels
import Foundation
import Quantities
import Testing

/// The products that this machine can run; prints why the others are left out, once.
let runnableGEMMs: [SIMDGEMM] = {
    SIMDGEMM.all.filter { gemm in
        guard let reason = gemm.unavailability(isa: isaHere) else { return true }
        print("not run here: \(gemm.elementType.rawValue)/\(gemm.variant), \(reason)")
        return false
    }
}()

/// Tests name a product by element type and variant.
extension SIMDGEMM: CustomTestStringConvertible {
    public var testDescription: String { "\(elementType.rawValue)/\(variant)" }
}

/// A shape and what is multiplied: op(A) and op(B) without padding, in values that both element types hold.
struct GEMMCase {
    let m, n, k: Int
    let a, b: [Double]
    /// The product and the sum of its terms' magnitudes, element by element.
    let product, magnitude: [Double]

    /// Elements uniform in [−1/2, 1/2), with 24 bits.
    init(m: Int, n: Int, k: Int, seed: UInt64) {
        var state = seed
        func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(Int64(state >> 40)) * 0x1p-24 - 0.5
        }
        let a = (0..<m * k).map { _ in next() }, b = (0..<k * n).map { _ in next() }
        var product = [Double](repeating: 0, count: m * n), magnitude = product
        for i in 0..<m {
            for j in 0..<n {
                // The product's own rounding error and the sum's are added up beside the sum: twice the precision.
                var sum = 0.0, rest = 0.0, size = 0.0
                for p in 0..<k {
                    let (x, y) = (a[i * k + p], b[p * n + j])
                    let term = x * y
                    let total = sum + term
                    let part = total - sum
                    rest += (sum - (total - part)) + (term - part) + (-term).addingProduct(x, y)
                    sum = total
                    size += abs(term)
                }
                product[i * n + j] = sum + rest
                magnitude[i * n + j] = size
            }
        }
        (self.m, self.n, self.k, self.a, self.b) = (m, n, k, a, b)
        (self.product, self.magnitude) = (product, magnitude)
    }
}

/// One way to ask for a case: how the matrices lie and what the result is made of.
struct GEMMUse: CustomStringConvertible {
    var transposeA = false, transposeB = false
    /// Elements added to each leading dimension.
    var padding = 0
    var alpha = 1.0, beta = 0.0
    var threads = 1
    var caches = SIMDGEMMCaches()

    var description: String {
        "\(transposeA ? "T" : "N")\(transposeB ? "T" : "N") +\(padding) alpha \(alpha) beta \(beta) threads \(threads)"
    }

    func shape(_ test: GEMMCase) -> SIMDGEMMShape {
        SIMDGEMMShape(
            m: test.m, n: test.n, k: test.k, transposeA: transposeA, transposeB: transposeB,
            lda: (transposeA ? test.m : test.k) + padding, ldb: (transposeB ? test.k : test.n) + padding,
            ldc: test.n + padding)
    }
}

/// Stands in the padding of C, and must stay.
private let canary = 12345.0

/// Element (i, j) of C before the product, where it is read.
private func before(_ i: Int, _ j: Int) -> Double { Double((i * 31 + j * 17) % 64 - 32) / 32 }

/// Runs the product in `memory`, which gives room for each matrix, and counts wrong elements, padding included.
///
/// The limit per element is (k + 4) ε (|alpha| Σ|a||b| + |beta c|): one rounding for each of k terms, in any order, and
/// one for each of scaling, scaling C, adding, and alpha or beta itself, which are representable here.
func wrongElements<Element: BinaryFloatingPoint & SendableMetatype>(
    _ gemm: SIMDGEMM, _ test: GEMMCase, _ use: GEMMUse, _: Element.Type, times: Int = 1,
    memory: (_ byteCount: Int) -> UnsafeMutableRawPointer, corrupt: ((UnsafeMutablePointer<Element>) -> Void)? = nil
) -> Int {
    let shape = use.shape(test)
    func place(_ count: Int, _ value: (Int) -> Double) -> UnsafeMutablePointer<Element> {
        let p = memory(count * MemoryLayout<Element>.stride).bindMemory(to: Element.self, capacity: count)
        for index in 0..<count { (p + index).initialize(to: Element(value(index))) }
        return p
    }
    // NaN between the rows: read by mistake, it shows.
    let a = place(shape.elementsOfA) { index in
        let (row, column) = (index / shape.lda, index % shape.lda)
        guard column < (use.transposeA ? test.m : test.k) else { return .nan }
        return use.transposeA ? test.a[column * test.k + row] : test.a[row * test.k + column]
    }
    let b = place(shape.elementsOfB) { index in
        let (row, column) = (index / shape.ldb, index % shape.ldb)
        guard column < (use.transposeB ? test.k : test.n) else { return .nan }
        return use.transposeB ? test.b[column * test.n + row] : test.b[row * test.n + column]
    }
    let plan = SIMDGEMMPlan(gemm, shape, threads: use.threads, caches: use.caches)
    let workspace = memory((plan.workspaceByteCount + 63) / 64 * 64)
    var wrong = 0
    for _ in 0..<times {
        let c = place(shape.elementsOfC) { index in
            let (row, column) = (index / shape.ldc, index % shape.ldc)
            return column >= test.n ? canary : use.beta == 0 ? .nan : before(row, column)
        }
        nonisolated(unsafe) let (a, b, c_, workspace) = (a, b, c, workspace)
        onThreads(use.threads) { member in
            plan.run(
                member: member, alpha: use.alpha, a: a, b: b, beta: use.beta, c: c_, workspace: workspace)
        }
        corrupt?(c)
        let unit = gemm.elementType == .f64 ? 0x1p-52 : 0x1p-23
        for index in 0..<shape.elementsOfC {
            let (row, column) = (index / shape.ldc, index % shape.ldc)
            guard column < test.n else {
                if Double(c[index]) != canary { wrong += 1 }
                continue
            }
            let scaled = use.beta == 0 ? 0 : use.beta * before(row, column)
            let expected = use.alpha * test.product[row * test.n + column] + scaled
            let size = abs(use.alpha) * test.magnitude[row * test.n + column] + abs(scaled)
            // NaN compares false, so it is wrong.
            if !(abs(Double(c[index]) - expected) <= Double(test.k + 4) * unit * size) { wrong += 1 }
        }
    }
    return wrong
}

/// The same in memory of the heap, in the product's element type.
func wrongElements(_ gemm: SIMDGEMM, _ test: GEMMCase, _ use: GEMMUse, times: Int = 1) -> Int {
    var blocks: [UnsafeMutableRawPointer] = []
    defer { for block in blocks { block.deallocate() } }
    let memory = { (bytes: Int) -> UnsafeMutableRawPointer in
        blocks.append(.allocate(byteCount: max(bytes, 1), alignment: 64))
        return blocks.last!
    }
    return gemm.elementType == .f64
        ? wrongElements(gemm, test, use, Double.self, times: times, memory: memory)
        : wrongElements(gemm, test, use, Float.self, times: times, memory: memory)
}

/// Runs `body` for 0 ..< count, each on a thread of its own, all at once: they wait for each other inside.
func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let done = DispatchSemaphore(value: 0)
    for index in 1..<max(count, 1) {
        Thread {
            body(index)
            done.signal()
        }.start()
    }
    body(0)
    for _ in 1..<max(count, 1) { done.wait() }
}
