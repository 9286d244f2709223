// screen_digest.c: D = (D + word) * key modulo 2^127 - 1, in two 64-bit halves.
// A polynomial rather than a cipher's hash: its collisions are counted by its degree, and no instruction that is
// screened beside the multiplication bears on it.

#include "screen_kernels.h"

typedef unsigned __int128 wide;

// The first 127 bits of the fraction of pi, which begins 243F6A88 85A308D3 13198A2E 03707344.
#define KEY_HIGH (UINT64_C(0x243F6A8885A308D3) >> 1)
#define KEY_LOW (UINT64_C(0x13198A2E03707344) >> 1 | UINT64_C(0x243F6A8885A308D3) << 63)
#define LOW_63 (UINT64_MAX >> 1)

void sl_screen_digest(const uint64_t *words, size_t count, uint64_t digest[2]) {
    uint64_t low = count, high = 0;
    for (size_t i = 0; i < count; i++) {
        // Sum, below 2^128: D is at most 2^127 - 1.
        const wide sum = ((wide)high << 64 | low) + words[i];
        const uint64_t sum_low = (uint64_t)sum, sum_high = (uint64_t)(sum >> 64);
        // Product, in four words p0 to p3; below 2^255.
        const wide a = (wide)sum_low * KEY_LOW, b = (wide)sum_low * KEY_HIGH;
        const wide c = (wide)sum_high * KEY_LOW, d = (wide)sum_high * KEY_HIGH;
        const wide middle = (a >> 64) + (uint64_t)b + (uint64_t)c;
        const wide upper = d + (b >> 64) + (c >> 64) + (middle >> 64);
        const wide lower = (wide)(uint64_t)middle << 64 | (uint64_t)a;
        // 2^127 is 1: what stands above bit 127 is added below.
        const wide mask = (wide)LOW_63 << 64 | UINT64_MAX;
        wide folded = (lower & mask) + (upper << 1 | lower >> 127);
        folded = (folded & mask) + (folded >> 127);
        folded = folded == mask ? 0 : folded;
        low = (uint64_t)folded;
        high = (uint64_t)(folded >> 64);
    }
    digest[0] = low;
    digest[1] = high;
}
