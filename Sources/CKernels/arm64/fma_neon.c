// fma_neon.c: x = x + a*v; x = x - a*y; y = y - b*w; y = y + b*x, 128-bit fused multiply-add (fmla, fmls).
// Per iteration: 12 pairs, hence 24 accumulators, of 2 (f64), 4 (f32) or 8 (f16) lanes, 48 instructions, 192, 384 or
// 768 flop, 0 B. Needs ASIMD, f16 also FPHP and ASIMDHP. State 64-byte aligned. Leaves the state as the replay does,
// bit for bit.
// An iteration waits for two dependent results (8 cycles at latency 4) and issues for 12 at four a cycle; on A64FX
// (latency 9, two a cycle) for 18 and 24.

#include "../fma_variants.h"

#if defined(__aarch64__)

// v28 = a, v29 = b, v30 = v, v31 = w. Two pairs at a time, so that a pipe that takes every other instruction
// still multiplies by the constant and by the state in turn.
#define ADVANCE_X(s, x0, y0, x1, y1)                    \
    "fmla v" #x0 "." s ", v28." s ", v30." s "\n"       \
    "fmla v" #x1 "." s ", v28." s ", v30." s "\n"       \
    "fmls v" #x0 "." s ", v28." s ", v" #y0 "." s "\n"  \
    "fmls v" #x1 "." s ", v28." s ", v" #y1 "." s "\n"
#define ADVANCE_Y(s, x0, y0, x1, y1)                    \
    "fmls v" #y0 "." s ", v29." s ", v31." s "\n"       \
    "fmls v" #y1 "." s ", v29." s ", v31." s "\n"       \
    "fmla v" #y0 "." s ", v29." s ", v" #x0 "." s "\n"  \
    "fmla v" #y1 "." s ", v29." s ", v" #x1 "." s "\n"

#define NEON_KERNEL(attributes, name, s, bytes)                                                                \
    attributes void name(uint64_t iterations, void *state, const void *constants) {                            \
        if (iterations == 0) {                                                                                 \
            return;                                                                                            \
        }                                                                                                      \
        __asm__ volatile(                                                                                      \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"   \
            "ldr q\\i, [%[state], #\\i*16]\n"                                                                  \
            ".endr\n"                                                                                          \
            "ld1r {v28." s "}, [%[constants]], #" bytes "\n"                                                   \
            "ld1r {v29." s "}, [%[constants]], #" bytes "\n"                                                   \
            "ld1r {v30." s "}, [%[constants]], #" bytes "\n"                                                   \
            "ld1r {v31." s "}, [%[constants]]\n"                                                               \
            ".p2align 6\n"                                                                                     \
            "1:\n"                                                                                             \
            ADVANCE_X(s, 0, 1, 2, 3) ADVANCE_X(s, 4, 5, 6, 7) ADVANCE_X(s, 8, 9, 10, 11)                       \
            ADVANCE_X(s, 12, 13, 14, 15) ADVANCE_X(s, 16, 17, 18, 19) ADVANCE_X(s, 20, 21, 22, 23)             \
            ADVANCE_Y(s, 0, 1, 2, 3) ADVANCE_Y(s, 4, 5, 6, 7) ADVANCE_Y(s, 8, 9, 10, 11)                       \
            ADVANCE_Y(s, 12, 13, 14, 15) ADVANCE_Y(s, 16, 17, 18, 19) ADVANCE_Y(s, 20, 21, 22, 23)             \
            "subs %[left], %[left], #1\n"                                                                      \
            "b.ne 1b\n"                                                                                        \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"   \
            "str q\\i, [%[state], #\\i*16]\n"                                                                  \
            ".endr\n"                                                                                          \
            : [left] "+r"(iterations), [constants] "+r"(constants)                                             \
            : [state] "r"(state)                                                                               \
            : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", \
              "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v28", "v29",       \
              "v30", "v31");                                                                                   \
    }

// The architecture always has ASIMD in f64 and f32, so these need no attribute.
NEON_KERNEL(, sl_fma_f64_neon, "2d", "8")
NEON_KERNEL(, sl_fma_f32_neon, "4s", "4")
NEON_KERNEL(__attribute__((target("arch=armv8.2-a+fp16"))), sl_fma_f16_neon, "8h", "2")

#endif
