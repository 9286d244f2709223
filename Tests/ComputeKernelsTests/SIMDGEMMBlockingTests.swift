// SIMDGEMMBlockingTests.swift: how products are cut up, for caches as they occur and for unknown ones.

import ComputeKernels
import Quantities
import Testing

private let kibi = 1 << 10, mebi = 1 << 20

/// Level 1, level 2, and the share of a thread in level 3: Zen 4, Sapphire Rapids, a small Arm core, and nothing known.
private let machines = [
    SIMDGEMMCaches(l1d: 32 * kibi, l2: mebi, l3PerThread: 4 * mebi),
    SIMDGEMMCaches(l1d: 48 * kibi, l2: 2 * mebi, l3PerThread: 1920 * kibi),
    SIMDGEMMCaches(l1d: 64 * kibi, l2: 512 * kibi),
    SIMDGEMMCaches(),
]

private func blocking(
    _ gemm: SIMDGEMM, m: Int, n: Int, k: Int, threads: Int = 1, caches: SIMDGEMMCaches, transposeB: Bool = false
) -> SIMDGEMMBlocking {
    SIMDGEMMPlan(
        gemm, SIMDGEMMShape(m: m, n: n, k: k, transposeB: transposeB), threads: threads, caches: caches
    ).blocking
}

@Suite("The blocking of the products")
struct SIMDGEMMBlockingTests {
    @Test("blocks are whole tiles and fit the caches that they are meant for", arguments: machines)
    func fits(caches: SIMDGEMMCaches) {
        let l2 = caches.l2 ?? 512 * kibi, l1d = caches.l1d ?? 32 * kibi
        for gemm in SIMDGEMM.all where gemm.isCompiledHere {
            for n in [1, 100, 1000, 1024, 4096, 10000] {
                let chosen = blocking(gemm, m: n, n: n, k: n, caches: caches)
                let step = gemm.elementType.bytes * chosen.kc
                #expect(chosen.mc % gemm.tile.rows == 0 && chosen.nc % gemm.tile.columns == 0)
                // Pieces are rounded up: to 8 steps, to a tile's rows.
                #expect(chosen.mc * step <= l2 / 2 + gemm.tile.rows * step)
                #expect(2 * gemm.tile.columns * (step - 8 * gemm.elementType.bytes) <= l2 / 4)
                if ["simd-avx2", "simd-neon"].contains(gemm.variant) {
                    let panels = 2 * gemm.tile.rows + gemm.tile.columns
                    #expect(panels * (step - 8 * gemm.elementType.bytes) <= l1d)
                }
            }
        }
    }

    #if arch(x86_64)
        // 1 MiB / 4 / (2 · 24 · 8 B) = 682 steps, so 1024 are cut into two times 512, and 4096 into seven times 585, to
        // the next multiple of eight 592. 512 KiB / (512 · 8 B) = 128 rows; 512 KiB / (592 · 8 B) = 110, so 104 in
        // whole tiles, and 4096 rows in forty pieces of 103. 16 MiB / (592 · 8 B) = 3542 columns: two times 2048, as
        // whole tiles 2064.
        @Test("on a Zen 4 core with 16 MiB of level 3")
        func zen4() throws {
            let gemm = try #require(SIMDGEMM.named(variant: "simd-avx512", elementType: .f64))
            let caches = SIMDGEMMCaches(l1d: 32 * kibi, l2: mebi, l3PerThread: 16 * mebi)
            let middle = blocking(gemm, m: 1024, n: 1024, k: 1024, caches: caches)
            #expect((middle.mc, middle.kc, middle.nc) == (128, 512, 1032))
            let large = blocking(gemm, m: 4096, n: 4096, k: 4096, caches: caches)
            #expect((large.mc, large.kc, large.nc) == (104, 592, 2064))
            #expect(large.packsA && large.packsB)
        }

        @Test("small matrices are read where they are, except a transposed B")
        func small() throws {
            let gemm = try #require(SIMDGEMM.named(variant: "simd-avx512", elementType: .f64))
            for n in [1, 64, 200, 256] {
                let plain = blocking(gemm, m: n, n: n, k: n, caches: machines[0])
                #expect(!plain.packsA && !plain.packsB)
                #expect(blocking(gemm, m: n, n: n, k: n, caches: machines[0], transposeB: true).packsB)
            }
        }
    #endif

    @Test("two threads halve the columns and share nothing")
    func twoThreads() throws {
        for gemm in SIMDGEMM.all where gemm.isCompiledHere && gemm.variant != "simd-scalar" {
            for n in [256, 1024, 4096] {
                let chosen = blocking(gemm, m: n, n: n, k: n, threads: 2, caches: machines[0])
                #expect((chosen.rowThreads, chosen.columnThreads) == (1, 2))
            }
        }
    }

    // The slowest thread has at most a tenth more than its share of the multiplications, and half of them are not idle.
    @Test("work is shared out evenly", arguments: [2, 3, 7, 8, 48, 64, 96, 128, 192])
    func balance(threads: Int) {
        for gemm in SIMDGEMM.all where gemm.isCompiledHere {
            for (m, n) in [(4096, 4096), (2048, 2048), (20000, 500), (500, 20000)] {
                let chosen = blocking(gemm, m: m, n: n, k: 1000, threads: threads, caches: machines[0])
                #expect(chosen.rowThreads * chosen.columnThreads <= threads)
                let tiles = (m + gemm.tile.rows - 1) / gemm.tile.rows
                let rows = (tiles + chosen.rowThreads - 1) / chosen.rowThreads * gemm.tile.rows
                let vectors = (n + gemm.lanes - 1) / gemm.lanes
                let columns = (vectors + chosen.columnThreads - 1) / chosen.columnThreads * gemm.lanes
                #expect(
                    Double(rows * columns * threads) <= 1.1 * Double(m * n),
                    "\(gemm.testDescription) \(m) x \(n): \(chosen.rowThreads) by \(chosen.columnThreads)")
            }
        }
    }

    @Test("the workspace holds the packed panels and blocks and is small beside large matrices")
    func workspace() {
        for gemm in SIMDGEMM.all where gemm.isCompiledHere {
            for threads in [1, 2, 64] {
                let plan = SIMDGEMMPlan(
                    gemm, SIMDGEMMShape(m: 8192, n: 8192, k: 8192), threads: threads, caches: machines[0])
                let chosen = plan.blocking
                let panels = chosen.packsB ? chosen.nc * chosen.columnThreads : 0
                let blocks = chosen.packsA ? chosen.mc * threads : 0
                #expect(plan.workspaceByteCount >= (panels + blocks) * chosen.kc * gemm.elementType.bytes)
                // 1024 columns by 1024 steps, half of level 2, and less than 1 MiB for what is rounded up.
                #expect(plan.workspaceByteCount <= threads * (8 * mebi + mebi / 2 + mebi))
            }
        }
    }
}
