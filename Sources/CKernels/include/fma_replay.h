// fma_replay.h: the multiply-add recurrences once more in scalar C, to check the kernels against.

#ifndef SUANLI_FMA_REPLAY_H
#define SUANLI_FMA_REPLAY_H

#include <stdint.h>

/// Advances `elements` independent unfused lanes: x = x*m1 + c1; x = x*m2 + c2, rounding after each operation.
/// `constants` holds m1, c1, m2, c2.
void sl_replay_unfused_f64(uint64_t iterations, int elements, double *state, const double *constants);
void sl_replay_unfused_f32(uint64_t iterations, int elements, float *state, const float *constants);

/// Advances fused pairs: x from accumulator 2j, y from accumulator 2j+1, both of the same lane.
/// `constants` holds a, b, v, w; `accumulators` is even; the result is that of correctly rounded fma() everywhere,
/// by instruction where the processor has one and by the C library's function otherwise.
void sl_replay_fused_f64(
    uint64_t iterations, int lanes, int accumulators, double *state, const double *constants);
void sl_replay_fused_f32(
    uint64_t iterations, int lanes, int accumulators, float *state, const float *constants);

#endif
