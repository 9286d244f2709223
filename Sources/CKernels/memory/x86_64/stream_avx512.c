// stream_avx512.c: the loops over arrays with 512-bit registers; regular stores, and non-temporal ones (vmovntpd).
// Per turn: 32 elements of each array, 4 vectors; for the sum 64 elements, 8 vectors. Needs AVX512F. Arrays 64-byte
// aligned.

#include "stream_vex.h"

#if defined(__x86_64__)

#define AVX512 __attribute__((target("avx512f")))
#define OFFSETS "0, 64, 128, 192"

VEX_STORING(avx512, AVX512, "%%zmm", OFFSETS, "vmovapd", )
VEX_STORING(avx512_nt, AVX512, "%%zmm", OFFSETS, "vmovntpd", __asm__ volatile("sfence" ::: "memory"))
VEX_READ(avx512, AVX512, "%%zmm", "64", "512", 64,
    "vextractf64x4 $1, %%zmm0, %%ymm1\n"
    "vaddpd %%ymm1, %%ymm0, %%ymm0\n"
    "vextractf128 $1, %%ymm0, %%xmm1\n"
    "vaddpd %%xmm1, %%xmm0, %%xmm0\n")

#endif
