// fma_avx2_mix.c: x = x - a*y; y = y - c; y = y + a*x; x = x + c, 256-bit fused multiply-adds and separate additions.
// Per iteration: 7 pairs, hence 14 accumulators, of 4 (f64) or 8 (f32) lanes, 14 fused multiply-adds and 14 additions,
// 168 or 336 flop, 0 B. Needs AVX2 and FMA. State 64-byte aligned. Leaves the state as the replay does, bit for bit.
// The additions run beside the multiply-adds: an iteration waits for two dependent ones of these (8 cycles at
// latency 4) and issues for 7 on two pipes of each kind. Two constants, so that 14 of 16 registers hold state.

#include "../fma_variants.h"

#if defined(__x86_64__)

// ymm14 = a, ymm15 = c.
#define EACH_PAIR(operation, s)                                                                                \
    operation(0, 1, s) operation(2, 3, s) operation(4, 5, s) operation(6, 7, s) operation(8, 9, s)             \
    operation(10, 11, s) operation(12, 13, s)
#define X_MINUS_AY(x, y, s) "vfnmadd231p" s " %%ymm" #y ", %%ymm14, %%ymm" #x "\n"
#define Y_MINUS_C(x, y, s) "vsubp" s " %%ymm15, %%ymm" #y ", %%ymm" #y "\n"
#define Y_PLUS_AX(x, y, s) "vfmadd231p" s " %%ymm" #x ", %%ymm14, %%ymm" #y "\n"
#define X_PLUS_C(x, y, s) "vaddp" s " %%ymm15, %%ymm" #x ", %%ymm" #x "\n"

#define AVX2_MIX_KERNEL(name, s, bytes)                                                                        \
    __attribute__((target("avx2,fma"))) void name(uint64_t iterations, void *state, const void *constants) {   \
        if (iterations == 0) {                                                                                 \
            return;                                                                                            \
        }                                                                                                      \
        __asm__ volatile(                                                                                      \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13\n"                                           \
            "vmovap" s " \\i*32(%[state]), %%ymm\\i\n"                                                         \
            ".endr\n"                                                                                          \
            "vbroadcasts" s " 0*" bytes "(%[constants]), %%ymm14\n"                                            \
            "vbroadcasts" s " 1*" bytes "(%[constants]), %%ymm15\n"                                            \
            ".p2align 6\n"                                                                                     \
            "1:\n"                                                                                             \
            EACH_PAIR(X_MINUS_AY, s) EACH_PAIR(Y_MINUS_C, s) EACH_PAIR(Y_PLUS_AX, s) EACH_PAIR(X_PLUS_C, s)    \
            "decq %[left]\n"                                                                                   \
            "jnz 1b\n"                                                                                         \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13\n"                                           \
            "vmovap" s " %%ymm\\i, \\i*32(%[state])\n"                                                         \
            ".endr\n"                                                                                          \
            "vzeroupper\n"                                                                                     \
            : [left] "+r"(iterations)                                                                          \
            : [state] "r"(state), [constants] "r"(constants)                                                   \
            : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",  \
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");                                           \
    }

AVX2_MIX_KERNEL(sl_fma_f64_avx2_mix, "d", "8")
AVX2_MIX_KERNEL(sl_fma_f32_avx2_mix, "s", "4")

#endif
