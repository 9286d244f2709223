// gemm_kernels.h: a matrix product of our own, per instruction set: C = alpha·op(A)·op(B) + beta·C, row-major.
// No allocation and no threads inside: the caller brings both, so that it decides where memory and threads are.

#ifndef SUANLI_GEMM_KERNELS_H
#define SUANLI_GEMM_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// What is behind a row of the table; internal.
struct sl_gemm_code;

/// One product: an element type on one instruction set.
typedef struct {
    /// "simd-scalar", "simd-avx2", "simd-avx512" or "simd-neon".
    const char *variant;
    /// "f64" or "f32".
    const char *dtype;
    /// "x86_64", "arm64", or "any" for portable C.
    const char *architecture;
    /// Features in the spelling of /proc/cpuinfo, separated by one space; empty for none.
    const char *required_features;
    /// Bytes per element.
    int element_bytes;
    /// Elements per register.
    int lanes;
    /// Rows and columns of C that are held in registers; columns are a multiple of lanes.
    int mr, nr;
    /// NULL when the row belongs to another architecture than this build.
    const struct sl_gemm_code *code;
} sl_gemm_kernel;

/// All rows, those of other architectures included, an architecture's narrower ones first; static.
const sl_gemm_kernel *sl_gemm_kernels(size_t *count);

/// Data cache capacities in bytes; 0 is unknown.
typedef struct {
    /// Of the core, as one thread sees it.
    int64_t l1d, l2;
    /// Share of one thread in the last level.
    int64_t l3_per_thread;
} sl_gemm_caches;

/// op(A) is m by k, op(B) is k by n, C is m by n; leading dimensions in elements between stored rows.
typedef struct {
    int64_t m, n, k;
    /// Not 0 when what is stored is the transpose: A as k by m, B as n by k.
    int transpose_a, transpose_b;
    /// At least the stored row's length, and 1.
    int64_t lda, ldb, ldc;
} sl_gemm_shape;

/// How a product is cut up, in elements; mc is a multiple of mr and nc of nr.
typedef struct {
    int64_t mc, kc, nc;
    /// Whether blocks of A and panels of B are copied into the order in which they are used.
    int packs_a, packs_b;
    /// Threads along the rows and along the columns of C; their product is at most the number of threads.
    int row_threads, column_threads;
} sl_gemm_blocking;

/// Chooses the blocking; docs/gemm.md gives the reasons.
///
/// A pure function of its arguments. threads ≥ 1; unknown caches are taken as 32 KiB, 512 KiB and 1 MiB.
sl_gemm_blocking sl_gemm_blocking_for(
    const sl_gemm_kernel *kernel, const sl_gemm_caches *caches, const sl_gemm_shape *shape, int threads);

/// Where the threads of a group wait for each other: all bits 0 before the first use, 64-byte aligned.
typedef struct sl_gemm_barrier sl_gemm_barrier;

/// Bytes of a barrier.
#define SL_GEMM_BARRIER_BYTES 64

/// A product made ready: constant while threads run it. Fields are internal.
typedef struct {
    const sl_gemm_kernel *kernel;
    sl_gemm_shape shape;
    sl_gemm_blocking blocking;
    int threads;
    sl_gemm_barrier *barriers;
    /// Packed panels of B that a group has at a time, and their bytes; bytes that each member has for itself.
    int copies;
    size_t panels_bytes, member_bytes;
    /// Bytes that sl_gemm_run needs.
    size_t workspace_bytes;
} sl_gemm_plan;

/// Fills in `plan`. `barriers` holds `threads` times SL_GEMM_BARRIER_BYTES, which the caller keeps as long as the plan.
/// The kernel must be one that this build has code for.
void sl_gemm_prepare(
    sl_gemm_plan *plan, const sl_gemm_kernel *kernel, const sl_gemm_caches *caches, const sl_gemm_shape *shape,
    int threads, sl_gemm_barrier *barriers);

/// Multiplies: called once by each of the plan's threads, members 0 to threads - 1, at the same time.
///
/// Returns when this member's part of C is done. The whole is when all have returned, and none may begin the next
/// product with this plan or workspace before. a, b and c are as the shape says, aligned to their elements; c overlaps
/// neither. alpha and beta are rounded to the element type. With beta = 0, C is written and not read; with alpha = 0 or
/// k = 0, A and B are not read. Nothing outside the matrices is read or written. `workspace` has plan->workspace_bytes,
/// 64-byte aligned, and may hold anything. Sums are fused multiply-adds in the order of k, kc at a time, except for
/// simd-scalar, where fusing is left to the compiler.
void sl_gemm_run(
    const sl_gemm_plan *plan, int member, double alpha, const void *a, const void *b, double beta, void *c,
    void *workspace);

#endif
