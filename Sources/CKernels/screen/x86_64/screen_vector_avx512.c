// screen_vector_avx512.c: integer multiplication, shuffle and arithmetic in 512-bit registers; screen_vector.h has the
// recurrence. Needs AVX512F and AVX512BW.

#include "../screen_variants.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define SL_NAME sl_screen_vector_avx512
#define SL_TARGET __attribute__((target("avx512f,avx512bw")))
#define SL_REGISTER __m512i
#define SL_WORDS 8
#define SL_LOAD(address) _mm512_load_si512(address)
#define SL_STORE(address, v) _mm512_store_si512(address, v)
#define SL_KEY(word) _mm512_set1_epi64((long long)(word))
#define SL_BYTES(order) _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)(order)))
#define SL_ADD8 _mm512_add_epi8
#define SL_ADD32 _mm512_add_epi32
#define SL_ADD64 _mm512_add_epi64
#define SL_SUB16 _mm512_sub_epi16
#define SL_XOR _mm512_xor_si512
#define SL_MULTIPLY32 _mm512_mullo_epi32
#define SL_UPPER16 _mm512_mulhi_epu16
#define SL_WIDE32 _mm512_mul_epu32
#define SL_SHUFFLE _mm512_shuffle_epi8
#define SL_ROTATE32(v, by) _mm512_rol_epi32(v, by)
#define SL_PAIRS16 _mm512_madd_epi16
#define SL_DISTANCE8 _mm512_sad_epu8
#define SL_MAXIMUM8 _mm512_max_epu8
#define SL_GREATER32(a, b) _mm512_maskz_set1_epi32(_mm512_cmpgt_epi32_mask(a, b), -1)
#include "../screen_vector.h"

#endif
