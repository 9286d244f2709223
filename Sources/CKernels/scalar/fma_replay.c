// fma_replay.c: the floating-point recurrences in scalar C, a few chains at a time, for checking the kernels.
// Shares nothing with them but the formula: the element types' own arithmetic, kept scalar by opaque points.
// Several chains are interleaved because one alone would wait for each result; about one lane-turn per cycle.

#include "fma_replay.h"

#include <math.h>

#include "../barrier.h"

// Chains of the unfused replay: ten and four constants fit 16 registers.
#define UNFUSED_CHAINS 10
// Pairs of the others: eight values, four constants and scratch fit 16 registers.
#define PAIRS 4

#define REPLAY_UNFUSED(name, type)                                                                  \
    void name(uint64_t iterations, int lanes, int accumulators, void *state, const void *constants) { \
        type *element = state;                                                                      \
        const type *constant = constants;                                                           \
        const type m1 = constant[0], c1 = constant[1], m2 = constant[2], c2 = constant[3];          \
        const int elements = lanes * accumulators;                                                  \
        for (int first = 0; first < elements; first += UNFUSED_CHAINS) {                            \
            type x[UNFUSED_CHAINS];                                                                 \
            for (int k = 0; k < UNFUSED_CHAINS; k++) {                                              \
                x[k] = element[first + k < elements ? first + k : elements - 1];                    \
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
                element[first + k] = x[k];                                                          \
            }                                                                                       \
        }                                                                                           \
    }

REPLAY_UNFUSED(sl_replay_unfused_f64, double)
REPLAY_UNFUSED(sl_replay_unfused_f32, float)

// Runs `turn` on pairs, x from accumulator 2j and y from accumulator 2j+1 of the same lane. Where the last block has
// fewer than PAIRS of them, it computes the last one several times over.
#define EACH_PAIR(type, turn)                                                                       \
    const int pairs = accumulators / 2 * lanes;                                                     \
    for (int first = 0; first < pairs; first += PAIRS) {                                            \
        type x[PAIRS], y[PAIRS];                                                                    \
        type *from[PAIRS];                                                                          \
        for (int k = 0; k < PAIRS; k++) {                                                           \
            const int pair = first + k < pairs ? first + k : pairs - 1;                             \
            from[k] = (type *)state + pair / lanes * 2 * lanes + pair % lanes;                      \
            x[k] = from[k][0];                                                                      \
            y[k] = from[k][lanes];                                                                  \
        }                                                                                           \
        for (uint64_t left = iterations; left > 0; left--) {                                        \
            _Pragma("GCC unroll 4") for (int k = 0; k < PAIRS; k++) { turn }                        \
        }                                                                                           \
        for (int k = 0; k < PAIRS; k++) {                                                           \
            from[k][0] = x[k];                                                                      \
            from[k][lanes] = y[k];                                                                  \
        }                                                                                           \
    }

#define SIGNATURE (uint64_t iterations, int lanes, int accumulators, void *state, const void *constants)

#define REPLAY_FUSED(name, type, fma, attributes)                                                   \
    attributes static void name SIGNATURE {                                                         \
        const type *constant = constants;                                                           \
        const type a = constant[0], b = constant[1], v = constant[2], w = constant[3];              \
        EACH_PAIR(type,                                                                             \
            x[k] = fma(a, v, x[k]); SL_OPAQUE(x[k]);                                                \
            x[k] = fma(-a, y[k], x[k]); SL_OPAQUE(x[k]);                                            \
            y[k] = fma(-b, w, y[k]); SL_OPAQUE(y[k]);                                               \
            y[k] = fma(b, x[k], y[k]); SL_OPAQUE(y[k]);)                                            \
    }

#define REPLAY_MIX(name, type, fma, attributes)                                                     \
    attributes static void name SIGNATURE {                                                         \
        const type *constant = constants;                                                           \
        const type a = constant[0], c = constant[1];                                                \
        EACH_PAIR(type,                                                                             \
            x[k] = fma(-a, y[k], x[k]); SL_OPAQUE(x[k]);                                            \
            y[k] = y[k] - c; SL_OPAQUE(y[k]);                                                       \
            y[k] = fma(a, x[k], y[k]); SL_OPAQUE(y[k]);                                             \
            x[k] = x[k] + c; SL_OPAQUE(x[k]);)                                                      \
    }

// arm64 has fma in its base; on x86-64 this is the C library's function, exact and some fifty times slower.
REPLAY_FUSED(fused_portable_f64, double, __builtin_fma, )
REPLAY_FUSED(fused_portable_f32, float, __builtin_fmaf, )
REPLAY_MIX(mix_portable_f64, double, __builtin_fma, )
REPLAY_MIX(mix_portable_f32, float, __builtin_fmaf, )

#if defined(__x86_64__)
#define WITH_FMA __attribute__((target("fma")))
REPLAY_FUSED(fused_by_instruction_f64, double, __builtin_fma, WITH_FMA)
REPLAY_FUSED(fused_by_instruction_f32, float, __builtin_fmaf, WITH_FMA)
REPLAY_MIX(mix_by_instruction_f64, double, __builtin_fma, WITH_FMA)
REPLAY_MIX(mix_by_instruction_f32, float, __builtin_fmaf, WITH_FMA)
#define CHOOSE(by_instruction, portable) (__builtin_cpu_supports("fma") ? by_instruction : portable)
#else
#define CHOOSE(by_instruction, portable) portable
#endif

#define DISPATCH(name, by_instruction, portable)                                                    \
    void name SIGNATURE {                                                                           \
        CHOOSE(by_instruction, portable)(iterations, lanes, accumulators, state, constants);        \
    }

DISPATCH(sl_replay_fused_f64, fused_by_instruction_f64, fused_portable_f64)
DISPATCH(sl_replay_fused_f32, fused_by_instruction_f32, fused_portable_f32)
DISPATCH(sl_replay_mix_f64, mix_by_instruction_f64, mix_portable_f64)
DISPATCH(sl_replay_mix_f32, mix_by_instruction_f32, mix_portable_f32)

// f16 as integers. Values lie within [1, 2): 1024 to 2047 units of 2^-10, ten bits of pattern above that of 1.0.
// a and b lie within [1/8, 1/4): 1024 to 2047 units of 2^-13. Products are never half-way between two units.
#define UNITS(pattern) (1024 + (int)((pattern) & 0x3FF))
#define ROUNDED(factor, value) (((factor) * (value) + 4096) >> 13)

void sl_replay_fused_f16 SIGNATURE {
    const uint16_t *constant = constants;
    const int a = UNITS(constant[0]), b = UNITS(constant[1]), v = UNITS(constant[2]), w = UNITS(constant[3]);
    const int constant_x = ROUNDED(a, v), constant_y = ROUNDED(b, w);
    for (int pair = 0; pair < accumulators / 2 * lanes; pair++) {
        uint16_t *from = (uint16_t *)state + pair / lanes * 2 * lanes + pair % lanes;
        int x = UNITS(from[0]), y = UNITS(from[lanes]);
        for (uint64_t left = iterations; left > 0; left--) {
            x = x + constant_x;
            x = x - ROUNDED(a, y);
            y = y - constant_y;
            y = y + ROUNDED(b, x);
        }
        from[0] = (uint16_t)(0x3C00 + x - 1024);
        from[lanes] = (uint16_t)(0x3C00 + y - 1024);
    }
}
