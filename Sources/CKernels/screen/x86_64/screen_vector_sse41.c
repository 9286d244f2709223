// screen_vector_sse41.c: integer multiplication, shuffle and arithmetic in 128-bit registers; screen_vector.h has the
// recurrence. Needs SSE4.1 and SSSE3.

#include "../screen_variants.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define SL_NAME sl_screen_vector_sse41
#define SL_TARGET __attribute__((target("sse4.1,ssse3")))
#define SL_REGISTER __m128i
#define SL_WORDS 2
#define SL_LOAD(address) _mm_load_si128((const __m128i *)(address))
#define SL_STORE(address, v) _mm_store_si128((__m128i *)(address), v)
#define SL_KEY(word) _mm_set1_epi64x((long long)(word))
#define SL_BYTES(order) _mm_loadu_si128((const __m128i *)(order))
#define SL_ADD8 _mm_add_epi8
#define SL_ADD32 _mm_add_epi32
#define SL_ADD64 _mm_add_epi64
#define SL_SUB16 _mm_sub_epi16
#define SL_XOR _mm_xor_si128
#define SL_MULTIPLY32 _mm_mullo_epi32
#define SL_UPPER16 _mm_mulhi_epu16
#define SL_WIDE32 _mm_mul_epu32
#define SL_SHUFFLE _mm_shuffle_epi8
#define SL_ROTATE32(v, by) _mm_or_si128(_mm_slli_epi32(v, by), _mm_srli_epi32(v, 32 - (by)))
#define SL_PAIRS16 _mm_madd_epi16
#define SL_DISTANCE8 _mm_sad_epu8
#define SL_MAXIMUM8 _mm_max_epu8
#define SL_GREATER32 _mm_cmpgt_epi32
#include "../screen_vector.h"

#endif
