// table.c: every multiply-add kernel, those of other architectures with run == NULL, so that all can be listed.

#include "fma_constants.h"
#include "fma_kernels.h"
#include "fma_variants.h"

#if defined(__x86_64__)
#define ON_X86_64(function) function
#else
#define ON_X86_64(function) NULL
#endif

#if defined(__aarch64__)
#define ON_ARM64(function) function
#else
#define ON_ARM64(function) NULL
#endif

#define UNFUSED(dtype, variant, architecture, features, lanes, accumulators, run)                              \
    { "fma", #dtype, variant, architecture, features, lanes, accumulators, (lanes) * (accumulators) * 4, 0, 0, \
      sl_unfused_constants_##dtype, run }
#define FUSED(dtype, variant, architecture, features, lanes, accumulators, run)                                \
    { "fma", #dtype, variant, architecture, features, lanes, accumulators, (lanes) * (accumulators) * 4, 1, 0, \
      sl_fused_constants_##dtype, run }

static const sl_fma_kernel kernels[] = {
    //      dtype variant   architecture features  lanes accumulators
    UNFUSED(f64, "scalar", "any",    "",          1, 12, sl_fma_f64_scalar),
    UNFUSED(f32, "scalar", "any",    "",          1, 12, sl_fma_f32_scalar),
    UNFUSED(f64, "sse2",   "x86_64", "sse2",      2, 12, ON_X86_64(sl_fma_f64_sse2)),
    UNFUSED(f32, "sse2",   "x86_64", "sse2",      4, 12, ON_X86_64(sl_fma_f32_sse2)),
    FUSED(  f64, "avx2",   "x86_64", "avx2 fma",  4, 12, ON_X86_64(sl_fma_f64_avx2)),
    FUSED(  f32, "avx2",   "x86_64", "avx2 fma",  8, 12, ON_X86_64(sl_fma_f32_avx2)),
    FUSED(  f64, "avx512", "x86_64", "avx512f",   8, 16, ON_X86_64(sl_fma_f64_avx512)),
    FUSED(  f32, "avx512", "x86_64", "avx512f",  16, 16, ON_X86_64(sl_fma_f32_avx512)),
    FUSED(  f64, "neon",   "arm64",  "asimd",     2, 24, ON_ARM64(sl_fma_f64_neon)),
    FUSED(  f32, "neon",   "arm64",  "asimd",     4, 24, ON_ARM64(sl_fma_f32_neon)),
};

const sl_fma_kernel *sl_fma_kernels(size_t *count) {
    *count = sizeof kernels / sizeof kernels[0];
    return kernels;
}
