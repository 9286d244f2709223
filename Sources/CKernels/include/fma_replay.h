// fma_replay.h: the recurrences once more in portable scalar C, to check the kernels against.
// Each advances a whole state as sl_fma_kernel describes it: `accumulators` registers of `lanes` elements.

#ifndef SUANLI_FMA_REPLAY_H
#define SUANLI_FMA_REPLAY_H

#include <stdint.h>

#define SL_REPLAY(name) \
    void name(uint64_t iterations, int lanes, int accumulators, void *state, const void *constants)

/// SL_FMA_UNFUSED.
SL_REPLAY(sl_replay_unfused_f64);
SL_REPLAY(sl_replay_unfused_f32);

/// SL_FMA_FUSED. The result is that of correctly rounded fma() everywhere, by instruction where the processor has one
/// and by the C library's function otherwise. f16 in integers, for values within [1, 2), where the recurrence stays.
SL_REPLAY(sl_replay_fused_f64);
SL_REPLAY(sl_replay_fused_f32);
SL_REPLAY(sl_replay_fused_f16);

/// SL_FMA_MIX, as above.
SL_REPLAY(sl_replay_mix_f64);
SL_REPLAY(sl_replay_mix_f32);

/// SL_FMA_DOT in closed form: every element of an accumulator grows by the same amount each iteration, of which
/// `iterations` are added at once. Complexity: O(accumulators * lanes), whatever `iterations`.
///
/// Lane by lane: lane l gains the sum over k of L[l*K + k] * R[l*K + k]; K = 4 for i8, 2 for bf16.
/// u8s8: L unsigned, R signed, as in x86's vpdpbusd. s8s8: both signed, as in Arm's SDOT.
SL_REPLAY(sl_replay_dot_u8s8);
SL_REPLAY(sl_replay_dot_s8s8);
SL_REPLAY(sl_replay_dot_bf16);
/// Arm's SMMLA (K = 8) and BFMMLA (K = 4): a register holds two rows of K elements, an accumulator 2 x 2 of them.
/// `lanes` is 4: lane 2*i + j gains the sum over k of L[i*K + k] * R[j*K + k].
SL_REPLAY(sl_replay_mmla_s8s8);
SL_REPLAY(sl_replay_mmla_bf16);
/// AMX tiles of 16 rows of 64 bytes: L holds 16 rows of K elements; R holds K/P rows of 16 groups of P elements, P = 4
/// for i8 (K = 64), 2 for bf16 (K = 32). `lanes` is 256: lane 16*i + j gains the sum over k of
/// L[i*K + k] * R[(k/P)*16*P + j*P + k%P].
SL_REPLAY(sl_replay_amx_s8s8);
SL_REPLAY(sl_replay_amx_bf16);

#undef SL_REPLAY

#endif
