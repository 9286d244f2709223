// fma_avx_vnni.c: c = c + L0.R0; c = c + L1.R1, dot products of four u8 and s8 added to i32 (VEX vpdpbusd), 256-bit.
// Per iteration: 12 accumulators of 8 lanes, 24 instructions of 32 multiplications and additions each, 1536
// operations, 0 B. Needs AVX-VNNI. State 64-byte aligned. Leaves the state as the replay does, bit for bit.
// An iteration waits for two dependent results and issues 24: 12 cycles at two a cycle bear a latency of 6.

#include "../fma_variants.h"

#if defined(__x86_64__)

#define EACH_ACCUMULATOR ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"

// ymm12 = L0, ymm13 = R0, ymm14 = L1, ymm15 = R1. {vex}, since assemblers otherwise choose the form of AVX-512.
__attribute__((target("avx2"))) void sl_fma_i8_avx_vnni(uint64_t iterations, void *state, const void *constants) {
    if (iterations == 0) {
        return;
    }
    __asm__ volatile(
        EACH_ACCUMULATOR
        "vmovdqa \\i*32(%[state]), %%ymm\\i\n"
        ".endr\n"
        "vmovdqa 0*32(%[constants]), %%ymm12\n"
        "vmovdqa 1*32(%[constants]), %%ymm13\n"
        "vmovdqa 2*32(%[constants]), %%ymm14\n"
        "vmovdqa 3*32(%[constants]), %%ymm15\n"
        ".p2align 6\n"
        "1:\n"
        EACH_ACCUMULATOR
        "%{vex%} vpdpbusd %%ymm13, %%ymm12, %%ymm\\i\n"
        ".endr\n"
        EACH_ACCUMULATOR
        "%{vex%} vpdpbusd %%ymm15, %%ymm14, %%ymm\\i\n"
        ".endr\n"
        "decq %[left]\n"
        "jnz 1b\n"
        EACH_ACCUMULATOR
        "vmovdqa %%ymm\\i, \\i*32(%[state])\n"
        ".endr\n"
        "vzeroupper\n"
        : [left] "+r"(iterations)
        : [state] "r"(state), [constants] "r"(constants)
        : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10",
          "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
}

#endif
