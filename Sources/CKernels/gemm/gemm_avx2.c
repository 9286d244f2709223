// gemm_avx2.c: tiles of 4 rows by 3 vectors of C, 256-bit fused multiply-add; packing with the same registers.
// Per step of k: 3 vectors of B loaded, 4 elements of A broadcast, 12 fused multiply-adds: 96 flop in f64, 192 in f32.
// They occupy two 256-bit pipes for 6 cycles, and 128 B are read for them. Needs AVX2 and FMA.
// Smaller tiles, of 1 to 4 rows and 1 to 3 vectors, do what is left at the edges.

#include "../barrier.h"
#include "gemm_code.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define SL_ELEMENT double
#define SL_PACK pack_f64
#include "gemm_pack.h"
#define SL_ELEMENT float
#define SL_PACK pack_f32
#include "gemm_pack.h"

#define SL_TARGET "avx2,fma"
__attribute__((target(SL_TARGET))) static inline double sum_f64(__m256d v) {
    const __m128d half = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
    return _mm_cvtsd_f64(_mm_add_sd(half, _mm_unpackhi_pd(half, half)));
}
__attribute__((target(SL_TARGET))) static inline float sum_f32(__m256 v) {
    const __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    const __m128 pair = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(pair, _mm_movehdup_ps(pair)));
}
#define SL_ELEMENT double
#define SL_EDGE edge_f64
#define SL_PACK_EDGE pack_edge_f64
#define SL_VECTOR __m256d
#define SL_LANES 4
#define SL_MASK __m256i
#define SL_REST(count) _mm256_cmpgt_epi64(_mm256_setr_epi64x(0, 1, 2, 3), _mm256_set1_epi64x(3 - (count)))
#define SL_LOAD(from) _mm256_loadu_pd(from)
// Not vmaskmovpd, which QEMU 7.2 reads a whole vector for.
#define SL_LOAD_REST(from, count, mask) _mm256_and_pd(_mm256_loadu_pd((from) + (count) - 4), _mm256_castsi256_pd(mask))
#define SL_ZERO _mm256_setzero_pd()
#define SL_FMA(x, y, z) _mm256_fmadd_pd(x, y, z)
#define SL_SUM(vector) sum_f64(vector)
#include "gemm_edge.h"
#define SL_ELEMENT float
#define SL_EDGE edge_f32
#define SL_PACK_EDGE pack_edge_f32
#define SL_VECTOR __m256
#define SL_LANES 8
#define SL_MASK __m256i
#define SL_REST(count) \
    _mm256_cmpgt_epi32(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32((int)(7 - (count))))
#define SL_LOAD(from) _mm256_loadu_ps(from)
#define SL_LOAD_REST(from, count, mask) _mm256_and_ps(_mm256_loadu_ps((from) + (count) - 8), _mm256_castsi256_ps(mask))
#define SL_ZERO _mm256_setzero_ps()
#define SL_FMA(x, y, z) _mm256_fmadd_ps(x, y, z)
#define SL_SUM(vector) sum_f32(vector)
#include "gemm_edge.h"

#define REG "ymm"
#define BYTES "32"
#define XOR "vpxor"
#define ACC0 0, 4, 8
#define ACC1 1, 5, 9
#define ACC2 2, 6, 10
#define ACC3 3, 7, 11
#define B0 12
#define B1 13
#define B2 14
#define A0 15
#define LAST_STEPS 128
#include "gemm_x86_64.h"

#define AVX2_TILE(dtype, s, rows, v, turn, name) \
    TILE("avx2,fma", sl_gemm_##dtype##_avx2_##name, s, rows, v, turn, )
#define TILES(dtype, s, rows)                           \
    AVX2_TILE(dtype, s, rows, 1, PLAIN, rows##x1)     \
    AVX2_TILE(dtype, s, rows, 2, PLAIN, rows##x2)     \
    AVX2_TILE(dtype, s, rows, 3, PLAIN, rows##x3)
#define NAMES(dtype, rows) \
    { sl_gemm_##dtype##_avx2_##rows##x1, sl_gemm_##dtype##_avx2_##rows##x2, sl_gemm_##dtype##_avx2_##rows##x3 }

#define AVX2_CODE(dtype, s, panel_columns)                                                                       \
    TILES(dtype, s, 1) TILES(dtype, s, 2) TILES(dtype, s, 3) TILES(dtype, s, 4)                                  \
    AVX2_TILE(dtype, s, 4, 3, ASK, asking)                                                                       \
    AVX2_TILE(dtype, s, 4, 3, COPY, copying)                                                                     \
    __attribute__((target("avx2"))) static void pack_a_##dtype(const sl_gemm_pack *pack) {                       \
        pack_##dtype(pack, 4);                                                                                   \
    }                                                                                                            \
    __attribute__((target("avx2"))) static void pack_b_##dtype(const sl_gemm_pack *pack) {                       \
        pack_##dtype(pack, panel_columns);                                                                       \
    }                                                                                                            \
    const struct sl_gemm_code sl_gemm_avx2_##dtype = {                                                           \
        { NAMES(dtype, 1), NAMES(dtype, 2), NAMES(dtype, 3), NAMES(dtype, 4) }, { { 0 } },                       \
        sl_gemm_##dtype##_avx2_asking, sl_gemm_##dtype##_avx2_copying, LAST_STEPS,                               \
        pack_a_##dtype, pack_b_##dtype, edge_##dtype, pack_edge_##dtype, 1, 1                                    \
    };

AVX2_CODE(f64, "d", 12)
AVX2_CODE(f32, "s", 24)

#endif
