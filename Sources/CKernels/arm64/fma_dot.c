// fma_dot.c: C = C + L0 . R0; C = C + L1 . R1 in 128-bit registers, where . is
//   bfmmla  2 x 4 by 4 x 2, bf16 into f32   needs BF16       4 accumulator lanes of 4 products and sums each
//   smmla   2 x 8 by 8 x 2, i8 into i32     needs I8MM       4 of 8
//   sdot    four of 4 elements, i8 into i32 needs ASIMDDP    4 of 4
// Per iteration: 24 accumulators, 48 instructions, 1536, 3072 or 1536 operations, 0 B. State 64-byte aligned.
// Leaves the state as the replay does, bit for bit. Each accumulator waits for two results per iteration, 8 cycles at
// latency 4; issuing takes 12 at four a cycle.

#include "../fma_variants.h"

#if defined(__aarch64__)

// v28 = L0, v29 = R0, v30 = L1, v31 = R1, each element type's registers spelled as e.
#define DOT_KERNEL(name, features, instruction, e)                                                             \
    __attribute__((target("arch=armv8.2-a+" features)))                                                        \
    void name(uint64_t iterations, void *state, const void *constants) {                                       \
        if (iterations == 0) {                                                                                 \
            return;                                                                                            \
        }                                                                                                      \
        __asm__ volatile(                                                                                      \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"   \
            "ldr q\\i, [%[state], #\\i*16]\n"                                                                  \
            ".endr\n"                                                                                          \
            "ldp q28, q29, [%[constants]]\n"                                                                   \
            "ldp q30, q31, [%[constants], #32]\n"                                                              \
            ".p2align 6\n"                                                                                     \
            "1:\n"                                                                                             \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"   \
            instruction " v\\i\\().4s, v28." e ", v29." e "\n"                                                 \
            ".endr\n"                                                                                          \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"   \
            instruction " v\\i\\().4s, v30." e ", v31." e "\n"                                                 \
            ".endr\n"                                                                                          \
            "subs %[left], %[left], #1\n"                                                                      \
            "b.ne 1b\n"                                                                                        \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"   \
            "str q\\i, [%[state], #\\i*16]\n"                                                                  \
            ".endr\n"                                                                                          \
            : [left] "+r"(iterations)                                                                          \
            : [state] "r"(state), [constants] "r"(constants)                                                   \
            : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", \
              "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v28", "v29",       \
              "v30", "v31");                                                                                   \
    }

DOT_KERNEL(sl_fma_bf16_neon, "bf16", "bfmmla", "8h")
DOT_KERNEL(sl_fma_i8_i8mm, "i8mm", "smmla", "16b")
DOT_KERNEL(sl_fma_i8_dotprod, "dotprod", "sdot", "16b")

#endif
