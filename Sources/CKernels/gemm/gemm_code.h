// gemm_code.h: what an instruction set brings to the matrix product: tiles of C in registers, and packing.

#ifndef SUANLI_GEMM_CODE_H
#define SUANLI_GEMM_CODE_H

#include "gemm_kernels.h"

enum {
    SL_GEMM_MAX_ROWS = 8,
    SL_GEMM_MAX_VECTORS = 3,
    /// A tile of any kind fits in.
    SL_GEMM_SCRATCH_BYTES = 4096,
    /// Steps in which a copying tile copies one vector, before it asked for C; with one, it would wait for memory.
    SL_GEMM_STEPS_PER_COPY = 2,
    /// Vectors that it asks for before it copies them.
    SL_GEMM_COPY_AHEAD = 32,
};

/// One tile of C and what is multiplied for it; all strides in bytes.
///
/// C = alpha * (sum over k of a[i][k] * b[k][j]) + beta * C, for as many rows i, and vectors of columns j, as the
/// function called is made for.
typedef struct {
    /// ≥ 0.
    int64_t k;
    /// a[i][k] is at a + i*a_row + k*a_step.
    const char *a;
    int64_t a_row, a_step;
    /// b[k][j] is at b + k*b_step, elements of one k side by side.
    const char *b;
    int64_t b_step;
    char *c;
    int64_t c_row;
    /// In the element type, from the first byte on.
    union { double f64; float f32; } alpha, beta;
    /// 0 when alpha is 1; 0 when beta is 0 and C must not be read.
    int64_t scales, reads_c;
    /// For tiles with an errand: the asking one asks for the line at from + s*from_step in step s; the copying one
    /// copies the vector at from + i*from_step to the i-th row of the packed panel at `to`, i below
    /// sl_gemm_vectors_copied.
    const char *from;
    int64_t from_step;
    char *to;
    /// For tiles of partial vectors: which elements of the last vector of B and C are there.
    uint16_t mask;
} sl_gemm_tile;

typedef void (*sl_gemm_tile_function)(const sl_gemm_tile *tile);

/// `width` (≥ 1, at most the panel's) columns of a matrix, element (w, k) at from + w*width_step + k*k_step bytes;
/// written side by side for each k, with zeros up to the panel's width. One of the steps is an element's size.
typedef struct {
    char *to;
    const char *from;
    int64_t width, width_step, k, k_step;
} sl_gemm_pack;

typedef void (*sl_gemm_pack_function)(const sl_gemm_pack *pack);

/// The last columns of C, fewer than a vector has: C = alpha * A B + beta * C with `factors`' alpha, beta and reads_c.
typedef struct {
    /// k is at least a vector's.
    int64_t rows, columns, k;
    /// a[i][k] is at a + i*a_row, elements of one i side by side.
    const char *a;
    int64_t a_row;
    /// b[p][j] is element j*k + p.
    const char *b;
    char *c;
    int64_t c_row;
    const sl_gemm_tile *factors;
} sl_gemm_edge;

typedef void (*sl_gemm_edge_function)(const sl_gemm_edge *edge);

struct sl_gemm_code {
    /// [rows - 1][vectors - 1]; all vectors for mr rows, and NULL where there is no function for fewer rows.
    sl_gemm_tile_function tiles[SL_GEMM_MAX_ROWS][SL_GEMM_MAX_VECTORS];
    /// The same with a last vector that is not there as a whole; NULL where there are none.
    sl_gemm_tile_function partial[SL_GEMM_MAX_ROWS][SL_GEMM_MAX_VECTORS];
    /// The tile of mr by nr with an errand: asking for lines of `from` to be brought near, or copying vectors from
    /// `from` to `to`. Both wait for memory while the tile computes. NULL where there are none.
    sl_gemm_tile_function asking, copying;
    /// Steps that a tile does from when it asks for C, at most: about a thousand cycles.
    int last_steps;
    /// Panels of mr rows of A, and of nr columns of B.
    sl_gemm_pack_function pack_a, pack_b;
    /// NULL where tiles do the last columns too. Packing writes each column of B side by side, without zeros.
    sl_gemm_edge_function edge;
    sl_gemm_pack_function pack_edge;
    /// Whether tiles take any a_row and fewer rows, so that A need not be packed.
    int takes_strided_a;
    /// Whether a step takes so few cycles that its panels have to come from level 1.
    int needs_l1;
};

/// Vectors that a copying tile of k steps copies: those of all but the last steps.
static inline int64_t sl_gemm_vectors_copied(const struct sl_gemm_code *code, int64_t k) {
    return k > code->last_steps ? (k - code->last_steps) / SL_GEMM_STEPS_PER_COPY : 0;
}

#if defined(__x86_64__)
extern const struct sl_gemm_code sl_gemm_avx2_f64, sl_gemm_avx2_f32, sl_gemm_avx512_f64, sl_gemm_avx512_f32;
#elif defined(__aarch64__)
extern const struct sl_gemm_code sl_gemm_neon_f64, sl_gemm_neon_f32;
#endif
extern const struct sl_gemm_code sl_gemm_scalar_f64, sl_gemm_scalar_f32;

#endif
