// screen_scalar.c: integer multiplication, rotation and shifts, and division of integers and floating-point numbers, on
// four pairs of 64-bit words. Needs nothing. The formulas stand in screen_reference.c.
// Per turn and pair: multiply 2 products (low and high half), 3 shifts, 2 rotations; divide an integer division, one in
// f64, a square root, two conversions.

#include <math.h>

#include "../barrier.h"
#include "screen_pairs.h"

#define MULTIPLY(x, y, k)                                      \
    x += y * (k)[0];                                           \
    SL_HELD(x);                                                \
    y ^= (uint64_t)((unsigned __int128)x * (k)[1] >> 64);      \
    x = sl_rotl(x, 29) + (k)[2];                               \
    y -= x >> 13;                                              \
    SL_HELD(y);                                                \
    x ^= y << 7;                                               \
    y = sl_rotl(y, (unsigned)x);                               \
    x += (uint64_t)((int64_t)y >> 5);                          \
    SL_HELD(x);                                                \
    y += (k)[3];

SL_SCREEN_PAIRS(sl_screen_multiply_scalar, MULTIPLY)

/// A number in [1, 2) from the upper 52 bits, as the pattern of a double.
static inline double unit(uint64_t word) {
    double value;
    const uint64_t bits = UINT64_C(0x3FF0000000000000) | word >> 12;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t pattern(double value) {
    uint64_t bits;
    SL_OPAQUE(value);
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

// sqrt() sets errno below 0 only, where no argument is; with the builtin the compiler emits the instruction and a call
// that is never made.
#define DIVIDE(x, y, k)                                                        \
    x += y / ((k)[0] >> 24 | 1);                                               \
    SL_HELD(x);                                                                \
    y ^= sl_rotl(x, 9) % ((k)[1] >> 9 | 1);                                    \
    SL_HELD(y);                                                                \
    x = sl_rotl(x, 21) + pattern(unit(y) / unit((k)[2]));                      \
    y = sl_rotl(y, 33) ^ pattern(__builtin_sqrt(unit(x)));                     \
    x += pattern((double)(int64_t)y);                                          \
    y += (uint64_t)(int64_t)((unit(x) - 1) * 0x1p62);                          \
    SL_HELD(y);

SL_SCREEN_PAIRS(sl_screen_divide_scalar, DIVIDE)
