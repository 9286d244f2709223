// fma_avx512_fp16.c: x = x + a*v; x = x - a*y; y = y - b*w; y = y + b*x in f16, 512-bit fused multiply-add.
// Per iteration: 8 pairs, hence 16 accumulators, of 32 lanes, 32 instructions, 2048 flop, 0 B. Needs AVX512-FP16.
// State 64-byte aligned. Leaves the state as the replay does, bit for bit.
// An iteration waits for two dependent results (8 cycles at latency 4) and issues for 16 at two a cycle.

#include "../fma_variants.h"

#if defined(__x86_64__)

// zmm28 = a, zmm29 = b, zmm30 = v, zmm31 = w; the order is that of fma_avx512.c.
#define ADVANCE_X(x0, y0, x1, y1)                     \
    "vfmadd231ph %%zmm30, %%zmm28, %%zmm" #x0 "\n"    \
    "vfmadd231ph %%zmm30, %%zmm28, %%zmm" #x1 "\n"    \
    "vfnmadd231ph %%zmm" #y0 ", %%zmm28, %%zmm" #x0 "\n" \
    "vfnmadd231ph %%zmm" #y1 ", %%zmm28, %%zmm" #x1 "\n"
#define ADVANCE_Y(x0, y0, x1, y1)                     \
    "vfnmadd231ph %%zmm31, %%zmm29, %%zmm" #y0 "\n"   \
    "vfnmadd231ph %%zmm31, %%zmm29, %%zmm" #y1 "\n"   \
    "vfmadd231ph %%zmm" #x0 ", %%zmm29, %%zmm" #y0 "\n" \
    "vfmadd231ph %%zmm" #x1 ", %%zmm29, %%zmm" #y1 "\n"

__attribute__((target("avx512f,avx512bw"))) void sl_fma_f16_avx512(
    uint64_t iterations, void *state, const void *constants) {
    if (iterations == 0) {
        return;
    }
    __asm__ volatile(
        ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
        "vmovdqa64 \\i*64(%[state]), %%zmm\\i\n"
        ".endr\n"
        "vpbroadcastw 0(%[constants]), %%zmm28\n"
        "vpbroadcastw 2(%[constants]), %%zmm29\n"
        "vpbroadcastw 4(%[constants]), %%zmm30\n"
        "vpbroadcastw 6(%[constants]), %%zmm31\n"
        ".p2align 6\n"
        "1:\n"
        ADVANCE_X(0, 1, 2, 3) ADVANCE_X(4, 5, 6, 7) ADVANCE_X(8, 9, 10, 11) ADVANCE_X(12, 13, 14, 15)
        ADVANCE_Y(0, 1, 2, 3) ADVANCE_Y(4, 5, 6, 7) ADVANCE_Y(8, 9, 10, 11) ADVANCE_Y(12, 13, 14, 15)
        "decq %[left]\n"
        "jnz 1b\n"
        ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n"
        "vmovdqa64 %%zmm\\i, \\i*64(%[state])\n"
        ".endr\n"
        "vzeroupper\n"
        : [left] "+r"(iterations)
        : [state] "r"(state), [constants] "r"(constants)
        : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
          "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm28", "xmm29", "xmm30", "xmm31");
}

#endif
