// screen_cipher.c: carry-less products and rounds of the AES, on registers of 128 and of 512 bits.
// Per turn: clmul two products per pair of words, four pairs; aes two rounds and an inverse one per block of 128 bits,
// 32 blocks, eight registers at a time. Need PCLMULQDQ; VPCLMULQDQ and AVX512F; AES; VAES and AVX512F. The formulas
// stand in screen_reference.c and screen_reference_aes.c.

#include "../screen_variants.h"

#if defined(__x86_64__)

#include <immintrin.h>

/// Adds the product's lower half to one word of each pair and XORs its upper half into the same word.
#define CLMUL_TURN(v, REG, CLMUL, ADD, XOR, AND, SHUFFLE, OR, SLL, SRL)                                          \
    {                                                                                                            \
        const REG p = CLMUL(v, key0, 0x01), upper = SHUFFLE(p, 0x4E);                                            \
        v = XOR(ADD(v, AND(p, low)), AND(upper, low));                                                           \
        const REG q = CLMUL(v, key1, 0x00), lower = SHUFFLE(q, 0x4E);                                            \
        v = XOR(ADD(v, AND(lower, high)), AND(q, high));                                                         \
        const REG rotated = OR(AND(OR(SLL(v, 29), SRL(v, 35)), low), AND(v, high));                              \
        v = ADD(rotated, key2);                                                                                  \
    }

__attribute__((target("pclmul,sse2"))) void sl_screen_clmul_pclmulqdq(
    uint64_t turns, uint64_t *state, const uint64_t *k) {
    __m128i *const s = (__m128i *)state;
    __m128i v0 = s[0], v1 = s[1], v2 = s[2], v3 = s[3];
    const __m128i low = _mm_set_epi64x(0, -1), high = _mm_set_epi64x(-1, 0);
    const __m128i key0 = _mm_set_epi64x(0, (long long)k[0]), key1 = _mm_set_epi64x(0, (long long)k[1]);
    const __m128i key2 = _mm_set_epi64x(0, (long long)k[2]);
#define TURN(v)                                                                                                  \
    CLMUL_TURN(v, __m128i, _mm_clmulepi64_si128, _mm_add_epi64, _mm_xor_si128, _mm_and_si128, _mm_shuffle_epi32, \
               _mm_or_si128, _mm_slli_epi64, _mm_srli_epi64)
    // The product takes y, the upper word, by 0x01 and x, the lower one, by 0x00.
    for (; turns > 0; turns--) {
        TURN(v0)
        TURN(v1)
        TURN(v2)
        TURN(v3)
    }
#undef TURN
    s[0] = v0, s[1] = v1, s[2] = v2, s[3] = v3;
}

__attribute__((target("vpclmulqdq,avx512f"))) void sl_screen_clmul_vpclmulqdq(
    uint64_t turns, uint64_t *state, const uint64_t *k) {
    __m512i v = _mm512_load_si512(state);
    const __m512i low = _mm512_set4_epi64(0, -1, 0, -1), high = _mm512_set4_epi64(-1, 0, -1, 0);
    const __m512i key0 = _mm512_and_si512(_mm512_set1_epi64((long long)k[0]), low);
    const __m512i key1 = _mm512_and_si512(_mm512_set1_epi64((long long)k[1]), low);
    const __m512i key2 = _mm512_and_si512(_mm512_set1_epi64((long long)k[2]), low);
    for (; turns > 0; turns--) {
        CLMUL_TURN(v, __m512i, _mm512_clmulepi64_epi128, _mm512_add_epi64, _mm512_xor_si512, _mm512_and_si512,
                   _mm512_shuffle_epi32, _mm512_or_si512, _mm512_slli_epi64, _mm512_srli_epi64)
    }
    _mm512_store_si512(state, v);
}

#define EACH_BLOCK(DO) DO(0) DO(1) DO(2) DO(3) DO(4) DO(5) DO(6) DO(7)

__attribute__((target("aes,sse2"))) void sl_screen_aes_ni(uint64_t turns, uint64_t *state, const uint64_t *k) {
    const __m128i k0 = _mm_loadu_si128((const __m128i *)k), k1 = _mm_loadu_si128((const __m128i *)(k + 2));
    const __m128i k2 = _mm_loadu_si128((const __m128i *)(k + 4));
    for (__m128i *s = (__m128i *)state, *end = (__m128i *)(state + SL_AES_WORDS); s < end; s += 8) {
#define LOAD(i) __m128i b##i = s[i];
#define ROUND(i) b##i = _mm_aesdec_si128(_mm_aesenc_si128(_mm_aesenc_si128(b##i, k0), k1), k2);
#define STORE(i) s[i] = b##i;
        EACH_BLOCK(LOAD)
        for (uint64_t left = turns; left > 0; left--) {
            EACH_BLOCK(ROUND)
        }
        EACH_BLOCK(STORE)
#undef LOAD
#undef ROUND
#undef STORE
    }
}

__attribute__((target("vaes,avx512f"))) void sl_screen_aes_vaes512(
    uint64_t turns, uint64_t *state, const uint64_t *k) {
    const __m512i k0 = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)k));
    const __m512i k1 = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(k + 2)));
    const __m512i k2 = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(k + 4)));
#define LOAD(i) __m512i b##i = _mm512_load_si512(state + 8 * i);
#define ROUND(i) b##i = _mm512_aesdec_epi128(_mm512_aesenc_epi128(_mm512_aesenc_epi128(b##i, k0), k1), k2);
#define STORE(i) _mm512_store_si512(state + 8 * i, b##i);
    EACH_BLOCK(LOAD)
    for (; turns > 0; turns--) {
        EACH_BLOCK(ROUND)
    }
    EACH_BLOCK(STORE)
}

#endif
