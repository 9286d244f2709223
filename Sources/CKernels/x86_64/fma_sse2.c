// fma_sse2.c: x = x*m1 + c1; x = x*m2 + c2, 128-bit vectors, rounding after each operation.
// Per iteration: 12 accumulators of 2 (f64) or 4 (f32) lanes, 24 multiplications and 24 additions, 96 or 192 flop,
// 0 B. Needs SSE2. State 64-byte aligned. Leaves the state as the replay does, bit for bit.
// 12 accumulators and 4 constants fill the 16 registers. On Zen 1 to 4 (latency 3 + 3, two pairs a cycle) that is
// exactly what the pipes need, without slack; hence all products before all sums.

#include "../fma_variants.h"

#if defined(__x86_64__)

// xmm12 = m1, xmm13 = c1, xmm14 = m2, xmm15 = c2.
#define SSE2_KERNEL(name, suffix, move_scalar, spread)                                                         \
    __attribute__((target("sse2"))) void name(uint64_t iterations, void *state, const void *constants) {       \
        if (iterations == 0) {                                                                                 \
            return;                                                                                            \
        }                                                                                                      \
        __asm__ volatile(                                                                                      \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"                                                   \
            "movap" suffix " \\i*16(%[state]), %%xmm\\i\n"                                                     \
            ".endr\n"                                                                                          \
            move_scalar(0, 12) move_scalar(1, 13) move_scalar(2, 14) move_scalar(3, 15)                        \
            ".irp i, 12, 13, 14, 15\n" spread "\n.endr\n"                                                      \
            ".p2align 6\n"                                                                                     \
            "1:\n"                                                                                             \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"                                                   \
            "mulp" suffix " %%xmm12, %%xmm\\i\n"                                                               \
            ".endr\n"                                                                                          \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"                                                   \
            "addp" suffix " %%xmm13, %%xmm\\i\n"                                                               \
            ".endr\n"                                                                                          \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"                                                   \
            "mulp" suffix " %%xmm14, %%xmm\\i\n"                                                               \
            ".endr\n"                                                                                          \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"                                                   \
            "addp" suffix " %%xmm15, %%xmm\\i\n"                                                               \
            ".endr\n"                                                                                          \
            "decq %[left]\n"                                                                                   \
            "jnz 1b\n"                                                                                         \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11\n"                                                   \
            "movap" suffix " %%xmm\\i, \\i*16(%[state])\n"                                                     \
            ".endr\n"                                                                                          \
            : [left] "+r"(iterations)                                                                          \
            : [state] "r"(state), [constants] "r"(constants)                                                   \
            : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",  \
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");                                           \
    }

#define MOVE_F64(index, register) "movsd " #index "*8(%[constants]), %%xmm" #register "\n"
#define MOVE_F32(index, register) "movss " #index "*4(%[constants]), %%xmm" #register "\n"

SSE2_KERNEL(sl_fma_f64_sse2, "d", MOVE_F64, "unpcklpd %%xmm\\i, %%xmm\\i")
SSE2_KERNEL(sl_fma_f32_sse2, "s", MOVE_F32, "shufps $0, %%xmm\\i, %%xmm\\i")

#endif
