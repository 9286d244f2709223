// stream_sse2.c: the loops over arrays with 128-bit registers; regular stores, and non-temporal ones (movntpd).
// Per turn: 32 elements of each array, 16 vectors. Needs SSE2. Arrays 64-byte aligned. Multiplication and addition
// round separately; results are exact for the numbers that are measured with.
// One register takes each vector in turn: renaming makes the turns independent.

#include "../stream_loop.h"
#include "../stream_variants.h"

#if defined(__x86_64__)

#define EACH_VECTOR(text)                                                                            \
    ".irp o, 0, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240\n" text ".endr\n"

#define SSE2_LOOP(name, body)                                                                        \
    static inline void name(uint64_t turns, double *a, const double *b, const double *c, double s) { \
        __asm__ volatile(                                                                            \
            "movapd %[s], %%xmm1\n"                                                                  \
            "unpcklpd %%xmm1, %%xmm1\n"                                                              \
            ".p2align 6\n"                                                                           \
            "1:\n"                                                                                   \
            EACH_VECTOR(body)                                                                        \
            "addq $256, %[a]\n"                                                                      \
            "addq $256, %[b]\n"                                                                      \
            "addq $256, %[c]\n"                                                                      \
            "decq %[turns]\n"                                                                        \
            "jnz 1b\n"                                                                               \
            : [turns] "+r"(turns), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c)                             \
            : [s] "x"(s)                                                                             \
            : "cc", "memory", "xmm0", "xmm1");                                                       \
    }

#define SSE2_STORING(suffix, store, fence)                                                           \
    SSE2_LOOP(copy_##suffix, "movapd \\o(%[b]), %%xmm0\n" store " %%xmm0, \\o(%[a])\n")              \
    SSE2_LOOP(scale_##suffix,                                                                        \
        "movapd \\o(%[b]), %%xmm0\n"                                                                 \
        "mulpd %%xmm1, %%xmm0\n" store " %%xmm0, \\o(%[a])\n")                                       \
    SSE2_LOOP(add_##suffix,                                                                          \
        "movapd \\o(%[b]), %%xmm0\n"                                                                 \
        "addpd \\o(%[c]), %%xmm0\n" store " %%xmm0, \\o(%[a])\n")                                    \
    SSE2_LOOP(triad_##suffix,                                                                        \
        "movapd \\o(%[c]), %%xmm0\n"                                                                 \
        "mulpd %%xmm1, %%xmm0\n"                                                                     \
        "addpd \\o(%[b]), %%xmm0\n" store " %%xmm0, \\o(%[a])\n")                                    \
    SSE2_LOOP(write_##suffix, store " %%xmm1, \\o(%[a])\n")                                          \
    SL_STREAM_MOVE(sl_stream_copy_f64_##suffix, , copy_##suffix, 1, fence)                           \
    SL_STREAM_MOVE(sl_stream_scale_f64_##suffix, , scale_##suffix, task->s, fence)                   \
    SL_STREAM_ACCUMULATE(sl_stream_add_f64_##suffix, , add_##suffix, 1, fence)                       \
    SL_STREAM_ACCUMULATE(sl_stream_triad_f64_##suffix, , triad_##suffix, task->s, fence)             \
    SL_STREAM_WRITE(sl_stream_write_f64_##suffix, , write_##suffix, fence)

SSE2_STORING(sse2, "movapd", )
SSE2_STORING(sse2_nt, "movntpd", __asm__ volatile("sfence" ::: "memory"))

// Eight sums: two additions a cycle at a latency of four.
static inline double read_sse2(uint64_t passes, uint64_t turns, const double *a) {
    double sum;
    uint64_t left;
    const double *place;
    __asm__ volatile(
        ".irp i, 0, 1, 2, 3, 4, 5, 6, 7\n"
        "xorpd %%xmm\\i, %%xmm\\i\n"
        ".endr\n"
        "2:\n"
        "movq %[a], %[place]\n"
        "movq %[turns], %[left]\n"
        ".p2align 6\n"
        "1:\n"
        ".irp i, 0, 1, 2, 3, 4, 5, 6, 7\n"
        "addpd \\i*16(%[place]), %%xmm\\i\n"
        ".endr\n"
        ".irp i, 0, 1, 2, 3, 4, 5, 6, 7\n"
        "addpd 128+\\i*16(%[place]), %%xmm\\i\n"
        ".endr\n"
        "addq $256, %[place]\n"
        "decq %[left]\n"
        "jnz 1b\n"
        "decq %[passes]\n"
        "jnz 2b\n"
        ".irp i, 1, 2, 3, 4, 5, 6, 7\n"
        "addpd %%xmm\\i, %%xmm0\n"
        ".endr\n"
        "movapd %%xmm0, %%xmm1\n"
        "unpckhpd %%xmm1, %%xmm1\n"
        "addsd %%xmm1, %%xmm0\n"
        "movsd %%xmm0, %[sum]\n"
        : [passes] "+r"(passes), [left] "=&r"(left), [place] "=&r"(place), [sum] "=m"(sum)
        : [turns] "r"(turns), [a] "r"(a)
        : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7");
    return sum;
}

SL_STREAM_READ(sl_stream_read_f64_sse2, , read_sse2, SL_STREAM_TURN)

#endif
