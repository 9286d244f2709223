// fma_avx512_dot.c: c = c + L0.R0; c = c + L1.R1, 512-bit dot products: bf16 pairs added to f32 (vdpbf16ps), and four u8
// and s8 added to i32 (vpdpbusd).
// Per iteration: 24 accumulators of 16 lanes, 48 instructions of 32 (bf16) or 64 (i8) multiplications and additions
// each, 3072 flop or 6144 operations, 0 B. Needs AVX512-BF16 or AVX512-VNNI. State 64-byte aligned. Leaves the state as
// the replay does, bit for bit.
// An iteration waits for two dependent results and issues 48: 24 cycles at two a cycle bear a latency of 12.

#include "../fma_variants.h"

#if defined(__x86_64__)

#define EACH_ACCUMULATOR \
    ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"

// zmm24 = L0, zmm25 = R0, zmm26 = L1, zmm27 = R1.
#define DOT(name, instruction)                                                                                            \
    __attribute__((target("avx512f"))) void name(uint64_t iterations, void *state, const void *constants) {               \
        if (iterations == 0) {                                                                                            \
            return;                                                                                                       \
        }                                                                                                                 \
        __asm__ volatile(                                                                                                 \
            EACH_ACCUMULATOR                                                                                              \
            "vmovdqa64 \\i*64(%[state]), %%zmm\\i\n"                                                                      \
            ".endr\n"                                                                                                     \
            "vmovdqa64 0*64(%[constants]), %%zmm24\n"                                                                     \
            "vmovdqa64 1*64(%[constants]), %%zmm25\n"                                                                     \
            "vmovdqa64 2*64(%[constants]), %%zmm26\n"                                                                     \
            "vmovdqa64 3*64(%[constants]), %%zmm27\n"                                                                     \
            ".p2align 6\n"                                                                                                \
            "1:\n"                                                                                                        \
            EACH_ACCUMULATOR                                                                                              \
            instruction " %%zmm25, %%zmm24, %%zmm\\i\n"                                                                   \
            ".endr\n"                                                                                                     \
            EACH_ACCUMULATOR                                                                                              \
            instruction " %%zmm27, %%zmm26, %%zmm\\i\n"                                                                   \
            ".endr\n"                                                                                                     \
            "decq %[left]\n"                                                                                              \
            "jnz 1b\n"                                                                                                    \
            EACH_ACCUMULATOR                                                                                              \
            "vmovdqa64 %%zmm\\i, \\i*64(%[state])\n"                                                                      \
            ".endr\n"                                                                                                     \
            "vzeroupper\n"                                                                                                \
            : [left] "+r"(iterations)                                                                                     \
            : [state] "r"(state), [constants] "r"(constants)                                                              \
            : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",    \
              "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", \
              "xmm23", "xmm24", "xmm25", "xmm26", "xmm27");                                                               \
    }

DOT(sl_fma_bf16_avx512, "vdpbf16ps")
DOT(sl_fma_i8_avx512, "vpdpbusd")

#endif
