// fma_constants.c: multipliers and addends with random full mantissas, found by a seeded search.
// The conditions that they meet keep an error in the state for good; docs/kernels.md derives them, and
// UnfusedRecurrenceTests recomputes the unfused ones' in exact integers, FusedRecurrenceTests checks the others.

#include "fma_constants.h"

// An unfused turn moves x, within [1, 1.375], by exactly 390926587 (f64) or 1 (f32) units in the last place.
const double sl_unfused_constants_f64[4] = {
    -0x1.70e3ecde9df91p-1, 0x1.4c7295e42d7a1p-1, -0x1.6350741a5d9bdp+0, 0x1.cd6b635a0d9c7p-1,
};
const float sl_unfused_constants_f32[4] = {
    -0x1.70b55ep-1f, 0x1.4f170ep-1f, -0x1.637d52p+0f, 0x1.d15106p-1f,
};

// A fused turn rotates (x, y) by about 0.19 rad around (w, v); every value stays within [1, 2).
const double sl_fused_constants_f64[4] = {
    0x1.8baeac221e4f5p-3, 0x1.75b4a7fc6335bp-3, 0x1.9a2a5d0c8e623p+0, 0x1.5f268d6aa98d5p+0,
};
const float sl_fused_constants_f32[4] = {
    0x1.8514e6p-3f, 0x1.7e845ep-3f, 0x1.973006p+0f, 0x1.642ad6p+0f,
};
