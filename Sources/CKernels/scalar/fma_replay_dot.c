// fma_replay_dot.c: what the dot-product recurrence adds to each element, in 32-bit integers and closed form.
// The sums are exact, modulo 2^32 for i8 and as integers within [2^23, 2^24) for bf16 in f32, so their order is free.

#include "fma_replay.h"

#include <string.h>

// The integer that a bf16 pattern holds, which is that of the upper half of an f32.
static int32_t integer_of_bf16(uint16_t pattern) {
    const uint32_t bits = (uint32_t)pattern << 16;
    float value;
    memcpy(&value, &bits, sizeof value);
    return (int32_t)value;
}

static int32_t u8_at(const void *operand, int index) { return ((const uint8_t *)operand)[index]; }
static int32_t s8_at(const void *operand, int index) { return ((const int8_t *)operand)[index]; }
static int32_t bf16_at(const void *operand, int index) {
    return integer_of_bf16(((const uint16_t *)operand)[index]);
}

// Where element k of lane l stands in the left and in the right register.
#define LANE_LEFT(K) (l * (K) + k)
#define LANE_RIGHT(K) (l * (K) + k)
#define MMLA_LEFT(K) (l / 2 * (K) + k)
#define MMLA_RIGHT(K) (l % 2 * (K) + k)
#define AMX_LEFT(K) (l / 16 * (K) + k)
// Groups of K/16 elements in a tile's row: 4 of i8, 2 of bf16.
#define AMX_RIGHT(K) (k / ((K) / 16) * (K) + l % 16 * ((K) / 16) + k % ((K) / 16))

static void add_f32(void *state, int index, uint32_t increment) {
    // All three are integers below 2^24 in magnitude.
    ((float *)state)[index] += (float)(int32_t)increment;
}
static void add_i32(void *state, int index, uint32_t increment) { ((uint32_t *)state)[index] += increment; }

// An operand register holds `bytes` bytes.
#define REPLAY_DOT(name, K, bytes, left_at, right_at, left, right, add)                             \
    void name(uint64_t iterations, int lanes, int accumulators, void *state, const void *constants) { \
        const char *operands = constants;                                                           \
        for (int l = 0; l < lanes; l++) {                                                           \
            uint32_t gain = 0;                                                                      \
            for (int turn = 0; turn < 2; turn++) {                                                  \
                const char *L = operands + 2 * turn * (bytes), *R = L + (bytes);                    \
                for (int k = 0; k < (K); k++) {                                                     \
                    gain += (uint32_t)(left_at(L, left(K)) * right_at(R, right(K)));                \
                }                                                                                   \
            }                                                                                       \
            for (int accumulator = 0; accumulator < accumulators; accumulator++) {                  \
                add(state, accumulator * lanes + l, (uint32_t)iterations * gain);                   \
            }                                                                                       \
        }                                                                                           \
    }

REPLAY_DOT(sl_replay_dot_u8s8, 4, 4 * lanes, u8_at, s8_at, LANE_LEFT, LANE_RIGHT, add_i32)
REPLAY_DOT(sl_replay_dot_s8s8, 4, 4 * lanes, s8_at, s8_at, LANE_LEFT, LANE_RIGHT, add_i32)
REPLAY_DOT(sl_replay_dot_bf16, 2, 4 * lanes, bf16_at, bf16_at, LANE_LEFT, LANE_RIGHT, add_f32)
REPLAY_DOT(sl_replay_mmla_s8s8, 8, 16, s8_at, s8_at, MMLA_LEFT, MMLA_RIGHT, add_i32)
REPLAY_DOT(sl_replay_mmla_bf16, 4, 16, bf16_at, bf16_at, MMLA_LEFT, MMLA_RIGHT, add_f32)
REPLAY_DOT(sl_replay_amx_s8s8, 64, 1024, s8_at, s8_at, AMX_LEFT, AMX_RIGHT, add_i32)
REPLAY_DOT(sl_replay_amx_bf16, 32, 1024, bf16_at, bf16_at, AMX_LEFT, AMX_RIGHT, add_f32)
