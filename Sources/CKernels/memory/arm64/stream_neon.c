// stream_neon.c: the loops over arrays with 128-bit registers, loaded and stored in pairs; regular stores, and
// non-temporal ones (stnp, a hint that cores may ignore).
// Per turn: 32 elements of each array, 16 vectors. Needs ASIMD. Arrays 64-byte aligned.

#include "../stream_loop.h"
#include "../stream_variants.h"

#if defined(__aarch64__)

// `body` handles eight vectors from offset \o; v31 holds s in both lanes. stnp has no form that moves its base.
#define NEON_LOOP(name, body)                                                                        \
    static inline void name(uint64_t turns, double *a, const double *b, const double *c, double s) { \
        __asm__ volatile(                                                                            \
            "dup v31.2d, %[s].d[0]\n"                                                                \
            ".p2align 6\n"                                                                           \
            "1:\n"                                                                                   \
            ".irp o, 0, 128\n" body ".endr\n"                                                        \
            "add %[a], %[a], #256\n"                                                                 \
            "add %[b], %[b], #256\n"                                                                 \
            "add %[c], %[c], #256\n"                                                                 \
            "subs %[turns], %[turns], #1\n"                                                          \
            "b.ne 1b\n"                                                                              \
            : [turns] "+r"(turns), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c)                             \
            : [s] "w"(s)                                                                             \
            : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "v18",   \
              "v19", "v20", "v21", "v22", "v23", "v31");                                             \
    }

#define LOAD_B                             \
    "ldp q0, q1, [%[b], #\\o]\n"           \
    "ldp q2, q3, [%[b], #\\o + 32]\n"      \
    "ldp q4, q5, [%[b], #\\o + 64]\n"      \
    "ldp q6, q7, [%[b], #\\o + 96]\n"
#define LOAD_C                             \
    "ldp q16, q17, [%[c], #\\o]\n"         \
    "ldp q18, q19, [%[c], #\\o + 32]\n"    \
    "ldp q20, q21, [%[c], #\\o + 64]\n"    \
    "ldp q22, q23, [%[c], #\\o + 96]\n"
#define STORE_A(store)                     \
    store " q0, q1, [%[a], #\\o]\n"        \
    store " q2, q3, [%[a], #\\o + 32]\n"   \
    store " q4, q5, [%[a], #\\o + 64]\n"   \
    store " q6, q7, [%[a], #\\o + 96]\n"
#define STORE_S(store)                     \
    store " q31, q31, [%[a], #\\o]\n"      \
    store " q31, q31, [%[a], #\\o + 32]\n" \
    store " q31, q31, [%[a], #\\o + 64]\n" \
    store " q31, q31, [%[a], #\\o + 96]\n"
#define MULTIPLY                           \
    "fmul v0.2d, v0.2d, v31.2d\n"          \
    "fmul v1.2d, v1.2d, v31.2d\n"          \
    "fmul v2.2d, v2.2d, v31.2d\n"          \
    "fmul v3.2d, v3.2d, v31.2d\n"          \
    "fmul v4.2d, v4.2d, v31.2d\n"          \
    "fmul v5.2d, v5.2d, v31.2d\n"          \
    "fmul v6.2d, v6.2d, v31.2d\n"          \
    "fmul v7.2d, v7.2d, v31.2d\n"
#define ADD                                \
    "fadd v0.2d, v0.2d, v16.2d\n"          \
    "fadd v1.2d, v1.2d, v17.2d\n"          \
    "fadd v2.2d, v2.2d, v18.2d\n"          \
    "fadd v3.2d, v3.2d, v19.2d\n"          \
    "fadd v4.2d, v4.2d, v20.2d\n"          \
    "fadd v5.2d, v5.2d, v21.2d\n"          \
    "fadd v6.2d, v6.2d, v22.2d\n"          \
    "fadd v7.2d, v7.2d, v23.2d\n"
#define MULTIPLY_ADD                       \
    "fmla v0.2d, v16.2d, v31.2d\n"         \
    "fmla v1.2d, v17.2d, v31.2d\n"         \
    "fmla v2.2d, v18.2d, v31.2d\n"         \
    "fmla v3.2d, v19.2d, v31.2d\n"         \
    "fmla v4.2d, v20.2d, v31.2d\n"         \
    "fmla v5.2d, v21.2d, v31.2d\n"         \
    "fmla v6.2d, v22.2d, v31.2d\n"         \
    "fmla v7.2d, v23.2d, v31.2d\n"

#define NEON_STORING(suffix, store)                                                        \
    NEON_LOOP(copy_##suffix, LOAD_B STORE_A(store))                                        \
    NEON_LOOP(scale_##suffix, LOAD_B MULTIPLY STORE_A(store))                              \
    NEON_LOOP(add_##suffix, LOAD_B LOAD_C ADD STORE_A(store))                              \
    NEON_LOOP(triad_##suffix, LOAD_B LOAD_C MULTIPLY_ADD STORE_A(store))                   \
    NEON_LOOP(write_##suffix, STORE_S(store))                                              \
    SL_STREAM_MOVE(sl_stream_copy_f64_##suffix, , copy_##suffix, 1, )                      \
    SL_STREAM_MOVE(sl_stream_scale_f64_##suffix, , scale_##suffix, task->s, )              \
    SL_STREAM_ACCUMULATE(sl_stream_add_f64_##suffix, , add_##suffix, 1, )                  \
    SL_STREAM_ACCUMULATE(sl_stream_triad_f64_##suffix, , triad_##suffix, task->s, )        \
    SL_STREAM_WRITE(sl_stream_write_f64_##suffix, , write_##suffix, )

NEON_STORING(neon, "stp")
NEON_STORING(neon_nt, "stnp")

// Sixteen sums: four additions a cycle at a latency of four.
static inline double read_neon(uint64_t passes, uint64_t turns, const double *a) {
    double sum;
    uint64_t left;
    const double *place;
    __asm__ volatile(
        ".irp i, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
        "movi v\\i\\().2d, #0\n"
        ".endr\n"
        "2:\n"
        "mov %[place], %[a]\n"
        "mov %[left], %[turns]\n"
        ".p2align 6\n"
        "1:\n"
        "ldp q0, q1, [%[place]]\n"
        "ldp q2, q3, [%[place], #32]\n"
        "ldp q4, q5, [%[place], #64]\n"
        "ldp q6, q7, [%[place], #96]\n"
        "ldp q8, q9, [%[place], #128]\n"
        "ldp q10, q11, [%[place], #160]\n"
        "ldp q12, q13, [%[place], #192]\n"
        "ldp q14, q15, [%[place], #224]\n"
        "fadd v16.2d, v16.2d, v0.2d\n"
        "fadd v17.2d, v17.2d, v1.2d\n"
        "fadd v18.2d, v18.2d, v2.2d\n"
        "fadd v19.2d, v19.2d, v3.2d\n"
        "fadd v20.2d, v20.2d, v4.2d\n"
        "fadd v21.2d, v21.2d, v5.2d\n"
        "fadd v22.2d, v22.2d, v6.2d\n"
        "fadd v23.2d, v23.2d, v7.2d\n"
        "fadd v24.2d, v24.2d, v8.2d\n"
        "fadd v25.2d, v25.2d, v9.2d\n"
        "fadd v26.2d, v26.2d, v10.2d\n"
        "fadd v27.2d, v27.2d, v11.2d\n"
        "fadd v28.2d, v28.2d, v12.2d\n"
        "fadd v29.2d, v29.2d, v13.2d\n"
        "fadd v30.2d, v30.2d, v14.2d\n"
        "fadd v31.2d, v31.2d, v15.2d\n"
        "add %[place], %[place], #256\n"
        "subs %[left], %[left], #1\n"
        "b.ne 1b\n"
        "subs %[passes], %[passes], #1\n"
        "b.ne 2b\n"
        ".irp i, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31\n"
        "fadd v16.2d, v16.2d, v\\i\\().2d\n"
        ".endr\n"
        "faddp d16, v16.2d\n"
        "str d16, %[sum]\n"
        : [passes] "+r"(passes), [left] "=&r"(left), [place] "=&r"(place), [sum] "=m"(sum)
        : [turns] "r"(turns), [a] "r"(a)
        : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12",
          "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26",
          "v27", "v28", "v29", "v30", "v31");
    return sum;
}

SL_STREAM_READ(sl_stream_read_f64_neon, , read_neon, SL_STREAM_TURN)

#endif
