// screen_vector_avx2.c: integer multiplication, shuffle and arithmetic in 256-bit registers; screen_vector.h has the
// recurrence. Needs AVX2.

#include "../screen_variants.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define SL_NAME sl_screen_vector_avx2
#define SL_TARGET __attribute__((target("avx2")))
#define SL_REGISTER __m256i
#define SL_WORDS 4
#define SL_LOAD(address) _mm256_load_si256((const __m256i *)(address))
#define SL_STORE(address, v) _mm256_store_si256((__m256i *)(address), v)
#define SL_KEY(word) _mm256_set1_epi64x((long long)(word))
#define SL_BYTES(order) _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(order)))
#define SL_ADD8 _mm256_add_epi8
#define SL_ADD32 _mm256_add_epi32
#define SL_ADD64 _mm256_add_epi64
#define SL_SUB16 _mm256_sub_epi16
#define SL_XOR _mm256_xor_si256
#define SL_MULTIPLY32 _mm256_mullo_epi32
#define SL_UPPER16 _mm256_mulhi_epu16
#define SL_WIDE32 _mm256_mul_epu32
#define SL_SHUFFLE _mm256_shuffle_epi8
#define SL_ROTATE32(v, by) _mm256_or_si256(_mm256_slli_epi32(v, by), _mm256_srli_epi32(v, 32 - (by)))
#define SL_PAIRS16 _mm256_madd_epi16
#define SL_DISTANCE8 _mm256_sad_epu8
#define SL_MAXIMUM8 _mm256_max_epu8
#define SL_GREATER32 _mm256_cmpgt_epi32
#include "../screen_vector.h"

#endif
