// SIMDGEMMPlan.swift: a matrix product made ready for one shape and a number of threads, which the caller provides.

internal import CKernels

/// Capacities of the data caches, in bytes; nil where unknown.
package struct SIMDGEMMCaches: Sendable, Hashable {
    /// Of the core, levels 1 and 2.
    package var l1d, l2: Int?
    /// The share of one thread in the last level.
    package var l3PerThread: Int?

    package init(l1d: Int? = nil, l2: Int? = nil, l3PerThread: Int? = nil) {
        self.l1d = l1d
        self.l2 = l2
        self.l3PerThread = l3PerThread
    }
}

/// C = alpha·op(A)·op(B) + beta·C, where op(A) is m by k, op(B) is k by n and C is m by n, all stored row by row.
package struct SIMDGEMMShape: Sendable, Hashable {
    package let m, n, k: Int
    /// Whether what is stored is the transpose: A as k by m, B as n by k.
    package let transposeA, transposeB: Bool
    /// Elements from one stored row to the next.
    package let lda, ldb, ldc: Int

    /// - Parameters:
    ///   - m: ≥ 0, like `n` and `k`.
    ///   - lda: At least the length of a stored row, which it is when nil; likewise `ldb` and `ldc`.
    package init(
        m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false, lda: Int? = nil, ldb: Int? = nil,
        ldc: Int? = nil
    ) {
        let (rowOfA, rowOfB) = (transposeA ? m : k, transposeB ? k : n)
        (self.m, self.n, self.k) = (m, n, k)
        (self.transposeA, self.transposeB) = (transposeA, transposeB)
        (self.lda, self.ldb, self.ldc) = (lda ?? rowOfA, ldb ?? rowOfB, ldc ?? n)
        precondition(m >= 0 && n >= 0 && k >= 0, "a negative size")
        precondition(self.lda >= rowOfA && self.ldb >= rowOfB && self.ldc >= n, "rows overlap")
    }

    /// Elements from the first of A to its last, padding between rows included; likewise for B and C.
    package var elementsOfA: Int { transposeA ? extent(k, m, lda) : extent(m, k, lda) }
    package var elementsOfB: Int { transposeB ? extent(n, k, ldb) : extent(k, n, ldb) }
    package var elementsOfC: Int { extent(m, n, ldc) }

    /// Operations of the product: a multiplication and an addition per term.
    package var flop: Double { 2 * Double(m) * Double(n) * Double(k) }

    private func extent(_ rows: Int, _ columns: Int, _ step: Int) -> Int {
        rows == 0 || columns == 0 ? 0 : (rows - 1) * step + columns
    }
}

/// How a product is cut up; in elements.
package struct SIMDGEMMBlocking: Sendable, Hashable {
    /// Rows of a block of A, its columns, and the columns of the panels of B that are kept at a time.
    package let mc, kc, nc: Int
    /// Whether A and B are copied into the order in which they are used.
    package let packsA, packsB: Bool
    /// The grid of threads: along the rows of C and along its columns. Members beyond their product have no part.
    package let rowThreads, columnThreads: Int
}

/// A product made ready: its blocking, its part for each thread, and the memory it needs.
///
/// Made once per shape. Each of `threads` threads then calls `run` with its own member number, all at the same time;
/// inside they wait for each other by spinning, where they share packed panels. One product at a time per plan.
///
/// `@unchecked Sendable`: the C plan is not changed after `init`; the barriers it points to are atomics, and are what
/// the threads share.
package final class SIMDGEMMPlan: @unchecked Sendable {
    package let gemm: SIMDGEMM
    package let shape: SIMDGEMMShape
    package let threads: Int
    package let blocking: SIMDGEMMBlocking
    /// Bytes that the threads of one product work in, besides the matrices; aligned to `workspaceAlignment`.
    package let workspaceByteCount: Int

    /// A cache line, and the widest register.
    package static var workspaceAlignment: Int { 64 }

    let plan: UnsafeMutablePointer<sl_gemm_plan>
    private let barriers: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - gemm: One that this build contains.
    ///   - threads: ≥ 1.
    package init(_ gemm: SIMDGEMM, _ shape: SIMDGEMMShape, threads: Int, caches: SIMDGEMMCaches) {
        precondition(gemm.isCompiledHere, "no code for \(gemm.architecture) in this build")
        precondition(threads >= 1, "no threads")
        self.gemm = gemm
        self.shape = shape
        self.threads = threads
        let bytes = threads * Int(SL_GEMM_BARRIER_BYTES)
        barriers = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: Int(SL_GEMM_BARRIER_BYTES))
        barriers.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
        plan = .allocate(capacity: 1)
        var count = 0
        var cCaches = sl_gemm_caches(
            l1d: Int64(caches.l1d ?? 0), l2: Int64(caches.l2 ?? 0), l3_per_thread: Int64(caches.l3PerThread ?? 0))
        var cShape = sl_gemm_shape(
            m: Int64(shape.m), n: Int64(shape.n), k: Int64(shape.k), transpose_a: shape.transposeA ? 1 : 0,
            transpose_b: shape.transposeB ? 1 : 0, lda: Int64(shape.lda), ldb: Int64(shape.ldb), ldc: Int64(shape.ldc))
        sl_gemm_prepare(
            plan, sl_gemm_kernels(&count) + gemm.index, &cCaches, &cShape, Int32(threads), OpaquePointer(barriers))
        workspaceByteCount = plan.pointee.workspace_bytes
        let chosen = plan.pointee.blocking
        blocking = SIMDGEMMBlocking(
            mc: Int(chosen.mc), kc: Int(chosen.kc), nc: Int(chosen.nc), packsA: chosen.packs_a != 0,
            packsB: chosen.packs_b != 0, rowThreads: Int(chosen.row_threads), columnThreads: Int(chosen.column_threads))
    }

    deinit {
        plan.deallocate()
        barriers.deallocate()
    }

    /// Computes this member's part, and returns when that is done. Allocates nothing.
    ///
    /// - Parameters:
    ///   - member: 0 ..< threads; each on a thread of its own, at the same time.
    ///   - alpha: Rounded to the element type, like `beta`. With 0, A and B are not read.
    ///   - a: As the shape says, aligned to its elements; likewise `b` and `c`, which overlaps neither.
    ///   - beta: With 0, C is not read.
    ///   - workspace: `workspaceByteCount` bytes, the same for all members; what it holds does not matter.
    package func run(
        member: Int, alpha: Double = 1, a: UnsafeRawPointer, b: UnsafeRawPointer, beta: Double = 0,
        c: UnsafeMutableRawPointer, workspace: UnsafeMutableRawPointer
    ) {
        sl_gemm_run(plan, Int32(truncatingIfNeeded: member), alpha, a, b, beta, c, workspace)
    }
}
