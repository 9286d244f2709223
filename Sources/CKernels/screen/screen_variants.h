// screen_variants.h: the functions behind the table of screening kernels, by the file that defines them.

#ifndef SUANLI_SCREEN_VARIANTS_H
#define SUANLI_SCREEN_VARIANTS_H

#include <stdint.h>

#define SL_SCREEN(name) void name(uint64_t turns, uint64_t *state, const uint64_t *keys)

// Words of state: four pairs; 32 blocks of 128 bits; eight registers of 512 or 256 bits; two buffers of 64 KiB.
enum {
    SL_PAIR_WORDS = 8,
    SL_AES_WORDS = 64,
    SL_VECTOR_WORDS = 64,
    SL_PERMUTE256_WORDS = 32,
    SL_PERMUTE512_WORDS = 64,
    SL_COPY_HALF_WORDS = 8192,
    SL_COPY_WORDS = 2 * SL_COPY_HALF_WORDS,
    /// By how many words a turn of the copy rotates: odd, so that most copies begin off a vector's boundary.
    SL_COPY_STEP = 5,
};

SL_SCREEN(sl_reference_multiply);
SL_SCREEN(sl_reference_divide);
SL_SCREEN(sl_reference_count);
SL_SCREEN(sl_reference_deposit);
SL_SCREEN(sl_reference_crc);
SL_SCREEN(sl_reference_clmul);
SL_SCREEN(sl_reference_aes);
SL_SCREEN(sl_reference_vector);
SL_SCREEN(sl_reference_permute256);
SL_SCREEN(sl_reference_permute512);
SL_SCREEN(sl_reference_copy);

SL_SCREEN(sl_screen_multiply_scalar);
SL_SCREEN(sl_screen_divide_scalar);

#if defined(__x86_64__)
SL_SCREEN(sl_screen_count_bmi1);
SL_SCREEN(sl_screen_deposit_bmi2);
SL_SCREEN(sl_screen_crc_sse42);
SL_SCREEN(sl_screen_clmul_pclmulqdq);
SL_SCREEN(sl_screen_clmul_vpclmulqdq);
SL_SCREEN(sl_screen_aes_ni);
SL_SCREEN(sl_screen_aes_vaes512);
SL_SCREEN(sl_screen_vector_sse41);
SL_SCREEN(sl_screen_vector_avx2);
SL_SCREEN(sl_screen_vector_avx512);
SL_SCREEN(sl_screen_permute_avx2);
SL_SCREEN(sl_screen_permute_avx512);
SL_SCREEN(sl_screen_copy_movsb);
SL_SCREEN(sl_screen_copy_sse2);
SL_SCREEN(sl_screen_copy_avx);
SL_SCREEN(sl_screen_copy_avx512);
#endif

#if defined(__aarch64__)
SL_SCREEN(sl_screen_count_neon);
SL_SCREEN(sl_screen_crc_crc32);
SL_SCREEN(sl_screen_clmul_pmull);
SL_SCREEN(sl_screen_aes_armv8);
SL_SCREEN(sl_screen_vector_neon);
SL_SCREEN(sl_screen_copy_neon);
#endif

#undef SL_SCREEN

#endif
