// SIMDGEMMGuardPagesTests.swift: products in memory that begins or ends at a page that may not be touched.
// A read or write outside a matrix or the workspace ends the process, so that this cannot fail quietly.

import ComputeKernels
import Glibc
import Quantities
import Testing

/// Memory between two pages without access, against the one behind it or the one before.
private final class GuardedMemory {
    enum Side: CaseIterable { case before, behind }
    private var mappings: [(base: UnsafeMutableRawPointer, bytes: Int)] = []

    func allocate(_ byteCount: Int, against side: Side) -> UnsafeMutableRawPointer {
        let page = sysconf(Int32(_SC_PAGESIZE))
        let inner = (byteCount + page - 1) / page * page
        let base = mmap(nil, inner + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)!
        precondition(base != MAP_FAILED, "no memory for a test")
        if inner > 0 { precondition(mprotect(base + page, inner, PROT_READ | PROT_WRITE) == 0) }
        mappings.append((base, inner + 2 * page))
        return side == .before ? base + page : base + page + inner - byteCount
    }

    deinit {
        for mapping in mappings { munmap(mapping.base, mapping.bytes) }
    }
}

@Suite("Memory around the products")
struct SIMDGEMMGuardPagesTests {
    @Test(
        "nothing outside the matrices and the workspace is touched",
        arguments: [
            (1, 1, 1), (3, 5, 7), (8, 24, 16), (9, 25, 33), (7, 47, 40), (17, 49, 5), (64, 64, 64), (61, 73, 97),
            (30, 1030, 12),
        ])
    func nothingOutside(m: Int, n: Int, k: Int) {
        let test = GEMMCase(m: m, n: n, k: k, seed: 3)
        let small = SIMDGEMMCaches(l1d: 2 << 10, l2: 8 << 10, l3PerThread: 32 << 10)
        for gemm in runnableGEMMs {
            for side in GuardedMemory.Side.allCases {
                for layout in 0..<4 {
                    let use = GEMMUse(
                        transposeA: layout & 1 == 1, transposeB: layout & 2 == 2, padding: layout == 3 ? 1 : 0,
                        beta: layout == 1 ? 1 : 0, threads: 1 + layout % 2,
                        caches: layout == 0 ? SIMDGEMMCaches() : small)
                    let memory = GuardedMemory()
                    let place = { memory.allocate($0, against: side) }
                    let wrong =
                        gemm.elementType == .f64
                        ? wrongElements(gemm, test, use, Double.self, memory: place)
                        : wrongElements(gemm, test, use, Float.self, memory: place)
                    #expect(wrong == 0, "\(gemm.testDescription) \(m) x \(n) x \(k) \(use) \(side)")
                }
            }
        }
    }
}
