// fma_sve.c: x = x + a*v; x = x - a*y; y = y - b*w; y = y + b*x, vectors of the processor's own length (fmla, fmls).
// Per iteration: 12 pairs, hence 24 accumulators, of 128 to 2048 bits, 48 instructions; per lane 96 flop, 0 B.
// Needs SVE. State aligned to an element. Leaves the state as the replay does, bit for bit.
// An iteration waits for two dependent results and issues 48: at latency 4 and two to four a cycle 8 against 24 to 12
// cycles, on A64FX (latency 9, two a cycle) 18 against 24.

#include "../fma_variants.h"

#if defined(__aarch64__)

#include <asm/hwcap.h>
#include <sys/auxv.h>

#define SVE __attribute__((target("arch=armv8.2-a+sve")))

// z28 = a, z29 = b, z30 = v, z31 = w; p0 holds all lanes. Two pairs at a time, so that a pipe that takes every other
// instruction still multiplies by the constant and by the state in turn.
#define ADVANCE_X(s, x0, y0, x1, y1)                          \
    "fmla z" #x0 "." s ", p0/m, z28." s ", z30." s "\n"       \
    "fmla z" #x1 "." s ", p0/m, z28." s ", z30." s "\n"       \
    "fmls z" #x0 "." s ", p0/m, z28." s ", z" #y0 "." s "\n"  \
    "fmls z" #x1 "." s ", p0/m, z28." s ", z" #y1 "." s "\n"
#define ADVANCE_Y(s, x0, y0, x1, y1)                          \
    "fmls z" #y0 "." s ", p0/m, z29." s ", z31." s "\n"       \
    "fmls z" #y1 "." s ", p0/m, z29." s ", z31." s "\n"       \
    "fmla z" #y0 "." s ", p0/m, z29." s ", z" #x0 "." s "\n"  \
    "fmla z" #y1 "." s ", p0/m, z29." s ", z" #x1 "." s "\n"

// Registers are named v in the list of clobbers: z and v are one and the same, and both compilers know the latter
// in functions with and without SVE.
#define SVE_KERNEL(name, s, load, bytes)                                                                       \
    SVE void name(uint64_t iterations, void *state, const void *constants) {                                   \
        if (iterations == 0) {                                                                                 \
            return;                                                                                            \
        }                                                                                                      \
        __asm__ volatile(                                                                                      \
            "ptrue p0." s "\n"                                                                                 \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"   \
            "ldr z\\i, [%[state], #\\i, mul vl]\n"                                                             \
            ".endr\n"                                                                                          \
            load " {z28." s "}, p0/z, [%[constants], #0*" bytes "]\n"                                          \
            load " {z29." s "}, p0/z, [%[constants], #1*" bytes "]\n"                                          \
            load " {z30." s "}, p0/z, [%[constants], #2*" bytes "]\n"                                          \
            load " {z31." s "}, p0/z, [%[constants], #3*" bytes "]\n"                                          \
            ".p2align 6\n"                                                                                     \
            "1:\n"                                                                                             \
            ADVANCE_X(s, 0, 1, 2, 3) ADVANCE_X(s, 4, 5, 6, 7) ADVANCE_X(s, 8, 9, 10, 11)                       \
            ADVANCE_X(s, 12, 13, 14, 15) ADVANCE_X(s, 16, 17, 18, 19) ADVANCE_X(s, 20, 21, 22, 23)             \
            ADVANCE_Y(s, 0, 1, 2, 3) ADVANCE_Y(s, 4, 5, 6, 7) ADVANCE_Y(s, 8, 9, 10, 11)                       \
            ADVANCE_Y(s, 12, 13, 14, 15) ADVANCE_Y(s, 16, 17, 18, 19) ADVANCE_Y(s, 20, 21, 22, 23)             \
            "subs %[left], %[left], #1\n"                                                                      \
            "b.ne 1b\n"                                                                                        \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23\n"   \
            "str z\\i, [%[state], #\\i, mul vl]\n"                                                             \
            ".endr\n"                                                                                          \
            : [left] "+r"(iterations)                                                                          \
            : [state] "r"(state), [constants] "r"(constants)                                                   \
            : "cc", "memory", "p0", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11",  \
              "v12", "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v28",       \
              "v29", "v30", "v31");                                                                            \
    }

SVE_KERNEL(sl_fma_f64_sve, "d", "ld1rd", "8")
SVE_KERNEL(sl_fma_f32_sve, "s", "ld1rw", "4")

// Counts in a function of its own, which a caller without SVE cannot take in.
#define SVE_LANES(name, count)                                                                                 \
    SVE static int count##_of_vector(void) {                                                                   \
        uint64_t lanes;                                                                                        \
        __asm__ volatile(#count " %0" : "=r"(lanes));                                                          \
        return (int)lanes;                                                                                     \
    }                                                                                                          \
    int name(void) {                                                                                           \
        return getauxval(AT_HWCAP) & HWCAP_SVE ? count##_of_vector() : 0;                                      \
    }

SVE_LANES(sl_sve_f64_lanes, cntd)
SVE_LANES(sl_sve_f32_lanes, cntw)

#endif
