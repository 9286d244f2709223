// fma_variants.h: the functions behind the table's rows, by the file that defines them.

#ifndef SUANLI_FMA_VARIANTS_H
#define SUANLI_FMA_VARIANTS_H

#include <stdint.h>

#define SL_KERNEL(name) void name(uint64_t iterations, void *state, const void *constants)

SL_KERNEL(sl_fma_f64_scalar);
SL_KERNEL(sl_fma_f32_scalar);

#if defined(__x86_64__)
SL_KERNEL(sl_fma_f64_sse2);
SL_KERNEL(sl_fma_f32_sse2);
SL_KERNEL(sl_fma_f64_avx);
SL_KERNEL(sl_fma_f32_avx);
SL_KERNEL(sl_fma_f64_avx2);
SL_KERNEL(sl_fma_f32_avx2);
SL_KERNEL(sl_fma_f64_avx2_mix);
SL_KERNEL(sl_fma_f32_avx2_mix);
SL_KERNEL(sl_fma_f64_avx512);
SL_KERNEL(sl_fma_f32_avx512);
SL_KERNEL(sl_fma_f64_avx512_mix);
SL_KERNEL(sl_fma_f32_avx512_mix);
SL_KERNEL(sl_fma_f16_avx512);
SL_KERNEL(sl_fma_bf16_avx512);
SL_KERNEL(sl_fma_i8_avx_vnni);
SL_KERNEL(sl_fma_i8_avx512);
// After sl_amx_request() has returned 0.
SL_KERNEL(sl_fma_bf16_amx);
SL_KERNEL(sl_fma_i8_amx);
#endif

#if defined(__aarch64__)
SL_KERNEL(sl_fma_f64_neon);
SL_KERNEL(sl_fma_f32_neon);
SL_KERNEL(sl_fma_f64_sve);
SL_KERNEL(sl_fma_f32_sve);
SL_KERNEL(sl_fma_f16_neon);
SL_KERNEL(sl_fma_bf16_neon);
SL_KERNEL(sl_fma_i8_i8mm);
SL_KERNEL(sl_fma_i8_dotprod);
// Elements of a scalable vector; 0 where the processor has none (AT_HWCAP).
int sl_sve_f64_lanes(void);
int sl_sve_f32_lanes(void);
#endif

#undef SL_KERNEL

#endif
