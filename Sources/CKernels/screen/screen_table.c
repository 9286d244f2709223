// screen_table.c: every screening kernel, those of other architectures with run == NULL, so that all can be listed.

#include "../architectures.h"
#include "gemm_kernels.h"
#include "screen_kernels.h"
#include "screen_variants.h"

static const sl_screen_kernel kernels[] = {
    // kernel        variant       architecture features                    words                turns
    { "multiply",   "scalar",     "any",    "",                         SL_PAIR_WORDS,       1 << 16,
      sl_screen_multiply_scalar, sl_reference_multiply },
    { "divide",     "scalar",     "any",    "",                         SL_PAIR_WORDS,       1 << 12,
      sl_screen_divide_scalar, sl_reference_divide },
    { "count",      "bmi1",       "x86_64", "popcnt abm bmi1",          SL_PAIR_WORDS,       1 << 15,
      ON_X86_64(sl_screen_count_bmi1), sl_reference_count },
    { "count",      "neon",       "arm64",  "asimd",                    SL_PAIR_WORDS,       1 << 15,
      ON_ARM64(sl_screen_count_neon), sl_reference_count },
    { "deposit",    "bmi2",       "x86_64", "bmi2",                     SL_PAIR_WORDS,       1 << 14,
      ON_X86_64(sl_screen_deposit_bmi2), sl_reference_deposit },
    { "crc",        "sse4_2",     "x86_64", "sse4_2",                   SL_PAIR_WORDS,       1 << 15,
      ON_X86_64(sl_screen_crc_sse42), sl_reference_crc },
    { "crc",        "crc32",      "arm64",  "crc32",                    SL_PAIR_WORDS,       1 << 15,
      ON_ARM64(sl_screen_crc_crc32), sl_reference_crc },
    { "clmul",      "pclmulqdq",  "x86_64", "pclmulqdq",                SL_PAIR_WORDS,       1 << 14,
      ON_X86_64(sl_screen_clmul_pclmulqdq), sl_reference_clmul },
    { "clmul",      "vpclmulqdq", "x86_64", "vpclmulqdq avx512f",       SL_PAIR_WORDS,       1 << 14,
      ON_X86_64(sl_screen_clmul_vpclmulqdq), sl_reference_clmul },
    { "clmul",      "pmull",      "arm64",  "pmull",                    SL_PAIR_WORDS,       1 << 14,
      ON_ARM64(sl_screen_clmul_pmull), sl_reference_clmul },
    { "aes",        "aes-ni",     "x86_64", "aes",                      SL_AES_WORDS,        1 << 11,
      ON_X86_64(sl_screen_aes_ni), sl_reference_aes },
    { "aes",        "vaes512",    "x86_64", "vaes avx512f",             SL_AES_WORDS,        1 << 11,
      ON_X86_64(sl_screen_aes_vaes512), sl_reference_aes },
    { "aes",        "armv8",      "arm64",  "aes",                      SL_AES_WORDS,        1 << 11,
      ON_ARM64(sl_screen_aes_armv8), sl_reference_aes },
    { "vector",     "sse4_1",     "x86_64", "sse4_1 ssse3",             SL_VECTOR_WORDS,     1 << 13,
      ON_X86_64(sl_screen_vector_sse41), sl_reference_vector },
    { "vector",     "avx2",       "x86_64", "avx2",                     SL_VECTOR_WORDS,     1 << 13,
      ON_X86_64(sl_screen_vector_avx2), sl_reference_vector },
    { "vector",     "avx512",     "x86_64", "avx512f avx512bw",         SL_VECTOR_WORDS,     1 << 13,
      ON_X86_64(sl_screen_vector_avx512), sl_reference_vector },
    { "vector",     "neon",       "arm64",  "asimd",                    SL_VECTOR_WORDS,     1 << 13,
      ON_ARM64(sl_screen_vector_neon), sl_reference_vector },
    { "permute256", "avx2",       "x86_64", "avx2",                     SL_PERMUTE256_WORDS, 1 << 14,
      ON_X86_64(sl_screen_permute_avx2), sl_reference_permute256 },
    { "permute512", "avx512",     "x86_64", "avx512f avx512bw avx512cd", SL_PERMUTE512_WORDS, 1 << 13,
      ON_X86_64(sl_screen_permute_avx512), sl_reference_permute512 },
    { "copy",       "rep-movsb",  "x86_64", "",                         SL_COPY_WORDS,       1 << 7,
      ON_X86_64(sl_screen_copy_movsb), sl_reference_copy },
    { "copy",       "sse2-nt",    "x86_64", "sse2",                     SL_COPY_WORDS,       1 << 7,
      ON_X86_64(sl_screen_copy_sse2), sl_reference_copy },
    { "copy",       "avx",        "x86_64", "avx",                      SL_COPY_WORDS,       1 << 7,
      ON_X86_64(sl_screen_copy_avx), sl_reference_copy },
    { "copy",       "avx512",     "x86_64", "avx512f",                  SL_COPY_WORDS,       1 << 7,
      ON_X86_64(sl_screen_copy_avx512), sl_reference_copy },
    { "copy",       "neon",       "arm64",  "asimd",                    SL_COPY_WORDS,       1 << 7,
      ON_ARM64(sl_screen_copy_neon), sl_reference_copy },
};

const sl_screen_kernel *sl_screen_kernels(size_t *count) {
    *count = sizeof kernels / sizeof kernels[0];
    return kernels;
}

void sl_screen_guarded_call(void *call) {
    const sl_screen_call *c = call;
    c->function(c->turns, c->state, c->keys);
}

void sl_screen_guarded_product(void *product) {
    const sl_screen_product *p = product;
    sl_gemm_run(p->plan, 0, 1, p->a, p->b, 0, p->c, p->workspace);
}
