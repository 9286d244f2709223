// fma_avx.c: x = x*m1 + c1; x = x*m2 + c2, 256-bit vectors, rounding after each operation.
// Per iteration: 12 accumulators of 4 (f64) or 8 (f32) lanes, 24 multiplications and 24 additions, 192 or 384 flop,
// 0 B. Needs AVX. State 64-byte aligned. Leaves the state as the replay does, bit for bit.
// The order of the SSE2 kernel, for its reason: 12 chains are exactly what Zen 1 to 4 need, without slack.

#include "../fma_variants.h"

#if defined(__x86_64__)

// ymm12 = m1, ymm13 = c1, ymm14 = m2, ymm15 = c2.
#define EACH(instruction, constant, s)                                                                         \
    ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"                                                           \
    instruction s " %%ymm" #constant ", %%ymm\\i, %%ymm\\i\n"                                                  \
    ".endr\n"

#define AVX_KERNEL(name, s, bytes)                                                                             \
    __attribute__((target("avx"))) void name(uint64_t iterations, void *state, const void *constants) {        \
        if (iterations == 0) {                                                                                 \
            return;                                                                                            \
        }                                                                                                      \
        __asm__ volatile(                                                                                      \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"                                                   \
            "vmovap" s " \\i*32(%[state]), %%ymm\\i\n"                                                         \
            ".endr\n"                                                                                          \
            "vbroadcasts" s " 0*" bytes "(%[constants]), %%ymm12\n"                                            \
            "vbroadcasts" s " 1*" bytes "(%[constants]), %%ymm13\n"                                            \
            "vbroadcasts" s " 2*" bytes "(%[constants]), %%ymm14\n"                                            \
            "vbroadcasts" s " 3*" bytes "(%[constants]), %%ymm15\n"                                            \
            ".p2align 6\n"                                                                                     \
            "1:\n"                                                                                             \
            EACH("vmulp", 12, s) EACH("vaddp", 13, s) EACH("vmulp", 14, s) EACH("vaddp", 15, s)                \
            "decq %[left]\n"                                                                                   \
            "jnz 1b\n"                                                                                         \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"                                                   \
            "vmovap" s " %%ymm\\i, \\i*32(%[state])\n"                                                         \
            ".endr\n"                                                                                          \
            "vzeroupper\n"                                                                                     \
            : [left] "+r"(iterations)                                                                          \
            : [state] "r"(state), [constants] "r"(constants)                                                   \
            : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",  \
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");                                           \
    }

AVX_KERNEL(sl_fma_f64_avx, "d", "8")
AVX_KERNEL(sl_fma_f32_avx, "s", "4")

#endif
