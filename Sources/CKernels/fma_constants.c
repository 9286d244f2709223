// fma_constants.c: multipliers and addends with random full mantissas, found by a seeded search, and the operands of
// dot products, made by formula at compile time.
// The conditions that they meet keep an error in the state for good; docs/kernels.md derives them, and the tests in
// ComputeKernelsTests named after the recurrences check every one of them by another road.

#include "fma_constants.h"

#define CONSTANTS __attribute__((aligned(64))) const

// An unfused turn moves x, within [1, 1.375], by exactly 390926587 (f64) or 1 (f32) units in the last place.
CONSTANTS double sl_unfused_constants_f64[4] = {
    -0x1.70e3ecde9df91p-1, 0x1.4c7295e42d7a1p-1, -0x1.6350741a5d9bdp+0, 0x1.cd6b635a0d9c7p-1,
};
CONSTANTS float sl_unfused_constants_f32[4] = {
    -0x1.70b55ep-1f, 0x1.4f170ep-1f, -0x1.637d52p+0f, 0x1.d15106p-1f,
};

// A fused turn rotates (x, y) by about 0.19 rad around (w, v); every value stays within [1, 2).
CONSTANTS double sl_fused_constants_f64[4] = {
    0x1.8baeac221e4f5p-3, 0x1.75b4a7fc6335bp-3, 0x1.9a2a5d0c8e623p+0, 0x1.5f268d6aa98d5p+0,
};
CONSTANTS float sl_fused_constants_f32[4] = {
    0x1.8514e6p-3f, 0x1.7e845ep-3f, 0x1.973006p+0f, 0x1.642ad6p+0f,
};
// 1437/8192, 1547/8192, 1671/1024, 1417/1024: every pair near the centre returns to itself within 55950 turns.
CONSTANTS uint16_t sl_fused_constants_f16[4] = {0x319D, 0x320B, 0x3E87, 0x3D89};

// A mixed turn rotates (x, y) by about 0.13 rad around (c/a + c, c/a); every value stays within [1, 2).
CONSTANTS double sl_mix_constants_f64[2] = {0x1.0f3c9a7e41d2bp-3, 0x1.96da67bd62c41p-3};
CONSTANTS float sl_mix_constants_f32[2] = {0x1.0f3c9ap-3f, 0x1.96da66p-3f};

// Repetition, since C has no loops in initialisers.
#define X4(f, i) f((i)), f((i) + 1), f((i) + 2), f((i) + 3)
#define X16(f, i) X4(f, (i)), X4(f, (i) + 4), X4(f, (i) + 8), X4(f, (i) + 12)
#define X64(f, i) X16(f, (i)), X16(f, (i) + 16), X16(f, (i) + 32), X16(f, (i) + 48)
#define X256(f, i) X64(f, (i)), X64(f, (i) + 64), X64(f, (i) + 128), X64(f, (i) + 192)

// Any bytes do, as long as a turn changes every element: bits of a quadratic in the index.
#define HASH(i) ((((uint32_t)(i) * 0x9E3779B1u + 0x7F4A7C15u) * ((uint32_t)(i) * 0x85EBCA6Bu + 0xC2B2AE35u)) >> 16)
#define BYTE(i) (uint8_t)HASH(i)

CONSTANTS uint8_t sl_operands_i8_128[4 * 16] = {X64(BYTE, 0)};
CONSTANTS uint8_t sl_operands_i8_256[4 * 32] = {X64(BYTE, 0), X64(BYTE, 64)};
CONSTANTS uint8_t sl_operands_i8_512[4 * 64] = {X256(BYTE, 0)};
#define X1024(f, i) X256(f, (i)), X256(f, (i) + 256), X256(f, (i) + 512), X256(f, (i) + 768)
CONSTANTS uint8_t sl_operands_i8_amx[4 * 1024] = {
    X1024(BYTE, 0), X1024(BYTE, 1024), X1024(BYTE, 2048), X1024(BYTE, 3072),
};

// bf16 operands are odd integers of 8 bits and either sign, so products and their sums are integers and exact in f32.
// L1 . R1 takes back what L0 . R0 added, but for the products at k = 0: there R0 is +-1 or +-3, and L1 is -L0 with its
// magnitude less by 2. So each turn moves an element by +-2 or +-6, and values stay within [2^23, 2^24), where f32 has
// the integers and nothing between them.
#define SIGN(i) ((HASH(i) & 0x80u) << 8)
#define ODD(i) (SIGN(i) | 0x4301u | (HASH(i) & 0x7Eu))           // +-(129, 131 .. 255)
#define LARGE(i) (ODD(i) | 0x02u)                                // +-(131, 135 .. 255)
#define SMALL(i) (SIGN(i) | ((HASH(i) & 1u) ? 0x4040u : 0x3F80u)) // +-1 or +-3
#define LEFT(i, k) (uint16_t)((k) == 0 ? LARGE(i) : ODD(i))
#define RIGHT(i, k) (uint16_t)((k) == 0 ? SMALL((i) + 4096) : ODD((i) + 4096))
#define BACK(i, k) (uint16_t)((LEFT(i, k) ^ 0x8000u) & ((k) == 0 ? ~0x02u : ~0u))

// The second turn takes the products in the opposite order, k from K - 1 down to 0. Rows of K elements: i ^ (K - 1).
#define L0_2(i) LEFT(i, (i) & 1)
#define R0_2(i) RIGHT(i, (i) & 1)
#define L1_2(i) BACK((i) ^ 1, ~(i) & 1)
#define R1_2(i) RIGHT((i) ^ 1, ~(i) & 1)
CONSTANTS uint16_t sl_operands_bf16_512[4 * 32] = {
    X16(L0_2, 0), X16(L0_2, 16), X16(R0_2, 0), X16(R0_2, 16), X16(L1_2, 0), X16(L1_2, 16), X16(R1_2, 0), X16(R1_2, 16),
};

#define L0_4(i) LEFT(i, (i) & 3)
#define R0_4(i) RIGHT(i, (i) & 3)
#define L1_4(i) BACK((i) ^ 3, ~(i) & 3)
#define R1_4(i) RIGHT((i) ^ 3, ~(i) & 3)
CONSTANTS uint16_t sl_operands_bf16_mmla[4 * 8] = {
    X4(L0_4, 0), X4(L0_4, 4), X4(R0_4, 0), X4(R0_4, 4), X4(L1_4, 0), X4(L1_4, 4), X4(R1_4, 0), X4(R1_4, 4),
};

// Tiles: the left one has rows of K = 32; in the right one k = 2 * (i / 32) + i % 2, so 31 - k is at i ^ 0x1E1.
#define K_RIGHT(i) ((i) >> 5 << 1 | ((i) & 1))
#define L0_32(i) LEFT(i, (i) & 31)
#define R0_32(i) RIGHT(i, K_RIGHT(i))
#define L1_32(i) BACK((i) ^ 31, ~(i) & 31)
#define R1_32(i) RIGHT((i) ^ 0x1E1, 31 - K_RIGHT(i))
CONSTANTS uint16_t sl_operands_bf16_amx[4 * 512] = {
    X256(L0_32, 0), X256(L0_32, 256), X256(R0_32, 0), X256(R0_32, 256),
    X256(L1_32, 0), X256(L1_32, 256), X256(R1_32, 0), X256(R1_32, 256),
};
