// fma_avx2.c: x = x + a*v; x = x - a*y; y = y - b*w; y = y + b*x, 256-bit fused multiply-add.
// Per iteration: 6 pairs, hence 12 accumulators, of 4 (f64) or 8 (f32) lanes, 24 instructions, 192 or 384 flop, 0 B.
// Needs AVX2 and FMA. State 64-byte aligned. Leaves the state as the replay does, bit for bit.
// An iteration waits for two dependent results (8 cycles at latency 4) and issues for 12 at two a cycle.

#include "../fma_variants.h"

#if defined(__x86_64__)

// ymm12 = a, ymm13 = b, ymm14 = v, ymm15 = w. Two pairs at a time, so that a pipe that takes every other
// instruction still multiplies by the constant and by the state in turn.
#define ADVANCE_X(s, x0, y0, x1, y1)                    \
    "vfmadd231p" s " %%ymm14, %%ymm12, %%ymm" #x0 "\n"  \
    "vfmadd231p" s " %%ymm14, %%ymm12, %%ymm" #x1 "\n"  \
    "vfnmadd231p" s " %%ymm" #y0 ", %%ymm12, %%ymm" #x0 "\n" \
    "vfnmadd231p" s " %%ymm" #y1 ", %%ymm12, %%ymm" #x1 "\n"
#define ADVANCE_Y(s, x0, y0, x1, y1)                    \
    "vfnmadd231p" s " %%ymm15, %%ymm13, %%ymm" #y0 "\n" \
    "vfnmadd231p" s " %%ymm15, %%ymm13, %%ymm" #y1 "\n" \
    "vfmadd231p" s " %%ymm" #x0 ", %%ymm13, %%ymm" #y0 "\n" \
    "vfmadd231p" s " %%ymm" #x1 ", %%ymm13, %%ymm" #y1 "\n"

#define AVX2_KERNEL(name, s, bytes)                                                                            \
    __attribute__((target("avx2,fma"))) void name(uint64_t iterations, void *state, const void *constants) {   \
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
            ADVANCE_X(s, 0, 1, 2, 3) ADVANCE_X(s, 4, 5, 6, 7) ADVANCE_X(s, 8, 9, 10, 11)                       \
            ADVANCE_Y(s, 0, 1, 2, 3) ADVANCE_Y(s, 4, 5, 6, 7) ADVANCE_Y(s, 8, 9, 10, 11)                       \
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

AVX2_KERNEL(sl_fma_f64_avx2, "d", "8")
AVX2_KERNEL(sl_fma_f32_avx2, "s", "4")

#endif
