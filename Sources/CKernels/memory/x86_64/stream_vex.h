// stream_vex.h: the loops over arrays in the three-operand instructions that AVX2 and AVX-512 share, by register name,
// vector size and list of offsets.

#ifndef SUANLI_STREAM_VEX_H
#define SUANLI_STREAM_VEX_H

#include "../stream_loop.h"
#include "../stream_variants.h"

// One register takes each vector in turn: renaming makes the turns independent. Load, compute, store, load, compute,
// store fills a core better than all loads before all stores: 98 against 80 % of what the first cache of Zen 4 can do.
#define VEX_LOOP(name, attributes, r, offsets, body)                                                    \
    attributes static inline void name(                                                                 \
        uint64_t turns, double *a, const double *b, const double *c, double s) {                        \
        __asm__ volatile(                                                                               \
            "vbroadcastsd %[s], " r "1\n"                                                               \
            ".p2align 6\n"                                                                              \
            "1:\n"                                                                                      \
            ".irp o, " offsets "\n" body ".endr\n"                                                      \
            "addq $256, %[a]\n"                                                                         \
            "addq $256, %[b]\n"                                                                         \
            "addq $256, %[c]\n"                                                                         \
            "decq %[turns]\n"                                                                           \
            "jnz 1b\n"                                                                                  \
            "vzeroupper\n"                                                                              \
            : [turns] "+r"(turns), [a] "+r"(a), [b] "+r"(b), [c] "+r"(c)                                \
            : [s] "m"(s)                                                                                \
            : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",   \
              "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");                            \
    }

#define VEX_STORING(suffix, attributes, r, offsets, store, fence)                                       \
    VEX_LOOP(copy_##suffix, attributes, r, offsets,                                                     \
        "vmovapd \\o(%[b]), " r "0\n" store " " r "0, \\o(%[a])\n")                                     \
    VEX_LOOP(scale_##suffix, attributes, r, offsets,                                                    \
        "vmulpd \\o(%[b]), " r "1, " r "0\n" store " " r "0, \\o(%[a])\n")                              \
    VEX_LOOP(add_##suffix, attributes, r, offsets,                                                      \
        "vmovapd \\o(%[b]), " r "0\n"                                                                   \
        "vaddpd \\o(%[c]), " r "0, " r "0\n" store " " r "0, \\o(%[a])\n")                              \
    VEX_LOOP(triad_##suffix, attributes, r, offsets,                                                    \
        "vmovapd \\o(%[b]), " r "0\n"                                                                   \
        "vfmadd231pd \\o(%[c]), " r "1, " r "0\n" store " " r "0, \\o(%[a])\n")                         \
    VEX_LOOP(write_##suffix, attributes, r, offsets, store " " r "1, \\o(%[a])\n")                      \
    SL_STREAM_MOVE(sl_stream_copy_f64_##suffix, attributes, copy_##suffix, 1, fence)                    \
    SL_STREAM_MOVE(sl_stream_scale_f64_##suffix, attributes, scale_##suffix, task->s, fence)            \
    SL_STREAM_ACCUMULATE(sl_stream_add_f64_##suffix, attributes, add_##suffix, 1, fence)                \
    SL_STREAM_ACCUMULATE(sl_stream_triad_f64_##suffix, attributes, triad_##suffix, task->s, fence)      \
    SL_STREAM_WRITE(sl_stream_write_f64_##suffix, attributes, write_##suffix, fence)

// Eight sums: two additions a cycle at a latency of four. `turn_bytes` is eight vectors; `fold` adds the register's
// halves until its first 128 bits hold the sums of all lanes.
#define VEX_READ(suffix, attributes, r, vector_bytes, turn_bytes, turn, fold)                                 \
    attributes static inline double read_##suffix(uint64_t passes, uint64_t turns, const double *a) {   \
        double sum;                                                                                     \
        uint64_t left;                                                                                  \
        const double *place;                                                                            \
        __asm__ volatile(                                                                               \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7\n"                                                          \
            "vxorpd %%xmm\\i, %%xmm\\i, %%xmm\\i\n"                                                     \
            ".endr\n"                                                                                   \
            "2:\n"                                                                                      \
            "movq %[a], %[place]\n"                                                                     \
            "movq %[turns], %[left]\n"                                                                  \
            ".p2align 6\n"                                                                              \
            "1:\n"                                                                                      \
            ".irp i, 0, 1, 2, 3, 4, 5, 6, 7\n"                                                          \
            "vaddpd \\i*" vector_bytes "(%[place]), " r "\\i, " r "\\i\n"                               \
            ".endr\n"                                                                                   \
            "addq $" turn_bytes ", %[place]\n"                                                          \
            "decq %[left]\n"                                                                            \
            "jnz 1b\n"                                                                                  \
            "decq %[passes]\n"                                                                          \
            "jnz 2b\n"                                                                                  \
            ".irp i, 1, 2, 3, 4, 5, 6, 7\n"                                                             \
            "vaddpd " r "\\i, " r "0, " r "0\n"                                                         \
            ".endr\n"                                                                                   \
            fold                                                                                        \
            "vunpckhpd %%xmm0, %%xmm0, %%xmm1\n"                                                        \
            "vaddsd %%xmm1, %%xmm0, %%xmm0\n"                                                           \
            "vmovsd %%xmm0, %[sum]\n"                                                                   \
            "vzeroupper\n"                                                                              \
            : [passes] "+r"(passes), [left] "=&r"(left), [place] "=&r"(place), [sum] "=m"(sum)          \
            : [turns] "r"(turns), [a] "r"(a)                                                            \
            : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8",   \
              "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");                            \
        return sum;                                                                                     \
    }                                                                                                   \
    SL_STREAM_READ(sl_stream_read_f64_##suffix, attributes, read_##suffix, turn)

#endif
