// fma_constants.h: where the table finds the constants of the recurrences.

#ifndef SUANLI_FMA_CONSTANTS_H
#define SUANLI_FMA_CONSTANTS_H

/// m1, c1, m2, c2 of the unfused recurrence.
extern const double sl_unfused_constants_f64[4];
extern const float sl_unfused_constants_f32[4];

/// a, b, v, w of the fused recurrence.
extern const double sl_fused_constants_f64[4];
extern const float sl_fused_constants_f32[4];

#endif
