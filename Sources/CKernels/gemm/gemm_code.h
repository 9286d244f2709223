// gemm_code.h: what an instruction set brings to the matrix product: tiles of C in registers, and packing.

#ifndef SUANLI_GEMM_CODE_H
#define SUANLI_GEMM_CODE_H

#include "gemm_kernels.h"

enum {
    SL_GEMM_MAX_ROWS = 8,
    SL_GEMM_MAX_VECTORS = 3,
    /// A tile of any kind fits in.
    SL_GEMM_SCRATCH_BYTES = 4096,
    /// Steps that a copying tile asks ahead of what it copies: the latency of memory at 24 cycles a step.
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
    /// For the tiles with an errand: a line asked for, or a vector copied, in each step.
    const char *from;
    int64_t from_step;
    char *to;
    int64_t to_step;
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

struct sl_gemm_code {
    /// [rows - 1][vectors - 1]; all vectors for mr rows, and NULL where there is no function for fewer rows.
    sl_gemm_tile_function tiles[SL_GEMM_MAX_ROWS][SL_GEMM_MAX_VECTORS];
    /// The tile of mr by nr with an errand: asking for lines of `from` to be brought near, or copying vectors from
    /// `from` to `to`. Both wait for memory while the tile computes. NULL where there are none.
    sl_gemm_tile_function asking, copying;
    /// Panels of mr rows of A, and of nr columns of B.
    sl_gemm_pack_function pack_a, pack_b;
    /// Whether tiles take any a_row and fewer rows, so that A need not be packed.
    int takes_strided_a;
    /// Whether a step takes so few cycles that its panels have to come from level 1.
    int needs_l1;
};

#if defined(__x86_64__)
extern const struct sl_gemm_code sl_gemm_avx2_f64, sl_gemm_avx2_f32, sl_gemm_avx512_f64, sl_gemm_avx512_f32;
#elif defined(__aarch64__)
extern const struct sl_gemm_code sl_gemm_neon_f64, sl_gemm_neon_f32;
#endif
extern const struct sl_gemm_code sl_gemm_scalar_f64, sl_gemm_scalar_f32;

#endif
