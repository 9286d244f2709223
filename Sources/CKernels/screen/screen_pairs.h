// screen_pairs.h: the loop around a turn of four pairs of words, each a chain of its own.

#ifndef SUANLI_SCREEN_PAIRS_H
#define SUANLI_SCREEN_PAIRS_H

#include <stdint.h>

#include "screen_variants.h"

/// Keeps a value in a general register: nothing can be vectorised or computed ahead across it.
#define SL_HELD(x) __asm__ volatile("" : "+r"(x))

static inline uint64_t sl_rotl(uint64_t x, unsigned by) { return x << (by & 63) | x >> (-by & 63); }

/// Defines `name`, which advances pairs (x, y) = (state[2i], state[2i + 1]) by TURN(x, y, keys).
#define SL_SCREEN_PAIRS(name, TURN)                                           \
    void name(uint64_t turns, uint64_t *s, const uint64_t *k) {               \
        uint64_t x0 = s[0], y0 = s[1], x1 = s[2], y1 = s[3];                  \
        uint64_t x2 = s[4], y2 = s[5], x3 = s[6], y3 = s[7];                  \
        for (; turns > 0; turns--) {                                          \
            TURN(x0, y0, k)                                                   \
            TURN(x1, y1, k)                                                   \
            TURN(x2, y2, k)                                                   \
            TURN(x3, y3, k)                                                   \
        }                                                                     \
        s[0] = x0, s[1] = y0, s[2] = x1, s[3] = y1;                           \
        s[4] = x2, s[5] = y2, s[6] = x3, s[7] = y3;                           \
    }

#endif
