// gemm_scalar.c: the tile of 4 by 4 in plain C, which the others are compared with.
// Per step of k: 8 elements read, 32 flop; what registers and instructions it takes is the compiler's choice.

#include "gemm_code.h"

#define SL_ELEMENT double
#define SL_PACK pack_f64
#include "gemm_pack.h"
#define SL_ELEMENT float
#define SL_PACK pack_f32
#include "gemm_pack.h"

#define SCALAR_CODE(dtype, element)                                                                          \
    static void sl_gemm_##dtype##_scalar_4x1(const sl_gemm_tile *t) {                                        \
        element sum[4][4] = { { 0 } };                                                                       \
        const char *a = t->a, *b = t->b;                                                                     \
        for (int64_t k = 0; k < t->k; k++, a += t->a_step, b += t->b_step) {                                 \
            for (int i = 0; i < 4; i++) {                                                                    \
                for (int j = 0; j < 4; j++) {                                                                \
                    sum[i][j] += ((const element *)a)[i] * ((const element *)b)[j];                          \
                }                                                                                            \
            }                                                                                                \
        }                                                                                                    \
        for (int i = 0; i < 4; i++) {                                                                        \
            element *c = (element *)(t->c + i * t->c_row);                                                   \
            for (int j = 0; j < 4; j++) {                                                                    \
                element scaled = t->alpha.dtype * sum[i][j];                                                 \
                c[j] = t->reads_c ? scaled + t->beta.dtype * c[j] : scaled;                                  \
            }                                                                                                \
        }                                                                                                    \
    }                                                                                                        \
    static void pack_four_##dtype(const sl_gemm_pack *pack) {                                                \
        pack_##dtype(pack, 4);                                                                               \
    }                                                                                                        \
    const struct sl_gemm_code sl_gemm_scalar_##dtype = {                                                     \
        .tiles = { [3] = { sl_gemm_##dtype##_scalar_4x1 } },                                                 \
        .pack_a = pack_four_##dtype,                                                                         \
        .pack_b = pack_four_##dtype,                                                                         \
    };

SCALAR_CODE(f64, double)
SCALAR_CODE(f32, float)
