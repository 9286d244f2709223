// screen_reference_vector.c: the screening kernels on registers and buffers, element by element in portable C. These
// are the definitions of the recurrences; elements are little-endian, as on both architectures.

#include <string.h>

#include "screen_variants.h"

enum { REGISTERS = 8, PAIRS = REGISTERS / 2 };

// MARK: vector

typedef union {
    uint64_t q[2];
    uint32_t d[4];
    uint16_t w[8];
    uint8_t b[16];
} lane;

static lane key_lane(uint64_t key) { return (lane){ .q = { key, key } }; }

/// The bytes of a lane in another order; every byte occurs once.
static const uint8_t byte_order[16] = { 7, 12, 1, 10, 15, 4, 9, 2, 13, 0, 11, 6, 3, 8, 5, 14 };

static void vector_turn(lane *x, lane *y, const uint64_t *k) {
    const lane k0 = key_lane(k[0]), k1 = key_lane(k[1]), k2 = key_lane(k[2]), k3 = key_lane(k[3]);
    const lane k4 = key_lane(k[4]), k5 = key_lane(k[5]), k6 = key_lane(k[6]);
    for (int i = 0; i < 4; i++) {
        x->d[i] += y->d[i] * k0.d[i];
    }
    for (int i = 0; i < 8; i++) {
        y->w[i] ^= (uint16_t)((uint32_t)x->w[i] * k1.w[i] >> 16);
    }
    for (int i = 0; i < 2; i++) {
        x->q[i] += (uint64_t)y->d[2 * i] * k2.d[2 * i];
    }
    const lane before = *y;
    for (int i = 0; i < 16; i++) {
        y->b[i] = before.b[byte_order[i]];
    }
    for (int i = 0; i < 4; i++) {
        x->d[i] = x->d[i] << 11 | x->d[i] >> 21;
    }
    for (int i = 0; i < 8; i++) {
        y->w[i] = (uint16_t)(y->w[i] - x->w[i]);
    }
    for (int i = 0; i < 4; i++) {
        const int32_t even = (int16_t)y->w[2 * i] * (int16_t)k3.w[2 * i];
        const int32_t odd = (int16_t)y->w[2 * i + 1] * (int16_t)k3.w[2 * i + 1];
        x->d[i] ^= (uint32_t)even + (uint32_t)odd;
    }
    for (int i = 0; i < 2; i++) {
        uint64_t sum = 0;
        for (int j = 8 * i; j < 8 * i + 8; j++) {
            sum += x->b[j] > k4.b[j] ? x->b[j] - k4.b[j] : k4.b[j] - x->b[j];
        }
        y->q[i] += sum;
    }
    for (int i = 0; i < 16; i++) {
        x->b[i] = (uint8_t)(x->b[i] + (y->b[i] > k5.b[i] ? y->b[i] : k5.b[i]));
    }
    for (int i = 0; i < 4; i++) {
        y->d[i] ^= (int32_t)x->d[i] > (int32_t)k6.d[i] ? 0xFFFFFFFF : 0;
    }
}

void sl_reference_vector(uint64_t turns, uint64_t *state, const uint64_t *k) {
    for (int pair = 0; pair < PAIRS; pair++) {
        for (int i = 0; i < 4; i++) {
            // Register r has words 8r to 8r + 7; x is an even one and y the odd one behind it.
            uint64_t *const words = state + 16 * pair + 2 * i;
            lane x, y;
            memcpy(&x, words, sizeof x);
            memcpy(&y, words + 8, sizeof y);
            for (uint64_t left = turns; left > 0; left--) {
                vector_turn(&x, &y, k);
            }
            memcpy(words, &x, sizeof x);
            memcpy(words + 8, &y, sizeof y);
        }
    }
}

// MARK: permute

// A register of `count` 32-bit elements.
typedef union {
    uint64_t q[8];
    uint32_t d[16];
    uint8_t b[64];
} wide_register;

/// What both widths do: elements and bytes chosen by the register itself, shifts by the other's elements.
static void permute_turn(wide_register *x, wide_register *y, int count, const uint64_t *k) {
    wide_register t;
    for (int i = 0; i < count; i++) {
        t.d[i] = y->d[y->d[i] & (uint32_t)(count - 1)];
    }
    for (int i = 0; i < count; i++) {
        x->d[i] += t.d[i];
    }
    // Quadwords 3, 0, 1, 2 of each 256 bits.
    for (int i = 0; i < count / 2; i++) {
        t.q[i] = x->q[(i & 4) | ((i + 3) & 3)];
    }
    for (int i = 0; i < count / 2; i++) {
        y->q[i] ^= t.q[i];
    }
    // Bytes within 128 bits; 0 where the index has its upper bit set.
    for (int i = 0; i < 4 * count; i++) {
        t.b[i] = y->b[i] & 0x80 ? 0 : y->b[(i & ~15) | (y->b[i] & 15)];
    }
    for (int i = 0; i < count / 2; i++) {
        x->q[i] += t.q[i];
    }
    for (int i = 0; i < count; i++) {
        const uint32_t by = (x->d[i] ^ (uint32_t)k[0]) & 63;
        t.d[i] = by > 31 ? 0 : x->d[i] << by;
    }
    for (int i = 0; i < count; i++) {
        y->d[i] += t.d[i];
    }
    for (int i = 0; i < count / 2; i++) {
        const uint64_t by = y->q[i] & 127;
        t.q[i] = by > 63 ? 0 : y->q[i] >> by;
    }
    for (int i = 0; i < count / 2; i++) {
        x->q[i] ^= t.q[i];
        x->q[i] = (x->q[i] << 23 | x->q[i] >> 41) + k[1];
    }
}

/// The upper bits of a register's bytes, one after the other, added to each element of the other register.
static void add_mask(wide_register *x, const wide_register *y, int count) {
    uint64_t mask = 0;
    for (int i = 0; i < 4 * count; i++) {
        mask |= (uint64_t)(y->b[i] >> 7) << i;
    }
    for (int i = 0; i < count / 2; i++) {
        x->q[i] += mask;
    }
}

/// What 512 bits have besides: compressed and expanded elements, rotations by elements, leading zeros, a choice by
/// bits, equal elements, elements of two registers.
static void permute_more(wide_register *x, wide_register *y, const uint64_t *k) {
    wide_register t = { { 0 } };
    for (int i = 0, next = 0; i < 16; i++) {
        if (x->d[i] > (uint32_t)k[2]) {
            t.d[next++] = x->d[i];
        }
    }
    for (int i = 0; i < 16; i++) {
        y->d[i] += t.d[i];
    }
    t = (wide_register){ { 0 } };
    for (int i = 0, next = 0; i < 16; i++) {
        if (y->d[i] > (uint32_t)k[3]) {
            t.d[i] = y->d[next++];
        }
    }
    for (int i = 0; i < 16; i++) {
        x->d[i] ^= t.d[i];
        const uint32_t by = x->d[i] & 31;
        y->d[i] += by == 0 ? x->d[i] : x->d[i] << by | x->d[i] >> (32 - by);
    }
    for (int i = 0; i < 16; i++) {
        uint32_t zeros = 0;
        while (zeros < 32 && (y->d[i] >> (31 - zeros) & 1) == 0) {
            zeros++;
        }
        x->d[i] += zeros;
    }
    for (int i = 0; i < 8; i++) {
        // Bits of k[4] where x has ones, of k[5] where it has zeros.
        y->q[i] ^= (x->q[i] & k[4]) | (~x->q[i] & k[5]);
    }
    for (int i = 0; i < 16; i++) {
        // Bit j where the lower byte of an earlier element j is the same.
        uint32_t same = 0;
        for (int j = 0; j < i; j++) {
            same |= (uint32_t)((y->d[i] & 0xFF) == (y->d[j] & 0xFF)) << j;
        }
        t.d[i] = same;
    }
    for (int i = 0; i < 16; i++) {
        x->d[i] += t.d[i];
    }
    const wide_register both[2] = { *y, { { k[6], k[7], k[0], k[1], k[2], k[3], k[4], k[5] } } };
    for (int i = 0; i < 16; i++) {
        const uint32_t index = y->d[i] & 31;
        x->d[i] ^= both[index >> 4].d[index & 15];
    }
}

static void permute(uint64_t turns, uint64_t *state, const uint64_t *k, int count) {
    const size_t bytes = 4 * (size_t)count, words = (size_t)count / 2;
    for (int pair = 0; pair < PAIRS; pair++) {
        wide_register x = { { 0 } }, y = { { 0 } };
        memcpy(&x, state + 2 * pair * words, bytes);
        memcpy(&y, state + (2 * pair + 1) * words, bytes);
        for (uint64_t left = turns; left > 0; left--) {
            permute_turn(&x, &y, count, k);
            add_mask(&x, &y, count);
            if (count == 16) {
                permute_more(&x, &y, k);
            }
        }
        memcpy(state + 2 * pair * words, &x, bytes);
        memcpy(state + (2 * pair + 1) * words, &y, bytes);
    }
}

void sl_reference_permute256(uint64_t turns, uint64_t *state, const uint64_t *k) { permute(turns, state, k, 8); }
void sl_reference_permute512(uint64_t turns, uint64_t *state, const uint64_t *k) { permute(turns, state, k, 16); }

// MARK: copy

/// B = A; A = B rotated by SL_COPY_STEP words: in closed form.
void sl_reference_copy(uint64_t turns, uint64_t *state, const uint64_t *k) {
    (void)k;
    if (turns == 0) {
        return;
    }
    uint64_t *const a = state, *const b = state + SL_COPY_HALF_WORDS;
    const uint64_t shift = (turns - 1) % SL_COPY_HALF_WORDS * SL_COPY_STEP;
    for (uint64_t i = 0; i < SL_COPY_HALF_WORDS; i++) {
        b[i] = a[(i + shift) % SL_COPY_HALF_WORDS];
    }
    for (uint64_t i = 0; i < SL_COPY_HALF_WORDS; i++) {
        a[i] = b[(i + SL_COPY_STEP) % SL_COPY_HALF_WORDS];
    }
}
