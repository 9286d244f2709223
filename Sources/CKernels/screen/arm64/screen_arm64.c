// screen_arm64.c: counts of bits, CRC-32C, carry-less products, rounds of the AES and copies on arm64, with the end
// states of their x86-64 counterparts. Need ASIMD; CRC32; PMULL; AES. The formulas stand in the references.

#include "../screen_pairs.h"

#if defined(__aarch64__)

#include <arm_neon.h>


#define COUNT(x, y, k)                                                     \
    x += vaddv_u8(vcnt_u8(vcreate_u8(y)));                                 \
    x = sl_rotl(x, 23) + (k)[0];                                           \
    y ^= leading_zeros(x >> (x & 63));                                     \
    y = sl_rotl(y, 41) + (k)[1];                                           \
    y += leading_zeros(bits_reversed(x << (x & 63)));                      \
    x ^= __builtin_bswap64(y);                                             \
    x += ~y & (k)[2];                                                      \
    SL_HELD(x);                                                            \
    SL_HELD(y);

static inline uint64_t leading_zeros(uint64_t x) {
    __asm__("clz %0, %0" : "+r"(x));
    return x;
}

static inline uint64_t bits_reversed(uint64_t x) {
    __asm__("rbit %0, %0" : "+r"(x));
    return x;
}

SL_SCREEN_PAIRS(sl_screen_count_neon, COUNT)

/// CRC-32C of eight bytes; as assembly, since compilers name the feature differently.
static inline uint64_t crc32c(uint32_t crc, uint64_t data) {
    uint32_t result;
    __asm__(".arch_extension crc\ncrc32cx %w0, %w1, %2" : "=r"(result) : "r"(crc), "r"(data));
    return result;
}

#define CRC(x, y, k)                                                       \
    x += crc32c((uint32_t)(k)[0], y);                                      \
    y = sl_rotl(y, 31) + x;                                                \
    y ^= crc32c((uint32_t)(k)[1], x) << 32;                                \
    x = sl_rotl(x, 27) + (k)[2];                                           \
    SL_HELD(x);                                                            \
    SL_HELD(y);

SL_SCREEN_PAIRS(sl_screen_crc_crc32, CRC)

/// Both halves of a carry-less product.
static inline uint64x2_t carryless(uint64_t a, uint64_t b) {
    uint64x2_t product;
    __asm__(".arch_extension crypto\npmull %0.1q, %1.1d, %2.1d" : "=w"(product) : "w"(a), "w"(b));
    return product;
}

#define CLMUL(x, y, k)                                                     \
    {                                                                      \
        const uint64x2_t p = carryless(y, (k)[0]);                         \
        x = (x + vgetq_lane_u64(p, 0)) ^ vgetq_lane_u64(p, 1);             \
        const uint64x2_t q = carryless(x, (k)[1]);                         \
        y = (y + vgetq_lane_u64(q, 0)) ^ vgetq_lane_u64(q, 1);             \
        x = sl_rotl(x, 29) + (k)[2];                                       \
    }

SL_SCREEN_PAIRS(sl_screen_clmul_pmull, CLMUL)

// AESE and AESD take the key first: with none, and the key added behind MixColumns, a round is that of x86-64.
static inline uint8x16_t encrypted(uint8x16_t block, uint8x16_t key) {
    const uint8x16_t none = vdupq_n_u8(0);
    __asm__(".arch_extension crypto\naese %0.16b, %1.16b\naesmc %0.16b, %0.16b" : "+w"(block) : "w"(none));
    return veorq_u8(block, key);
}

static inline uint8x16_t decrypted(uint8x16_t block, uint8x16_t key) {
    const uint8x16_t none = vdupq_n_u8(0);
    __asm__(".arch_extension crypto\naesd %0.16b, %1.16b\naesimc %0.16b, %0.16b" : "+w"(block) : "w"(none));
    return veorq_u8(block, key);
}

void sl_screen_aes_armv8(uint64_t turns, uint64_t *state, const uint64_t *k) {
    const uint8x16_t k0 = vld1q_u8((const uint8_t *)k), k1 = vld1q_u8((const uint8_t *)(k + 2));
    const uint8x16_t k2 = vld1q_u8((const uint8_t *)(k + 4));
    for (uint8_t *s = (uint8_t *)state, *end = (uint8_t *)(state + SL_AES_WORDS); s < end; s += 8 * 16) {
#define EACH_BLOCK(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)
#define LOAD(i) uint8x16_t b##i = vld1q_u8(s + 16 * i);
#define ROUND(i) b##i = decrypted(encrypted(encrypted(b##i, k0), k1), k2);
#define STORE(i) vst1q_u8(s + 16 * i, b##i);
        EACH_BLOCK(LOAD)
        for (uint64_t left = turns; left > 0; left--) {
            EACH_BLOCK(ROUND)
        }
        EACH_BLOCK(STORE)
    }
}

static inline void copy_neon(uint64_t *to, const uint64_t *from, uint64_t words) {
    for (; words >= 8; words -= 8, to += 8, from += 8) {
        vst1q_u64_x4(to, vld1q_u64_x4(from));
        __asm__ volatile("" ::: "memory");
    }
    for (; words > 0; words--, to++, from++) {
        *to = *from;
        __asm__ volatile("" ::: "memory");
    }
}

#define SL_NAME sl_screen_copy_neon
#define SL_TARGET
#define SL_COPY copy_neon
#include "../screen_copy.h"

#endif
