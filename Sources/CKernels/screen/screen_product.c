// screen_product.c: the sums of sl_gemm_run's fused products once more, one multiply-add at a time, and products of
// integers. Shares nothing with it but the order of summation, docs/gemm.md.

#include <math.h>

#include "screen_kernels.h"

// A row of C at a time, so that its elements do not wait for each other.
#define PRODUCT(name, type, fused, ...)                                                                       \
    __VA_ARGS__ static void name(int64_t n, int64_t kc, const type *a, const type *b, type *c) {              \
        enum { CHAINS = 8 };                                                                                  \
        for (int64_t i = 0; i < n; i++) {                                                                     \
            for (int64_t j = 0; j < n; j += CHAINS) {                                                         \
                const int64_t width = n - j < CHAINS ? n - j : CHAINS;                                        \
                for (int64_t p = 0; p < n; p += kc) {                                                         \
                    const int64_t end = p + kc < n ? p + kc : n;                                              \
                    type sum[CHAINS] = { 0 };                                                                 \
                    for (int64_t q = p; q < end; q++) {                                                       \
                        for (int64_t l = 0; l < width; l++) {                                                 \
                            sum[l] = fused(a[i * n + q], b[q * n + j + l], sum[l]);                           \
                        }                                                                                     \
                    }                                                                                         \
                    for (int64_t l = 0; l < width; l++) {                                                     \
                        c[i * n + j + l] = p == 0 ? sum[l] : c[i * n + j + l] + sum[l];                       \
                    }                                                                                         \
                }                                                                                             \
            }                                                                                                 \
        }                                                                                                     \
    }

PRODUCT(portable_f64, double, fma, )
PRODUCT(portable_f32, float, fmaf, )
#if defined(__x86_64__)
PRODUCT(by_instruction_f64, double, __builtin_fma, __attribute__((target("fma"))))
PRODUCT(by_instruction_f32, float, __builtin_fmaf, __attribute__((target("fma"))))
#define CHOOSE(by_instruction, portable) (__builtin_cpu_supports("fma") ? by_instruction : portable)
#else
#define CHOOSE(by_instruction, portable) portable
#endif

void sl_screen_product_f64(int64_t n, int64_t kc, const double *a, const double *b, double *c) {
    CHOOSE(by_instruction_f64, portable_f64)(n, kc, a, b, c);
}

void sl_screen_product_f32(int64_t n, int64_t kc, const float *a, const float *b, float *c) {
    CHOOSE(by_instruction_f32, portable_f32)(n, kc, a, b, c);
}

void sl_screen_product_exact(int64_t n, const int32_t *a, const int32_t *b, int64_t *c) {
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++) {
            c[i * n + j] = 0;
        }
        for (int64_t p = 0; p < n; p++) {
            for (int64_t j = 0; j < n; j++) {
                c[i * n + j] += (int64_t)a[i * n + p] * b[p * n + j];
            }
        }
    }
}
