// gemm_avx512.c: tiles of 8 rows by 3 vectors of C, 512-bit fused multiply-add; packing with the same registers.
// Per step of k: 3 vectors of B loaded, 8 elements of A broadcast, 24 fused multiply-adds: 384 flop in f64, 768 in f32.
// They occupy one 512-bit pipe for 24 cycles, two for 12, and 256 B are read for them. Needs AVX512F.
// Smaller tiles, of 1 to 8 rows and 1 to 3 vectors, do what is left at the edges.

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

#define SL_TARGET "avx512f"
#define SL_ELEMENT double
#define SL_EDGE edge_f64
#define SL_PACK_EDGE pack_edge_f64
#define SL_VECTOR __m512d
#define SL_LANES 8
#define SL_MASK __mmask8
#define SL_REST(count) ((__mmask8)((1u << (count)) - 1))
#define SL_LOAD(from) _mm512_loadu_pd(from)
#define SL_LOAD_REST(from, count, mask) _mm512_maskz_loadu_pd(mask, from)
#define SL_ZERO _mm512_setzero_pd()
#define SL_FMA(x, y, z) _mm512_fmadd_pd(x, y, z)
#define SL_SUM(vector) _mm512_reduce_add_pd(vector)
#include "gemm_edge.h"
#define SL_ELEMENT float
#define SL_EDGE edge_f32
#define SL_PACK_EDGE pack_edge_f32
#define SL_VECTOR __m512
#define SL_LANES 16
#define SL_MASK __mmask16
#define SL_REST(count) ((__mmask16)((1u << (count)) - 1))
#define SL_LOAD(from) _mm512_loadu_ps(from)
#define SL_LOAD_REST(from, count, mask) _mm512_maskz_loadu_ps(mask, from)
#define SL_ZERO _mm512_setzero_ps()
#define SL_FMA(x, y, z) _mm512_fmadd_ps(x, y, z)
#define SL_SUM(vector) _mm512_reduce_add_ps(vector)
#include "gemm_edge.h"

#define REG "zmm"
#define BYTES "64"
#define XOR "vpxord"
#define ACC0 0, 8, 16
#define ACC1 1, 9, 17
#define ACC2 2, 10, 18
#define ACC3 3, 11, 19
#define ACC4 4, 12, 20
#define ACC5 5, 13, 21
#define ACC6 6, 14, 22
#define ACC7 7, 15, 23
#define B0 24
#define B1 25
#define B2 26
#define A0 27
#define LAST_STEPS 64
#include "gemm_x86_64.h"

#define AVX512_TILE(dtype, s, rows, v, turn, name)                                                              \
    TILE("avx512f", sl_gemm_##dtype##_avx512_##name, s, rows, v, turn, , "xmm16", "xmm17", "xmm18", "xmm19",    \
         "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27", "k1")
#define TILES(dtype, s, rows)                               \
    AVX512_TILE(dtype, s, rows, 1, PLAIN, rows##x1)       \
    AVX512_TILE(dtype, s, rows, 2, PLAIN, rows##x2)       \
    AVX512_TILE(dtype, s, rows, 3, PLAIN, rows##x3)       \
    AVX512_TILE(dtype, s, rows, 1M, PARTIAL, rows##x1m)   \
    AVX512_TILE(dtype, s, rows, 2M, PARTIAL, rows##x2m)   \
    AVX512_TILE(dtype, s, rows, 3M, PARTIAL, rows##x3m)
#define NAMES(dtype, m)                                                                                          \
    { ROW_NAMES(dtype, 1, m), ROW_NAMES(dtype, 2, m), ROW_NAMES(dtype, 3, m), ROW_NAMES(dtype, 4, m),            \
      ROW_NAMES(dtype, 5, m), ROW_NAMES(dtype, 6, m), ROW_NAMES(dtype, 7, m), ROW_NAMES(dtype, 8, m) }
#define ROW_NAMES(dtype, rows, m)                                                                                \
    { sl_gemm_##dtype##_avx512_##rows##x1##m, sl_gemm_##dtype##_avx512_##rows##x2##m,                            \
      sl_gemm_##dtype##_avx512_##rows##x3##m }

#define AVX512_CODE(dtype, s, panel_columns)                                                                     \
    TILES(dtype, s, 1) TILES(dtype, s, 2) TILES(dtype, s, 3) TILES(dtype, s, 4)                                  \
    TILES(dtype, s, 5) TILES(dtype, s, 6) TILES(dtype, s, 7) TILES(dtype, s, 8)                                  \
    AVX512_TILE(dtype, s, 8, 3, ASK, asking)                                                                     \
    AVX512_TILE(dtype, s, 8, 3, COPY, copying)                                                                   \
    __attribute__((target("avx512f"))) static void pack_a_##dtype(const sl_gemm_pack *pack) {                    \
        pack_##dtype(pack, 8);                                                                                   \
    }                                                                                                            \
    __attribute__((target("avx512f"))) static void pack_b_##dtype(const sl_gemm_pack *pack) {                    \
        pack_##dtype(pack, panel_columns);                                                                       \
    }                                                                                                            \
    const struct sl_gemm_code sl_gemm_avx512_##dtype = {                                                         \
        NAMES(dtype, ), NAMES(dtype, m),                                                                         \
        sl_gemm_##dtype##_avx512_asking, sl_gemm_##dtype##_avx512_copying, LAST_STEPS,                           \
        pack_a_##dtype, pack_b_##dtype, edge_##dtype, pack_edge_##dtype, 1, 0                                    \
    };

AVX512_CODE(f64, "d", 24)
AVX512_CODE(f32, "s", 48)

#endif
