// screen_permute.c: elements moved across whole registers, by indices from the registers themselves; shifts and
// rotations by elements, and in 512 bits compression, expansion, conflicts and choices by bits. Four pairs of
// registers. Need AVX2; AVX512F, AVX512BW and AVX512CD. The formulas stand in screen_reference_vector.c.

#include "../screen_variants.h"

#if defined(__x86_64__)

#include <immintrin.h>

__attribute__((target("avx2"))) static inline __m256i rotated256(__m256i x) {
    return _mm256_or_si256(_mm256_slli_epi64(x, 23), _mm256_srli_epi64(x, 41));
}

// The last step adds the upper bits of the bytes, as a 32-bit mask, to each 64-bit element.
#define TURN256(x, y)                                                                                            \
    x = _mm256_add_epi32(x, _mm256_permutevar8x32_epi32(y, y));                                                  \
    y = _mm256_xor_si256(y, _mm256_permute4x64_epi64(x, 0x93));                                                  \
    x = _mm256_add_epi64(x, _mm256_shuffle_epi8(y, y));                            \
    y = _mm256_add_epi32(y, _mm256_sllv_epi32(x, _mm256_and_si256(_mm256_xor_si256(x, k0), sixty_three)));       \
    x = _mm256_xor_si256(x, _mm256_srlv_epi64(y, _mm256_and_si256(y, wide_127)));                                \
    x = _mm256_add_epi64(rotated256(x), k1);                                                                     \
    x = _mm256_add_epi64(x, _mm256_set1_epi64x((long long)(uint32_t)_mm256_movemask_epi8(y)));

__attribute__((target("avx2"))) void sl_screen_permute_avx2(uint64_t turns, uint64_t *state, const uint64_t *k) {
    __m256i *const s = (__m256i *)state;
    __m256i x0 = s[0], y0 = s[1], x1 = s[2], y1 = s[3], x2 = s[4], y2 = s[5], x3 = s[6], y3 = s[7];
    const __m256i sixty_three = _mm256_set1_epi32(63), wide_127 = _mm256_set1_epi64x(127);
    const __m256i k0 = _mm256_set1_epi32((int)(uint32_t)k[0]), k1 = _mm256_set1_epi64x((long long)k[1]);
    for (; turns > 0; turns--) {
        TURN256(x0, y0)
        TURN256(x1, y1)
        TURN256(x2, y2)
        TURN256(x3, y3)
    }
    s[0] = x0, s[1] = y0, s[2] = x1, s[3] = y1, s[4] = x2, s[5] = y2, s[6] = x3, s[7] = y3;
}

#define TURN512(x, y)                                                                                            \
    x = _mm512_add_epi32(x, _mm512_permutexvar_epi32(y, y));                                                     \
    y = _mm512_xor_si512(y, _mm512_permutex_epi64(x, 0x93));                                                     \
    x = _mm512_add_epi64(x, _mm512_shuffle_epi8(y, y));                            \
    y = _mm512_add_epi32(y, _mm512_sllv_epi32(x, _mm512_and_si512(_mm512_xor_si512(x, k0), sixty_three)));       \
    x = _mm512_xor_si512(x, _mm512_srlv_epi64(y, _mm512_and_si512(y, wide_127)));                                \
    x = _mm512_add_epi64(_mm512_rol_epi64(x, 23), k1);                                                           \
    x = _mm512_add_epi64(x, _mm512_set1_epi64((long long)_mm512_movepi8_mask(y)));                               \
    y = _mm512_add_epi32(y, _mm512_maskz_compress_epi32(_mm512_cmpgt_epu32_mask(x, k2), x));                     \
    x = _mm512_xor_si512(x, _mm512_maskz_expand_epi32(_mm512_cmpgt_epu32_mask(y, k3), y));                       \
    y = _mm512_add_epi32(y, _mm512_rolv_epi32(x, x));                                                            \
    x = _mm512_add_epi32(x, _mm512_lzcnt_epi32(y));                                                              \
    y = _mm512_xor_si512(y, _mm512_ternarylogic_epi64(x, k4, k5, 0xCA));                                         \
    x = _mm512_add_epi32(x, _mm512_conflict_epi32(_mm512_and_si512(y, lowest_byte)));                            \
    x = _mm512_xor_si512(x, _mm512_permutex2var_epi32(y, y, keys));

__attribute__((target("avx512f,avx512bw,avx512cd"))) void sl_screen_permute_avx512(
    uint64_t turns, uint64_t *state, const uint64_t *k) {
    __m512i x0 = _mm512_load_si512(state), y0 = _mm512_load_si512(state + 8);
    __m512i x1 = _mm512_load_si512(state + 16), y1 = _mm512_load_si512(state + 24);
    __m512i x2 = _mm512_load_si512(state + 32), y2 = _mm512_load_si512(state + 40);
    __m512i x3 = _mm512_load_si512(state + 48), y3 = _mm512_load_si512(state + 56);
    const __m512i lowest_byte = _mm512_set1_epi32(0xFF);
    const __m512i sixty_three = _mm512_set1_epi32(63), wide_127 = _mm512_set1_epi64(127);
    const __m512i k0 = _mm512_set1_epi32((int)(uint32_t)k[0]), k1 = _mm512_set1_epi64((long long)k[1]);
    const __m512i k2 = _mm512_set1_epi32((int)(uint32_t)k[2]), k3 = _mm512_set1_epi32((int)(uint32_t)k[3]);
    const __m512i k4 = _mm512_set1_epi64((long long)k[4]), k5 = _mm512_set1_epi64((long long)k[5]);
    const __m512i keys = _mm512_set_epi64(
        (long long)k[5], (long long)k[4], (long long)k[3], (long long)k[2], (long long)k[1], (long long)k[0],
        (long long)k[7], (long long)k[6]);
    for (; turns > 0; turns--) {
        TURN512(x0, y0)
        TURN512(x1, y1)
        TURN512(x2, y2)
        TURN512(x3, y3)
    }
    _mm512_store_si512(state, x0);
    _mm512_store_si512(state + 8, y0);
    _mm512_store_si512(state + 16, x1);
    _mm512_store_si512(state + 24, y1);
    _mm512_store_si512(state + 32, x2);
    _mm512_store_si512(state + 40, y2);
    _mm512_store_si512(state + 48, x3);
    _mm512_store_si512(state + 56, y3);
}

#endif
