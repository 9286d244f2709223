// table.c: every multiply-add kernel, those of other architectures with run == NULL, so that all can be listed.

#include "architectures.h"
#include "fma_constants.h"
#include "fma_kernels.h"
#include "fma_replay.h"
#include "fma_variants.h"

#define ROW(dtype, accumulator, variant, architecture, features, recurrence, lanes, runtime_lanes, accumulators,   \
            flop, constants, replay, run)                                                                          \
    { "fma", dtype, accumulator, variant, architecture, features, recurrence, lanes, runtime_lanes, accumulators,  \
      (accumulators) * (flop), 0, constants, replay, run }

// Two multiplications and two additions per turn and element.
#define UNFUSED(t, variant, architecture, features, lanes, accumulators, run)                                       \
    ROW(#t, #t, variant, architecture, features, SL_FMA_UNFUSED, lanes, NULL, accumulators, 4,                      \
        sl_unfused_constants_##t, sl_replay_unfused_##t, run)
#define FUSED(t, variant, architecture, features, lanes, accumulators, run)                                         \
    FUSED_LONG(t, variant, architecture, features, lanes, NULL, accumulators, run)
#define FUSED_LONG(t, variant, architecture, features, lanes, runtime_lanes, accumulators, run)                     \
    ROW(#t, #t, variant, architecture, features, SL_FMA_FUSED, lanes, runtime_lanes, accumulators, 4,               \
        sl_fused_constants_##t, sl_replay_fused_##t, run)
// A fused multiply-add and an addition.
#define MIX(t, variant, architecture, features, lanes, accumulators, run)                                           \
    ROW(#t, #t, variant, architecture, features, SL_FMA_MIX, lanes, NULL, accumulators, 3,                          \
        sl_mix_constants_##t, sl_replay_mix_##t, run)
// Two turns of `depth` multiplications and additions.
#define DOT(t, accumulator, variant, architecture, features, lanes, accumulators, depth, operands, replay, run)     \
    ROW(#t, accumulator, variant, architecture, features, SL_FMA_DOT, lanes, NULL, accumulators, 4 * (depth),       \
        operands, replay, run)

static const sl_fma_kernel kernels[] = {
    //      dtype variant      architecture features  lanes accumulators
    UNFUSED(f64, "scalar",     "any",    "",          1, 12, sl_fma_f64_scalar),
    UNFUSED(f32, "scalar",     "any",    "",          1, 12, sl_fma_f32_scalar),
    UNFUSED(f64, "sse2",       "x86_64", "sse2",      2, 12, ON_X86_64(sl_fma_f64_sse2)),
    UNFUSED(f32, "sse2",       "x86_64", "sse2",      4, 12, ON_X86_64(sl_fma_f32_sse2)),
    UNFUSED(f64, "avx",        "x86_64", "avx",       4, 12, ON_X86_64(sl_fma_f64_avx)),
    UNFUSED(f32, "avx",        "x86_64", "avx",       8, 12, ON_X86_64(sl_fma_f32_avx)),
    MIX(    f64, "avx2-mix",   "x86_64", "avx2 fma",  4, 14, ON_X86_64(sl_fma_f64_avx2_mix)),
    MIX(    f32, "avx2-mix",   "x86_64", "avx2 fma",  8, 14, ON_X86_64(sl_fma_f32_avx2_mix)),
    FUSED(  f64, "avx2",       "x86_64", "avx2 fma",  4, 12, ON_X86_64(sl_fma_f64_avx2)),
    FUSED(  f32, "avx2",       "x86_64", "avx2 fma",  8, 12, ON_X86_64(sl_fma_f32_avx2)),
    MIX(    f64, "avx512-mix", "x86_64", "avx512f",   8, 24, ON_X86_64(sl_fma_f64_avx512_mix)),
    MIX(    f32, "avx512-mix", "x86_64", "avx512f",  16, 24, ON_X86_64(sl_fma_f32_avx512_mix)),
    FUSED(  f64, "avx512",     "x86_64", "avx512f",   8, 16, ON_X86_64(sl_fma_f64_avx512)),
    FUSED(  f32, "avx512",     "x86_64", "avx512f",  16, 16, ON_X86_64(sl_fma_f32_avx512)),
    FUSED(  f64, "neon",       "arm64",  "asimd",     2, 24, ON_ARM64(sl_fma_f64_neon)),
    FUSED(  f32, "neon",       "arm64",  "asimd",     4, 24, ON_ARM64(sl_fma_f32_neon)),
    FUSED_LONG(f64, "sve",     "arm64",  "sve", 0, ON_ARM64(sl_sve_f64_lanes), 24, ON_ARM64(sl_fma_f64_sve)),
    FUSED_LONG(f32, "sve",     "arm64",  "sve", 0, ON_ARM64(sl_sve_f32_lanes), 24, ON_ARM64(sl_fma_f32_sve)),

    FUSED(f16, "avx512-fp16", "x86_64", "avx512_fp16", 32, 16, ON_X86_64(sl_fma_f16_avx512)),
    FUSED(f16, "neon-fp16",   "arm64",  "fphp asimdhp", 8, 24, ON_ARM64(sl_fma_f16_neon)),

    //        accumulator                                  lanes  accumulators, depth
    DOT(bf16, "f32", "avx512-bf16", "x86_64", "avx512_bf16", 16, 24, 2,
        sl_operands_bf16_512, sl_replay_dot_bf16, ON_X86_64(sl_fma_bf16_avx512)),
    DOT(bf16, "f32", "amx-bf16", "x86_64", "amx_tile amx_bf16", 256, 4, 32,
        sl_operands_bf16_amx, sl_replay_amx_bf16, ON_X86_64(sl_fma_bf16_amx)),
    DOT(bf16, "f32", "neon-bf16", "arm64", "bf16", 4, 24, 4,
        sl_operands_bf16_mmla, sl_replay_mmla_bf16, ON_ARM64(sl_fma_bf16_neon)),

    DOT(i8, "i32", "avx-vnni", "x86_64", "avx_vnni", 8, 12, 4,
        sl_operands_i8_256, sl_replay_dot_u8s8, ON_X86_64(sl_fma_i8_avx_vnni)),
    DOT(i8, "i32", "avx512-vnni", "x86_64", "avx512_vnni", 16, 24, 4,
        sl_operands_i8_512, sl_replay_dot_u8s8, ON_X86_64(sl_fma_i8_avx512)),
    DOT(i8, "i32", "amx-int8", "x86_64", "amx_tile amx_int8", 256, 4, 64,
        sl_operands_i8_amx, sl_replay_amx_s8s8, ON_X86_64(sl_fma_i8_amx)),
    DOT(i8, "i32", "neon-dotprod", "arm64", "asimddp", 4, 24, 4,
        sl_operands_i8_128, sl_replay_dot_s8s8, ON_ARM64(sl_fma_i8_dotprod)),
    DOT(i8, "i32", "neon-i8mm", "arm64", "i8mm", 4, 24, 8,
        sl_operands_i8_128, sl_replay_mmla_s8s8, ON_ARM64(sl_fma_i8_i8mm)),
};

const sl_fma_kernel *sl_fma_kernels(size_t *count) {
    *count = sizeof kernels / sizeof kernels[0];
    return kernels;
}

void sl_fma_first_call(void *call) {
    const sl_fma_call *c = call;
    c->function(c->iterations, c->state, c->constants);
}
