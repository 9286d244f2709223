// gemm_table.c: every matrix product, those of other architectures with code == NULL, so that all can be listed.

#include "../architectures.h"
#include "gemm_code.h"

static const sl_gemm_kernel kernels[] = {
    // variant       dtype  architecture features  bytes lanes mr nr
    { "simd-scalar", "f64", "any",    "",         8,  4, 4,  4, &sl_gemm_scalar_f64 },
    { "simd-scalar", "f32", "any",    "",         4,  4, 4,  4, &sl_gemm_scalar_f32 },
    { "simd-avx2",   "f64", "x86_64", "avx2 fma", 8,  4, 4, 12, ON_X86_64(&sl_gemm_avx2_f64) },
    { "simd-avx2",   "f32", "x86_64", "avx2 fma", 4,  8, 4, 24, ON_X86_64(&sl_gemm_avx2_f32) },
    { "simd-avx512", "f64", "x86_64", "avx512f",  8,  8, 8, 24, ON_X86_64(&sl_gemm_avx512_f64) },
    { "simd-avx512", "f32", "x86_64", "avx512f",  4, 16, 8, 48, ON_X86_64(&sl_gemm_avx512_f32) },
    { "simd-neon",   "f64", "arm64",  "asimd",    8,  2, 8,  6, ON_ARM64(&sl_gemm_neon_f64) },
    { "simd-neon",   "f32", "arm64",  "asimd",    4,  4, 8, 12, ON_ARM64(&sl_gemm_neon_f32) },
};

const sl_gemm_kernel *sl_gemm_kernels(size_t *count) {
    *count = sizeof kernels / sizeof kernels[0];
    return kernels;
}
