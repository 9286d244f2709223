// screen_bits.c: counts of bits, deposit and extraction of bits, CRC-32C on four pairs of 64-bit words.
// Per turn and pair: count popcnt, lzcnt, tzcnt, bswap, andn, two shifts by a register; deposit two pdep, two pext; crc
// two crc32 of 64 bits. Need POPCNT, ABM and BMI1; BMI2; SSE4.2. The formulas stand in screen_reference.c.

#include "../screen_pairs.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define COUNT(x, y, k)                                   \
    x += (uint64_t)_mm_popcnt_u64(y);                    \
    x = sl_rotl(x, 23) + (k)[0];                         \
    y ^= _lzcnt_u64(x >> (x & 63));                      \
    y = sl_rotl(y, 41) + (k)[1];                         \
    y += _tzcnt_u64(x << (x & 63));                      \
    x ^= __builtin_bswap64(y);                           \
    x += ~y & (k)[2];                                    \
    SL_HELD(x);                                          \
    SL_HELD(y);

__attribute__((target("popcnt,lzcnt,bmi"))) SL_SCREEN_PAIRS(sl_screen_count_bmi1, COUNT)

#define DEPOSIT(x, y, k)                                 \
    x += _pdep_u64(y, (k)[0]);                           \
    y ^= _pext_u64(x, (k)[1]);                           \
    x = sl_rotl(x, 19) + (k)[2];                         \
    y += _pext_u64(x, ~(k)[0]);                          \
    x ^= _pdep_u64(y, ~(k)[1]);                          \
    y = sl_rotl(y, 37) + (k)[3];                         \
    SL_HELD(x);                                          \
    SL_HELD(y);

__attribute__((target("bmi2"))) SL_SCREEN_PAIRS(sl_screen_deposit_bmi2, DEPOSIT)

#define CRC(x, y, k)                                     \
    x += _mm_crc32_u64((uint32_t)(k)[0], y);             \
    y = sl_rotl(y, 31) + x;                              \
    y ^= _mm_crc32_u64((uint32_t)(k)[1], x) << 32;       \
    x = sl_rotl(x, 27) + (k)[2];                         \
    SL_HELD(x);                                          \
    SL_HELD(y);

__attribute__((target("sse4.2"))) SL_SCREEN_PAIRS(sl_screen_crc_sse42, CRC)

#endif
