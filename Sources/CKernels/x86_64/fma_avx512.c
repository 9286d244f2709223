// fma_avx512.c: x = x + a*v; x = x - a*y; y = y - b*w; y = y + b*x, 512-bit fused multiply-add.
// Per iteration: 8 pairs, hence 16 accumulators, of 8 (f64) or 16 (f32) lanes, 32 instructions, 512 or 1024 flop,
// 0 B. Needs AVX512F. State 64-byte aligned. Leaves the state as the replay does, bit for bit.
// An iteration waits for two dependent results (8 cycles at latency 4) and issues for 16 at two a cycle.

#include "../fma_variants.h"

#if defined(__x86_64__)

// zmm28 = a, zmm29 = b, zmm30 = v, zmm31 = w. Two pairs at a time, so that a pipe that takes every other
// instruction still multiplies by the constant and by the state in turn.
#define ADVANCE_X(s, x0, y0, x1, y1)                    \
    "vfmadd231p" s " %%zmm30, %%zmm28, %%zmm" #x0 "\n"  \
    "vfmadd231p" s " %%zmm30, %%zmm28, %%zmm" #x1 "\n"  \
    "vfnmadd231p" s " %%zmm" #y0 ", %%zmm28, %%zmm" #x0 "\n" \
    "vfnmadd231p" s " %%zmm" #y1 ", %%zmm28, %%zmm" #x1 "\n"
#define ADVANCE_Y(s, x0, y0, x1, y1)                    \
    "vfnmadd231p" s " %%zmm31, %%zmm29, %%zmm" #y0 "\n" \
    "vfnmadd231p" s " %%zmm31, %%zmm29, %%zmm" #y1 "\n" \
    "vfmadd231p" s " %%zmm" #x0 ", %%zmm29, %%zmm" #y0 "\n" \
    "vfmadd231p" s " %%zmm" #x1 ", %%zmm29, %%zmm" #y1 "\n"

#define AVX512_KERNEL(name, s, bytes)                                                                          \
    __attribute__((target("avx512f"))) void name(uint64_t iterations, void *state, const void *constants) {    \
        if (iterations == 0) {                                                                                 \
            return;                                                                                            \
        }                                                                                                      \
        __asm__ volatile(                                                                                      \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"                                   \
            "vmovap" s " \\i*64(%[state]), %%zmm\\i\n"                                                         \
            ".endr\n"                                                                                          \
            "vbroadcasts" s " 0*" bytes "(%[constants]), %%zmm28\n"                                            \
            "vbroadcasts" s " 1*" bytes "(%[constants]), %%zmm29\n"                                            \
            "vbroadcasts" s " 2*" bytes "(%[constants]), %%zmm30\n"                                            \
            "vbroadcasts" s " 3*" bytes "(%[constants]), %%zmm31\n"                                            \
            ".p2align 6\n"                                                                                     \
            "1:\n"                                                                                             \
            ADVANCE_X(s, 0, 1, 2, 3) ADVANCE_X(s, 4, 5, 6, 7)                                                  \
            ADVANCE_X(s, 8, 9, 10, 11) ADVANCE_X(s, 12, 13, 14, 15)                                            \
            ADVANCE_Y(s, 0, 1, 2, 3) ADVANCE_Y(s, 4, 5, 6, 7)                                                  \
            ADVANCE_Y(s, 8, 9, 10, 11) ADVANCE_Y(s, 12, 13, 14, 15)                                            \
            "decq %[left]\n"                                                                                   \
            "jnz 1b\n"                                                                                         \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"                                   \
            "vmovap" s " %%zmm\\i, \\i*64(%[state])\n"                                                         \
            ".endr\n"                                                                                          \
            "vzeroupper\n"                                                                                     \
            : [left] "+r"(iterations)                                                                          \
            : [state] "r"(state), [constants] "r"(constants)                                                   \
            : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",  \
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm28", "xmm29", "xmm30", "xmm31");       \
    }

AVX512_KERNEL(sl_fma_f64_avx512, "d", "8")
AVX512_KERNEL(sl_fma_f32_avx512, "s", "4")

#endif
