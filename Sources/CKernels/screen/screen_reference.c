// screen_reference.c: the screening kernels on pairs of words once more, without the instructions that they screen:
// products from halves, bits one by one, divisions by subtraction. These are the definitions of the recurrences.

#include "screen_pairs.h"
#include "screen_variants.h"

static uint64_t rotated(uint64_t x, unsigned by) {
    by &= 63;
    return by == 0 ? x : x << by | x >> (64 - by);
}

/// Both halves of a product, from four products of 32 bits.
static void product(uint64_t a, uint64_t b, uint64_t *low, uint64_t *high) {
    const uint64_t a0 = a & 0xFFFFFFFF, a1 = a >> 32, b0 = b & 0xFFFFFFFF, b1 = b >> 32;
    const uint64_t p00 = a0 * b0, p01 = a0 * b1, p10 = a1 * b0, p11 = a1 * b1;
    const uint64_t middle = (p00 >> 32) + (p01 & 0xFFFFFFFF) + (p10 & 0xFFFFFFFF);
    *low = middle << 32 | (p00 & 0xFFFFFFFF);
    *high = p11 + (p01 >> 32) + (p10 >> 32) + (middle >> 32);
}

/// Runs a turn over the pairs one after the other: pairs do not meet.
#define REFERENCE(name, ...)                                                   \
    void name(uint64_t turns, uint64_t *state, const uint64_t *k) {            \
        for (int pair = 0; pair < SL_PAIR_WORDS / 2; pair++) {                 \
            uint64_t x = state[2 * pair], y = state[2 * pair + 1];             \
            for (uint64_t left = turns; left > 0; left--) {                    \
                __VA_ARGS__                                                    \
            }                                                                  \
            state[2 * pair] = x;                                               \
            state[2 * pair + 1] = y;                                           \
        }                                                                      \
    }

// MARK: multiply

REFERENCE(sl_reference_multiply, {
    uint64_t low, high;
    product(y, k[0], &low, &high);
    x += low;
    product(x, k[1], &low, &high);
    y ^= high;
    x = rotated(x, 29) + k[2];
    y -= x >> 13;
    x ^= y << 7;
    y = rotated(y, (unsigned)(x & 63));
    // Arithmetic shift: the sign fills the upper five bits.
    x += y >> 5 | (y >> 63 ? UINT64_C(0xF800000000000000) : 0);
    y += k[3];
})

// MARK: divide

/// Quotient and remainder, bit by bit; divisors are below 2^63.
static void quotient(uint64_t a, uint64_t b, uint64_t *q, uint64_t *r) {
    *q = 0;
    *r = 0;
    for (int bit = 63; bit >= 0; bit--) {
        *r = *r << 1 | (a >> bit & 1);
        if (*r >= b) {
            *r -= b;
            *q |= UINT64_C(1) << bit;
        }
    }
}

#define FRACTION(word) ((word) >> 12)
#define ONE (UINT64_C(1) << 52)

/// The pattern of m * 2^(exponent - 52) for m in [2^52, 2^53], which may have been rounded up to the next power of two.
static uint64_t packed(uint64_t m, int exponent) {
    return ((uint64_t)(1023 + exponent) << 52) + (m - ONE);
}

/// a / b for a, b in [1, 2), given their fractions; in (1/2, 2), to nearest, ties to even (there are none).
static uint64_t unit_quotient(uint64_t fraction_a, uint64_t fraction_b) {
    uint64_t r = ONE | fraction_a;
    const uint64_t b = ONE | fraction_b;
    const int exponent = r >= b ? 0 : -1;
    if (exponent < 0) {
        r <<= 1;
    }
    uint64_t m = 0;
    for (int bit = 52; bit >= 0; bit--) {
        if (r >= b) {
            r -= b;
            m |= UINT64_C(1) << bit;
        }
        r <<= 1;
    }
    // r is now twice the remainder.
    return packed(m + (r > b), exponent);
}

/// The square root of a in [1, 2), to nearest: the largest m with m^2 <= a * 2^104, rounded by what is left.
static uint64_t unit_root(uint64_t fraction) {
    const unsigned __int128 a = (unsigned __int128)(ONE | fraction) << 52;
    unsigned __int128 rest = a, m = 0;
    for (int bit = 52; bit >= 0; bit--) {
        const unsigned __int128 step = (m << (bit + 1)) + ((unsigned __int128)1 << (2 * bit));
        if (rest >= step) {
            rest -= step;
            m |= (unsigned __int128)1 << bit;
        }
    }
    // (m + 1/2)^2 = m^2 + m + 1/4, so that a root is nearer to m + 1 when what is left exceeds m.
    return packed((uint64_t)m + (rest > m), 0);
}

/// The pattern of the double that is nearest to an integer, ties to even.
static uint64_t converted(uint64_t word) {
    const uint64_t sign = word & UINT64_C(1) << 63;
    uint64_t m = sign ? 0 - word : word;
    if (m == 0) {
        return 0;
    }
    int exponent = 63;
    while (m >> 63 == 0) {
        m <<= 1;
        exponent--;
    }
    const uint64_t kept = m >> 11, rest = m & 0x7FF;
    return sign | packed(kept + (rest > 0x400 || (rest == 0x400 && (kept & 1))), exponent);
}

REFERENCE(sl_reference_divide, {
    uint64_t q, r;
    quotient(y, k[0] >> 24 | 1, &q, &r);
    x += q;
    quotient(rotated(x, 9), k[1] >> 9 | 1, &q, &r);
    y ^= r;
    x = rotated(x, 21) + unit_quotient(FRACTION(y), FRACTION(k[2]));
    y = rotated(y, 33) ^ unit_root(FRACTION(x));
    x += converted(y);
    // (1 + f * 2^-52 - 1) * 2^62 is an integer.
    y += FRACTION(x) << 10;
})

// MARK: count

static uint64_t ones(uint64_t x) {
    uint64_t count = 0;
    for (; x != 0; x >>= 1) {
        count += x & 1;
    }
    return count;
}

static uint64_t leading_zeros(uint64_t x) {
    uint64_t count = 0;
    for (int bit = 63; bit >= 0 && (x >> bit & 1) == 0; bit--) {
        count++;
    }
    return count;
}

static uint64_t trailing_zeros(uint64_t x) {
    uint64_t count = 0;
    for (int bit = 0; bit < 64 && (x >> bit & 1) == 0; bit++) {
        count++;
    }
    return count;
}

static uint64_t bytes_reversed(uint64_t x) {
    uint64_t y = 0;
    for (int i = 0; i < 8; i++) {
        y = y << 8 | (x >> (8 * i) & 0xFF);
    }
    return y;
}

REFERENCE(sl_reference_count, {
    x += ones(y);
    x = rotated(x, 23) + k[0];
    // Shifted by the word itself, so that all counts occur.
    y ^= leading_zeros(x >> (x & 63));
    y = rotated(y, 41) + k[1];
    y += trailing_zeros(x << (x & 63));
    x ^= bytes_reversed(y);
    x += ~y & k[2];
})

// MARK: deposit

static uint64_t deposited(uint64_t from, uint64_t mask) {
    uint64_t to = 0;
    for (int bit = 0; bit < 64; bit++) {
        if (mask >> bit & 1) {
            to |= (from & 1) << bit;
            from >>= 1;
        }
    }
    return to;
}

static uint64_t extracted(uint64_t from, uint64_t mask) {
    uint64_t to = 0;
    for (int bit = 0, next = 0; bit < 64; bit++) {
        if (mask >> bit & 1) {
            to |= (from >> bit & 1) << next++;
        }
    }
    return to;
}

REFERENCE(sl_reference_deposit, {
    x += deposited(y, k[0]);
    y ^= extracted(x, k[1]);
    x = rotated(x, 19) + k[2];
    y += extracted(x, ~k[0]);
    x ^= deposited(y, ~k[1]);
    y = rotated(y, 37) + k[3];
})

// MARK: crc

/// CRC-32C of eight bytes, as the instructions have it: reflected, nothing inverted.
static uint64_t crc32c(uint32_t crc, uint64_t data) {
    uint64_t rest = data ^ crc;
    for (int bit = 0; bit < 64; bit++) {
        rest = rest >> 1 ^ (rest & 1 ? UINT64_C(0x82F63B78) : 0);
    }
    return rest;
}

REFERENCE(sl_reference_crc, {
    x += crc32c((uint32_t)k[0], y);
    y = rotated(y, 31) + x;
    y ^= crc32c((uint32_t)k[1], x) << 32;
    x = rotated(x, 27) + k[2];
})

// MARK: clmul

static void carryless(uint64_t a, uint64_t b, uint64_t *low, uint64_t *high) {
    *low = *high = 0;
    for (int bit = 0; bit < 64; bit++) {
        if (b >> bit & 1) {
            *low ^= a << bit;
            *high ^= bit == 0 ? 0 : a >> (64 - bit);
        }
    }
}

REFERENCE(sl_reference_clmul, {
    uint64_t low, high;
    carryless(y, k[0], &low, &high);
    x += low;
    x ^= high;
    carryless(x, k[1], &low, &high);
    y += low;
    y ^= high;
    x = rotated(x, 29) + k[2];
})
