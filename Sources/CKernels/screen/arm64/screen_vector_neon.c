// screen_vector_neon.c: integer multiplication, shuffle and arithmetic in 128-bit registers; screen_vector.h has the
// recurrence. Needs ASIMD.

#include "../screen_variants.h"

#if defined(__aarch64__)

#include <arm_neon.h>

#define D(v) vreinterpretq_u32_u64(v)
#define W(v) vreinterpretq_u16_u64(v)
#define B(v) vreinterpretq_u8_u64(v)

static inline uint64x2_t upper16(uint64x2_t a, uint64x2_t b) {
    const uint32x4_t low = vmull_u16(vget_low_u16(W(a)), vget_low_u16(W(b))), high = vmull_high_u16(W(a), W(b));
    // The upper halves of eight products.
    return vreinterpretq_u64_u16(vuzp2q_u16(vreinterpretq_u16_u32(low), vreinterpretq_u16_u32(high)));
}

static inline uint64x2_t pairs16(uint64x2_t a, uint64x2_t b) {
    const int16x8_t s = vreinterpretq_s16_u64(a), t = vreinterpretq_s16_u64(b);
    return vreinterpretq_u64_s32(vpaddq_s32(vmull_s16(vget_low_s16(s), vget_low_s16(t)), vmull_high_s16(s, t)));
}

#define SL_NAME sl_screen_vector_neon
#define SL_TARGET
#define SL_REGISTER uint64x2_t
#define SL_WORDS 2
#define SL_LOAD(address) vld1q_u64(address)
#define SL_STORE(address, v) vst1q_u64(address, v)
#define SL_KEY(word) vdupq_n_u64(word)
#define SL_BYTES(order) vreinterpretq_u64_u8(vld1q_u8(order))
#define SL_ADD8(a, b) vreinterpretq_u64_u8(vaddq_u8(B(a), B(b)))
#define SL_ADD32(a, b) vreinterpretq_u64_u32(vaddq_u32(D(a), D(b)))
#define SL_ADD64 vaddq_u64
#define SL_SUB16(a, b) vreinterpretq_u64_u16(vsubq_u16(W(a), W(b)))
#define SL_XOR veorq_u64
#define SL_MULTIPLY32(a, b) vreinterpretq_u64_u32(vmulq_u32(D(a), D(b)))
#define SL_UPPER16 upper16
#define SL_WIDE32(a, b) vmull_u32(vmovn_u64(a), vmovn_u64(b))
#define SL_SHUFFLE(v, order) vreinterpretq_u64_u8(vqtbl1q_u8(B(v), B(order)))
#define SL_ROTATE32(v, by) \
    vreinterpretq_u64_u32(vorrq_u32(vshlq_n_u32(D(v), by), vshrq_n_u32(D(v), 32 - (by))))
#define SL_PAIRS16 pairs16
#define SL_DISTANCE8(a, b) vpaddlq_u32(vpaddlq_u16(vpaddlq_u8(vabdq_u8(B(a), B(b)))))
#define SL_MAXIMUM8(a, b) vreinterpretq_u64_u8(vmaxq_u8(B(a), B(b)))
#define SL_GREATER32(a, b) vreinterpretq_u64_u32(vcgtq_s32(vreinterpretq_s32_u64(a), vreinterpretq_s32_u64(b)))
#include "../screen_vector.h"

#endif
