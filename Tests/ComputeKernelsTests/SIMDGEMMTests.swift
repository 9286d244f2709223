// SIMDGEMMTests.swift: the products against one that is computed element by element, in every layout.

import ComputeKernels
import Foundation
import Quantities
import Testing

/// Caches so small that blocks end, and B is packed, within the sizes that a test can afford.
private let tinyCaches = SIMDGEMMCaches(l1d: 2 << 10, l2: 16 << 10, l3PerThread: 64 << 10)

@Suite("The matrix products of our own")
struct SIMDGEMMTests {
    @Test("every variant exists once per element type, on every architecture's build")
    func rows() {
        let rows = SIMDGEMM.all.map {
            "\($0.variant)/\($0.elementType.rawValue)/\($0.architecture) \($0.tile.rows)x\($0.tile.columns)"
        }
        #expect(
            rows == [
                "simd-scalar/f64/any 4x4", "simd-scalar/f32/any 4x4", "simd-avx2/f64/x86_64 4x12",
                "simd-avx2/f32/x86_64 4x24", "simd-avx512/f64/x86_64 8x24", "simd-avx512/f32/x86_64 8x48",
                "simd-neon/f64/arm64 8x6", "simd-neon/f32/arm64 8x12",
            ])
        #expect(Set(SIMDGEMM.all).count == rows.count)
    }

    @Test("a product that cannot run says what it needs, and the best is the widest that can")
    func availability() throws {
        #if arch(x86_64)
            let avx2 = try #require(SIMDGEMM.named(variant: "simd-avx2", elementType: .f64))
            #expect(avx2.unavailability(isa: ["avx2"]) == "needs fma")
            #expect(avx2.unavailability(isa: ["avx2", "fma"]) == nil)
            #expect(SIMDGEMM.best(for: .f32, isa: [])?.variant == "simd-scalar")
            #expect(SIMDGEMM.best(for: .f32, isa: ["avx2", "fma"])?.variant == "simd-avx2")
            #expect(SIMDGEMM.best(for: .f64, isa: ["avx2", "fma", "avx512f"])?.variant == "simd-avx512")
            #expect(
                SIMDGEMM.named(variant: "simd-neon", elementType: .f64)?.unavailability(isa: []) == "built for arm64")
        #elseif arch(arm64)
            #expect(SIMDGEMM.best(for: .f64, isa: ["asimd"])?.variant == "simd-neon")
            #expect(
                SIMDGEMM.named(variant: "simd-avx2", elementType: .f64)?.unavailability(isa: []) == "built for x86_64")
        #endif
        #expect(SIMDGEMM.named(variant: "simd-sse9", elementType: .f64) == nil)
    }

    @Test("square products of any size are right, however A and B lie")
    func squares() {
        for size in [0, 1, 2, 3, 5, 7, 17, 31, 64, 97, 128, 251, 257] {
            let test = GEMMCase(m: size, n: size, k: size, seed: UInt64(size))
            for gemm in runnableGEMMs {
                for layout in 0..<4 {
                    let use = GEMMUse(
                        transposeA: layout & 1 == 1, transposeB: layout & 2 == 2, padding: layout,
                        caches: layout == 2 ? SIMDGEMMCaches() : tinyCaches)
                    #expect(wrongElements(gemm, test, use) == 0, "\(gemm.testDescription) \(size) \(use)")
                }
            }
        }
    }

    // (rows, columns, terms): edges of every tile, one of each dimension, few and many columns, and A that is packed.
    @Test(
        "oblong products are right, with any factors, on one thread or several",
        arguments: [
            (1, 1, 300), (1, 300, 1), (300, 1, 1), (2, 97, 31), (9, 25, 7), (31, 49, 97), (65, 13, 130), (24, 240, 16),
            (70, 1100, 40), (40, 2100, 20), (23, 47, 0), (0, 9, 4), (9, 0, 4), (200, 50, 70), (515, 33, 9),
        ])
    func oblong(m: Int, n: Int, k: Int) {
        let test = GEMMCase(m: m, n: n, k: k, seed: 7)
        let factors = [(1.0, 0.0), (1, 1), (-0.5, 1), (2, -0.25), (0, 0), (0, 1.5)]
        for gemm in runnableGEMMs {
            for (index, (alpha, beta)) in factors.enumerated() {
                var use = GEMMUse(alpha: alpha, beta: beta, threads: 1 + index % 4, caches: tinyCaches)
                (use.transposeA, use.transposeB) = (index % 2 == 1, index / 2 % 2 == 1)
                use.padding = index % 3
                #expect(wrongElements(gemm, test, use) == 0, "\(gemm.testDescription) \(m) x \(n) x \(k) \(use)")
            }
        }
    }

    // Tall and wide, so that the grid has threads along the rows, which share panels, as well as along the columns.
    @Test("threads agree on a product, and on the next with the same plan", arguments: 1...4)
    func threads(count: Int) {
        for (m, n, k) in [(400, 30, 60), (30, 400, 60), (150, 150, 150)] {
            let test = GEMMCase(m: m, n: n, k: k, seed: 11)
            for gemm in runnableGEMMs {
                let use = GEMMUse(transposeB: m > n, beta: 1, threads: count, caches: tinyCaches)
                #expect(wrongElements(gemm, test, use, times: 5) == 0, "\(gemm.testDescription) \(m) x \(n) \(use)")
            }
        }
    }

    @Test("A and B are not read where alpha is 0, or rounds to it, and C not where beta is")
    func unread() throws {
        let shape = SIMDGEMMShape(m: 9, n: 21, k: 5)
        for gemm in runnableGEMMs where gemm.elementType == .f32 {
            let nan = [Float](repeating: .nan, count: 200)
            var c = [Float](repeating: 2, count: shape.elementsOfC)
            gemm.multiply(shape, alpha: 1e-60, nan, nan, beta: 0.5, into: &c)
            #expect(c.allSatisfy { $0 == 1 })
            c = nan
            let zero = [Float](repeating: 0, count: 200)
            gemm.multiply(shape, zero, zero, beta: 1e-60, into: &c)
            #expect(c[..<shape.elementsOfC].allSatisfy { $0 == 0 } && c[shape.elementsOfC...].allSatisfy(\.isNaN))
        }
    }

    @Test("the comparison finds a wrong element, a missing one and one written outside")
    func plantedErrors() throws {
        let gemm = try #require(SIMDGEMM.named(variant: "simd-scalar", elementType: .f64))
        let test = GEMMCase(m: 20, n: 20, k: 20, seed: 1)
        let use = GEMMUse(padding: 2)
        func count(_ corrupt: @escaping (UnsafeMutablePointer<Double>) -> Void) -> Int {
            var blocks: [UnsafeMutableRawPointer] = []
            defer { for block in blocks { block.deallocate() } }
            return wrongElements(
                gemm, test, use, Double.self,
                memory: { bytes in
                    blocks.append(.allocate(byteCount: bytes, alignment: 64))
                    return blocks.last!
                }, corrupt: corrupt)
        }
        #expect(count { _ in } == 0)
        #expect(count { $0[25] += 1e-12 } == 1)
        #expect(count { $0[25] = .nan } == 1)
        #expect(count { $0[20] = 0 } == 1)
    }
}
