// fma_replay.c: both recurrences in scalar C, a few chains at a time, for checking what the kernels computed.
// Shares nothing with them but the formula: the element types' own arithmetic, kept scalar by opaque points.
// Several chains are interleaved because one alone would wait for each result; about one lane-turn per cycle.

#include "fma_replay.h"

#include <math.h>

#include "../barrier.h"

// Chains of the unfused replay: ten and four constants fit 16 registers.
#define UNFUSED_CHAINS 10
// Pairs of the fused replay: eight values, four constants and scratch fit 16 registers.
#define FUSED_PAIRS 4

#define REPLAY_UNFUSED(name, type)                                                                  \
    void name(uint64_t iterations, int elements, type *state, const type *constants) {              \
        const type m1 = constants[0], c1 = constants[1], m2 = constants[2], c2 = constants[3];      \
        for (int first = 0; first < elements; first += UNFUSED_CHAINS) {                            \
            type x[UNFUSED_CHAINS];                                                                 \
            for (int k = 0; k < UNFUSED_CHAINS; k++) {                                              \
                x[k] = state[first + k < elements ? first + k : elements - 1];                      \
            }                                                                                       \
            for (uint64_t left = iterations; left > 0; left--) {                                    \
                _Pragma("GCC unroll 10") for (int k = 0; k < UNFUSED_CHAINS; k++) {                 \
                    type product = x[k] * m1;                                                       \
                    SL_OPAQUE(product);                                                             \
                    type sum = product + c1;                                                        \
                    SL_OPAQUE(sum);                                                                 \
                    product = sum * m2;                                                             \
                    SL_OPAQUE(product);                                                             \
                    sum = product + c2;                                                             \
                    SL_OPAQUE(sum);                                                                 \
                    x[k] = sum;                                                                     \
                }                                                                                   \
            }                                                                                       \
            for (int k = 0; k < UNFUSED_CHAINS && first + k < elements; k++) {                      \
                state[first + k] = x[k];                                                            \
            }                                                                                       \
        }                                                                                           \
    }

REPLAY_UNFUSED(sl_replay_unfused_f64, double)
REPLAY_UNFUSED(sl_replay_unfused_f32, float)

// Where the last block has fewer pairs than FUSED_PAIRS, it computes the last pair several times over.
#define REPLAY_FUSED(name, type, fused, attributes)                                                 \
    attributes static void name(                                                                    \
        uint64_t iterations, int lanes, int accumulators, type *state, const type *constants) {     \
        const type a = constants[0], b = constants[1], v = constants[2], w = constants[3];          \
        const int pairs = accumulators / 2 * lanes;                                                 \
        for (int first = 0; first < pairs; first += FUSED_PAIRS) {                                  \
            type x[FUSED_PAIRS], y[FUSED_PAIRS];                                                    \
            type *from[FUSED_PAIRS];                                                                \
            for (int k = 0; k < FUSED_PAIRS; k++) {                                                 \
                const int pair = first + k < pairs ? first + k : pairs - 1;                         \
                from[k] = state + pair / lanes * 2 * lanes + pair % lanes;                          \
                x[k] = from[k][0];                                                                  \
                y[k] = from[k][lanes];                                                              \
            }                                                                                       \
            for (uint64_t left = iterations; left > 0; left--) {                                    \
                _Pragma("GCC unroll 4") for (int k = 0; k < FUSED_PAIRS; k++) {                     \
                    x[k] = fused(a, v, x[k]);                                                       \
                    SL_OPAQUE(x[k]);                                                                \
                    x[k] = fused(-a, y[k], x[k]);                                                   \
                    SL_OPAQUE(x[k]);                                                                \
                    y[k] = fused(-b, w, y[k]);                                                      \
                    SL_OPAQUE(y[k]);                                                                \
                    y[k] = fused(b, x[k], y[k]);                                                    \
                    SL_OPAQUE(y[k]);                                                                \
                }                                                                                   \
            }                                                                                       \
            for (int k = 0; k < FUSED_PAIRS; k++) {                                                 \
                from[k][0] = x[k];                                                                  \
                from[k][lanes] = y[k];                                                              \
            }                                                                                       \
        }                                                                                           \
    }

// arm64 has fma in its base; on x86-64 this is the C library's function, exact and some fifty times slower.
REPLAY_FUSED(fused_portable_f64, double, __builtin_fma, )
REPLAY_FUSED(fused_portable_f32, float, __builtin_fmaf, )

#if defined(__x86_64__)
REPLAY_FUSED(fused_by_instruction_f64, double, __builtin_fma, __attribute__((target("fma"))))
REPLAY_FUSED(fused_by_instruction_f32, float, __builtin_fmaf, __attribute__((target("fma"))))
#define HAS_INSTRUCTION __builtin_cpu_supports("fma")
#else
#define fused_by_instruction_f64 fused_portable_f64
#define fused_by_instruction_f32 fused_portable_f32
#define HAS_INSTRUCTION 1
#endif

void sl_replay_fused_f64(
    uint64_t iterations, int lanes, int accumulators, double *state, const double *constants) {
    if (HAS_INSTRUCTION) {
        fused_by_instruction_f64(iterations, lanes, accumulators, state, constants);
    } else {
        fused_portable_f64(iterations, lanes, accumulators, state, constants);
    }
}

void sl_replay_fused_f32(
    uint64_t iterations, int lanes, int accumulators, float *state, const float *constants) {
    if (HAS_INSTRUCTION) {
        fused_by_instruction_f32(iterations, lanes, accumulators, state, constants);
    } else {
        fused_portable_f32(iterations, lanes, accumulators, state, constants);
    }
}
