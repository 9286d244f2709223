// stream_table.c: every loop over arrays, those of other architectures with run == NULL, so that all can be listed.

#include "../architectures.h"
#include "stream_kernels.h"
#include "stream_loop.h"
#include "stream_variants.h"

#define ROW(name, variant, architecture, features, lanes, turn, arrays, loaded, stored, flop, allocated, nt, run)   \
    { "stream-" name, "f64", variant, architecture, features, lanes, turn, arrays, loaded, stored, flop, allocated, \
      nt, run }

// Of a kernel that stores: regular stores first, narrower ones first. `fma` is what its fused form needs besides.
#define STORING(name, id, fma, arrays, loaded, flop)                                                                \
    ROW(name, "scalar", "any", "", 1, 1, arrays, loaded, 8, flop, 8, 0, sl_stream_##id##_f64_scalar),               \
    ROW(name, "sse2", "x86_64", "sse2", 2, SL_STREAM_TURN, arrays, loaded, 8, flop, 8, 0,                           \
        ON_X86_64(sl_stream_##id##_f64_sse2)),                                                                      \
    ROW(name, "avx2", "x86_64", "avx2" fma, 4, SL_STREAM_TURN, arrays, loaded, 8, flop, 8, 0,                       \
        ON_X86_64(sl_stream_##id##_f64_avx2)),                                                                      \
    ROW(name, "avx512", "x86_64", "avx512f", 8, SL_STREAM_TURN, arrays, loaded, 8, flop, 8, 0,                      \
        ON_X86_64(sl_stream_##id##_f64_avx512)),                                                                    \
    ROW(name, "neon", "arm64", "asimd", 2, SL_STREAM_TURN, arrays, loaded, 8, flop, 8, 0,                           \
        ON_ARM64(sl_stream_##id##_f64_neon)),                                                                       \
    ROW(name, "sse2-nt", "x86_64", "sse2", 2, SL_STREAM_TURN, arrays, loaded, 8, flop, 0, 1,                        \
        ON_X86_64(sl_stream_##id##_f64_sse2_nt)),                                                                   \
    ROW(name, "avx2-nt", "x86_64", "avx2" fma, 4, SL_STREAM_TURN, arrays, loaded, 8, flop, 0, 1,                    \
        ON_X86_64(sl_stream_##id##_f64_avx2_nt)),                                                                   \
    ROW(name, "avx512-nt", "x86_64", "avx512f", 8, SL_STREAM_TURN, arrays, loaded, 8, flop, 0, 1,                   \
        ON_X86_64(sl_stream_##id##_f64_avx512_nt)),                                                                 \
    ROW(name, "neon-nt", "arm64", "asimd", 2, SL_STREAM_TURN, arrays, loaded, 8, flop, 0, 1,                        \
        ON_ARM64(sl_stream_##id##_f64_neon_nt))

#define READING(variant, architecture, features, lanes, turn, run)                                                  \
    ROW("read", variant, architecture, features, lanes, turn, 1, 8, 0, 1, 0, 0, run)

static const sl_stream_kernel kernels[] = {
    //                            arrays loaded flop
    STORING("copy", copy, "",          3, 8, 0),
    STORING("scale", scale, "",        3, 8, 1),
    STORING("add", add, "",            3, 16, 1),
    STORING("triad", triad, " fma",    3, 16, 2),
    READING("scalar", "any", "", 1, 1, sl_stream_read_f64_scalar),
    READING("sse2", "x86_64", "sse2", 2, SL_STREAM_TURN, ON_X86_64(sl_stream_read_f64_sse2)),
    READING("avx2", "x86_64", "avx2", 4, SL_STREAM_TURN, ON_X86_64(sl_stream_read_f64_avx2)),
    READING("avx512", "x86_64", "avx512f", 8, 2 * SL_STREAM_TURN, ON_X86_64(sl_stream_read_f64_avx512)),
    READING("neon", "arm64", "asimd", 2, SL_STREAM_TURN, ON_ARM64(sl_stream_read_f64_neon)),
    STORING("write", write, "",        1, 0, 0),
};

const sl_stream_kernel *sl_stream_kernels(size_t *count) {
    *count = sizeof kernels / sizeof kernels[0];
    return kernels;
}
