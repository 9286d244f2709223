// stream_avx2.c: the loops over arrays with 256-bit registers; regular stores, and non-temporal ones (vmovntpd).
// Per turn: 32 elements of each array, 8 vectors. Needs AVX2, and FMA for the triad. Arrays 64-byte aligned.

#include "stream_vex.h"

#if defined(__x86_64__)

#define AVX2 __attribute__((target("avx2,fma")))
#define OFFSETS "0, 32, 64, 96, 128, 160, 192, 224"

VEX_STORING(avx2, AVX2, "%%ymm", OFFSETS, "vmovapd", )
VEX_STORING(avx2_nt, AVX2, "%%ymm", OFFSETS, "vmovntpd", __asm__ volatile("sfence" ::: "memory"))
VEX_READ(avx2, AVX2, "%%ymm", "32", "256", 32,
    "vextractf128 $1, %%ymm0, %%xmm1\n"
    "vaddpd %%xmm1, %%xmm0, %%xmm0\n")

#endif
