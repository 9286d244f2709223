// fma_avx512_mix.c: x = x - a*y; y = y - c; y = y + a*x; x = x + c, 512-bit fused multiply-adds and separate additions.
// Per iteration: 12 pairs, hence 24 accumulators, of 8 (f64) or 16 (f32) lanes, 24 fused multiply-adds and
// 24 additions, 576 or 1152 flop, 0 B. Needs AVX512F. State 64-byte aligned. Leaves the state as the replay does, bit
// for bit. An iteration waits for two dependent multiply-adds (8 cycles at latency 4) and issues for 24 at one
// multiply-add and one addition a cycle, as on Zen 4, for 12 at two of each.

#include "../fma_variants.h"

#if defined(__x86_64__)

// zmm30 = a, zmm31 = c.
#define EACH_PAIR(operation, s)                                                                                \
    operation(0, 1, s) operation(2, 3, s) operation(4, 5, s) operation(6, 7, s) operation(8, 9, s)             \
    operation(10, 11, s) operation(12, 13, s) operation(14, 15, s) operation(16, 17, s) operation(18, 19, s)   \
    operation(20, 21, s) operation(22, 23, s)
#define X_MINUS_AY(x, y, s) "vfnmadd231p" s " %%zmm" #y ", %%zmm30, %%zmm" #x "\n"
#define Y_MINUS_C(x, y, s) "vsubp" s " %%zmm31, %%zmm" #y ", %%zmm" #y "\n"
#define Y_PLUS_AX(x, y, s) "vfmadd231p" s " %%zmm" #x ", %%zmm30, %%zmm" #y "\n"
#define X_PLUS_C(x, y, s) "vaddp" s " %%zmm31, %%zmm" #x ", %%zmm" #x "\n"

#define AVX512_MIX_KERNEL(name, s, bytes)                                                                      \
    __attribute__((target("avx512f"))) void name(uint64_t iterations, void *state, const void *constants) {    \
        if (iterations == 0) {                                                                                 \
            return;                                                                                            \
        }                                                                                                      \
        __asm__ volatile(                                                                                      \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"   \
            "vmovap" s " \\i*64(%[state]), %%zmm\\i\n"                                                         \
            ".endr\n"                                                                                          \
            "vbroadcasts" s " 0*" bytes "(%[constants]), %%zmm30\n"                                            \
            "vbroadcasts" s " 1*" bytes "(%[constants]), %%zmm31\n"                                            \
            ".p2align 6\n"                                                                                     \
            "1:\n"                                                                                             \
            EACH_PAIR(X_MINUS_AY, s) EACH_PAIR(Y_MINUS_C, s) EACH_PAIR(Y_PLUS_AX, s) EACH_PAIR(X_PLUS_C, s)    \
            "decq %[left]\n"                                                                                   \
            "jnz 1b\n"                                                                                         \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"   \
            "vmovap" s " %%zmm\\i, \\i*64(%[state])\n"                                                         \
            ".endr\n"                                                                                          \
            "vzeroupper\n"                                                                                     \
            : [left] "+r"(iterations)                                                                          \
            : [state] "r"(state), [constants] "r"(constants)                                                   \
            : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",  \
              "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15", "xmm16", "xmm17", "xmm18", "xmm19",        \
              "xmm20", "xmm21", "xmm22", "xmm23", "xmm30", "xmm31");                                           \
    }

AVX512_MIX_KERNEL(sl_fma_f64_avx512_mix, "d", "8")
AVX512_MIX_KERNEL(sl_fma_f32_avx512_mix, "s", "4")

#endif
