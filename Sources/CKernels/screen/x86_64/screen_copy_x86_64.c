// screen_copy_x86_64.c: copies of 64 KiB to and fro, on and off the boundary of lines: by rep movsb, by non-temporal
// 128-bit stores, by 256-bit and 512-bit loads and stores. Need nothing, SSE2, AVX, AVX512F. screen_copy.h has the
// loop.

#include "../screen_variants.h"

#if defined(__x86_64__)

#include <immintrin.h>

static inline void copy_movsb(uint64_t *to, const uint64_t *from, uint64_t words) {
    uint64_t bytes = 8 * words;
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(bytes) : : "memory");
}

/// Vectors while there are any, then words. The fence keeps a compiler from making it memcpy.
#define COPY_BY(name, feature, step, move)                                                                    \
    __attribute__((target(feature))) static inline void name(uint64_t *to, const uint64_t *from, uint64_t words) { \
        for (; words >= step; words -= step, to += step, from += step) {                                      \
            move;                                                                                             \
            __asm__ volatile("" ::: "memory");                                                                \
        }                                                                                                     \
        for (; words > 0; words--, to++, from++) {                                                            \
            *to = *from;                                                                                      \
            __asm__ volatile("" ::: "memory");                                                                \
        }                                                                                                     \
    }

COPY_BY(copy_avx, "avx", 4, _mm256_storeu_si256((__m256i *)to, _mm256_loadu_si256((const __m256i *)from)))
COPY_BY(copy_avx512, "avx512f", 8, _mm512_storeu_si512(to, _mm512_loadu_si512(from)))
// Non-temporal stores go to a vector's boundary; all of these begin on one, but for the last words.
COPY_BY(copy_streamed, "sse2", 2, _mm_stream_si128((__m128i *)to, _mm_loadu_si128((const __m128i *)from)))

static inline void copy_sse2(uint64_t *to, const uint64_t *from, uint64_t words) {
    if ((uintptr_t)to % 16 == 0) {
        copy_streamed(to, from, words);
    } else {
        copy_movsb(to, from, words);
    }
    // What was stored past the caches is loaded next.
    _mm_sfence();
}

#define SL_NAME sl_screen_copy_movsb
#define SL_TARGET
#define SL_COPY copy_movsb
#include "../screen_copy.h"

#define SL_NAME sl_screen_copy_sse2
#define SL_TARGET
#define SL_COPY copy_sse2
#include "../screen_copy.h"

#define SL_NAME sl_screen_copy_avx
#define SL_TARGET __attribute__((target("avx")))
#define SL_COPY copy_avx
#include "../screen_copy.h"

#define SL_NAME sl_screen_copy_avx512
#define SL_TARGET __attribute__((target("avx512f")))
#define SL_COPY copy_avx512
#include "../screen_copy.h"

#endif
