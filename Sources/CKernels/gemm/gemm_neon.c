// gemm_neon.c: the tile of 8 rows by 3 vectors of C, 128-bit fused multiply-add by element.
// Per step of k: 3 vectors of B and 8 packed elements of A loaded, 24 fused multiply-adds: 96 flop in f64, 192 in f32.
// They occupy four 128-bit pipes for 6 cycles, two for 12; 112 B (f64) or 80 B (f32) are read for them. Needs ASIMD.
// Fewer rows are computed as eight and kept as many.

#include "gemm_code.h"

#if defined(__aarch64__)

#define SL_ELEMENT double
#define SL_PACK pack_f64
#include "gemm_pack.h"
#define SL_ELEMENT float
#define SL_PACK pack_f32
#include "gemm_pack.h"

// v8-15, v16-23 and v24-31 accumulate rows 0 to 7 of the first, second and third vector; v0-2 = B; v3-6 = A, where
// v3 is a factor of the result in the end.
#define FMA1(s, e, x, y, z) "fmla v" #x "." s ", v0." s ", v" e "\n"
#define FMA2(s, e, x, y, z) FMA1(s, e, x, y, z) "fmla v" #y "." s ", v1." s ", v" e "\n"
#define FMA3(s, e, x, y, z) FMA2(s, e, x, y, z) "fmla v" #z "." s ", v2." s ", v" e "\n"

#define EIGHT_f64(v)                                                                                          \
    FMA##v("2d", "3.d[0]", 8, 16, 24) FMA##v("2d", "3.d[1]", 9, 17, 25) FMA##v("2d", "4.d[0]", 10, 18, 26)   \
    FMA##v("2d", "4.d[1]", 11, 19, 27) FMA##v("2d", "5.d[0]", 12, 20, 28) FMA##v("2d", "5.d[1]", 13, 21, 29) \
    FMA##v("2d", "6.d[0]", 14, 22, 30) FMA##v("2d", "6.d[1]", 15, 23, 31)
#define EIGHT_f32(v)                                                                                          \
    FMA##v("4s", "3.s[0]", 8, 16, 24) FMA##v("4s", "3.s[1]", 9, 17, 25) FMA##v("4s", "3.s[2]", 10, 18, 26)   \
    FMA##v("4s", "3.s[3]", 11, 19, 27) FMA##v("4s", "4.s[0]", 12, 20, 28) FMA##v("4s", "4.s[1]", 13, 21, 29) \
    FMA##v("4s", "4.s[2]", 14, 22, 30) FMA##v("4s", "4.s[3]", 15, 23, 31)

#define LOAD_A_f64 "ldp q3, q4, [%[a]]\n" "ldp q5, q6, [%[a], #32]\n" "add %[a], %[a], #64\n"
#define LOAD_A_f32 "ldp q3, q4, [%[a]], #32\n"
#define LOAD_B1 "ldr q0, [%[b]]\n"
#define LOAD_B2 "ldp q0, q1, [%[b]]\n"
#define LOAD_B3 LOAD_B2 "ldr q2, [%[b], #32]\n"

#define EACH(what, s, v)                                                                                      \
    what(s, v, 8, 16, 24) what(s, v, 9, 17, 25) what(s, v, 10, 18, 26) what(s, v, 11, 19, 27)                 \
    what(s, v, 12, 20, 28) what(s, v, 13, 21, 29) what(s, v, 14, 22, 30) what(s, v, 15, 23, 31)

#define CLEAR1(x, y, z) "movi v" #x ".2d, #0\n"
#define CLEAR2(x, y, z) CLEAR1(x, y, z) "movi v" #y ".2d, #0\n"
#define CLEAR3(x, y, z) CLEAR2(x, y, z) "movi v" #z ".2d, #0\n"
#define CLEAR(s, v, x, y, z) CLEAR##v(x, y, z)

#define SCALE1(s, x, y, z) "fmul v" #x "." s ", v" #x "." s ", v3." s "\n"
#define SCALE2(s, x, y, z) SCALE1(s, x, y, z) SCALE1(s, y, y, z)
#define SCALE3(s, x, y, z) SCALE2(s, x, y, z) SCALE1(s, z, y, z)
#define SCALE(s, v, x, y, z) SCALE##v(s, x, y, z)

#define ADD1(s, x, y, z) LOAD_C1 "fmla v" #x "." s ", v0." s ", v3." s "\n"
#define ADD2(s, x, y, z) ADD1(s, x, y, z) "fmla v" #y "." s ", v1." s ", v3." s "\n"
#define ADD3(s, x, y, z) ADD2(s, x, y, z) "fmla v" #z "." s ", v2." s ", v3." s "\n"
#define LOAD_C1 "ldr q0, [%[c]]\n"
#define LOAD_C2 "ldr q1, [%[c], #16]\n"
#define LOAD_C3 LOAD_C2 "ldr q2, [%[c], #32]\n"

#define SET1(x, y, z) "str q" #x ", [%[c]]\n"
#define SET2(x, y, z) SET1(x, y, z) "str q" #y ", [%[c], #16]\n"
#define SET3(x, y, z) SET2(x, y, z) "str q" #z ", [%[c], #32]\n"
#define OVERWRITE(s, v, x, y, z) SET##v(x, y, z) "add %[c], %[c], %[c_row]\n"
#define UPDATE1(s, x, y, z) ADD1(s, x, y, z)
#define UPDATE2(s, x, y, z) LOAD_C2 ADD2(s, x, y, z)
#define UPDATE3(s, x, y, z) LOAD_C3 ADD3(s, x, y, z)
#define UPDATE(s, v, x, y, z) UPDATE##v(s, x, y, z) OVERWRITE(s, v, x, y, z)

#define TILE(dtype, s, v)                                                                                     \
    static void sl_gemm_##dtype##_neon_8x##v(const sl_gemm_tile *t) {                                         \
        int64_t left = t->k;                                                                                  \
        const char *a = t->a, *b = t->b;                                                                      \
        char *c = t->c;                                                                                       \
        __asm__ volatile(                                                                                     \
            EACH(CLEAR, s, v)                                                                                 \
            "cbz %[left], 2f\n"                                                                               \
            ".p2align 6\n"                                                                                    \
            "1:\n"                                                                                            \
            LOAD_A_##dtype                                                                                    \
            LOAD_B##v                                                                                         \
            "add %[b], %[b], %[b_step]\n"                                                                     \
            EIGHT_##dtype(v)                                                                                  \
            "subs %[left], %[left], #1\n"                                                                     \
            "b.ne 1b\n"                                                                                       \
            "2:\n"                                                                                            \
            "cbz %[scales], 3f\n"                                                                             \
            "ld1r {v3." s "}, [%[alpha]]\n"                                                                   \
            EACH(SCALE, s, v)                                                                                 \
            "3:\n"                                                                                            \
            "cbnz %[reads_c], 4f\n"                                                                           \
            EACH(OVERWRITE, s, v)                                                                             \
            "b 5f\n"                                                                                          \
            "4:\n"                                                                                            \
            "ld1r {v3." s "}, [%[beta]]\n"                                                                    \
            EACH(UPDATE, s, v)                                                                                \
            "5:\n"                                                                                            \
            : [left] "+r"(left), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c)                                        \
            : [b_step] "r"(t->b_step), [c_row] "r"(t->c_row), [alpha] "r"(&t->alpha), [beta] "r"(&t->beta),   \
              [scales] "r"(t->scales), [reads_c] "r"(t->reads_c)                                              \
            : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v8", "v9", "v10", "v11", "v12",      \
              "v13", "v14", "v15", "v16", "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25",      \
              "v26", "v27", "v28", "v29", "v30", "v31");                                                      \
    }

#define NEON_CODE(dtype, s, panel_columns)                                                                    \
    TILE(dtype, s, 1) TILE(dtype, s, 2) TILE(dtype, s, 3)                                                     \
    static void pack_a_##dtype(const sl_gemm_pack *pack) {                                                    \
        pack_##dtype(pack, 8);                                                                                \
    }                                                                                                         \
    static void pack_b_##dtype(const sl_gemm_pack *pack) {                                                    \
        pack_##dtype(pack, panel_columns);                                                                    \
    }                                                                                                         \
    const struct sl_gemm_code sl_gemm_neon_##dtype = {                                                        \
        .tiles = { [7] = { sl_gemm_##dtype##_neon_8x1, sl_gemm_##dtype##_neon_8x2, sl_gemm_##dtype##_neon_8x3 } }, \
        .pack_a = pack_a_##dtype,                                                                             \
        .pack_b = pack_b_##dtype,                                                                             \
        .needs_l1 = 1,                                                                                        \
    };

NEON_CODE(f64, "2d", 6)
NEON_CODE(f32, "4s", 12)

#endif
