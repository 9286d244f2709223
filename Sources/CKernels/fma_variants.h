// fma_variants.h: the functions behind the table's rows, one pair per file.

#ifndef SUANLI_FMA_VARIANTS_H
#define SUANLI_FMA_VARIANTS_H

#include <stdint.h>

void sl_fma_f64_scalar(uint64_t iterations, void *state, const void *constants);
void sl_fma_f32_scalar(uint64_t iterations, void *state, const void *constants);

#if defined(__x86_64__)
void sl_fma_f64_sse2(uint64_t iterations, void *state, const void *constants);
void sl_fma_f32_sse2(uint64_t iterations, void *state, const void *constants);
void sl_fma_f64_avx2(uint64_t iterations, void *state, const void *constants);
void sl_fma_f32_avx2(uint64_t iterations, void *state, const void *constants);
void sl_fma_f64_avx512(uint64_t iterations, void *state, const void *constants);
void sl_fma_f32_avx512(uint64_t iterations, void *state, const void *constants);
#endif

#if defined(__aarch64__)
void sl_fma_f64_neon(uint64_t iterations, void *state, const void *constants);
void sl_fma_f32_neon(uint64_t iterations, void *state, const void *constants);
#endif

#endif
