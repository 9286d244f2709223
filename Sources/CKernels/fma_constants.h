// fma_constants.h: where the table finds the constants of the recurrences.

#ifndef SUANLI_FMA_CONSTANTS_H
#define SUANLI_FMA_CONSTANTS_H

#include <stdint.h>

/// m1, c1, m2, c2 of the unfused recurrence.
extern const double sl_unfused_constants_f64[4];
extern const float sl_unfused_constants_f32[4];

/// a, b, v, w of the fused recurrence; f16 as bit patterns.
extern const double sl_fused_constants_f64[4];
extern const float sl_fused_constants_f32[4];
extern const uint16_t sl_fused_constants_f16[4];

/// a, c of the mixed recurrence.
extern const double sl_mix_constants_f64[2];
extern const float sl_mix_constants_f32[2];

/// L0, R0, L1, R1 of the dot products: registers of 16, 32 and 64 bytes, AMX tiles of 1024 bytes.
extern const uint8_t sl_operands_i8_128[4 * 16];
extern const uint8_t sl_operands_i8_256[4 * 32];
extern const uint8_t sl_operands_i8_512[4 * 64];
extern const uint8_t sl_operands_i8_amx[4 * 1024];
/// The same in bf16, as bit patterns.
extern const uint16_t sl_operands_bf16_512[4 * 32];
extern const uint16_t sl_operands_bf16_mmla[4 * 8];
extern const uint16_t sl_operands_bf16_amx[4 * 512];

#endif
