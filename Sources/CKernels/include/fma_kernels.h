// fma_kernels.h: the table of the multiply-add kernels and what one row of it promises.
// A table instead of ifunc: the caller chooses the variant and writes down which one it was.

#ifndef SUANLI_FMA_KERNELS_H
#define SUANLI_FMA_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Advances every lane of `state` by `iterations` turns of the recurrence; 0 turns leave it as it was.
///
/// `state` holds accumulators * lanes elements, 64-byte aligned, accumulator by accumulator. `constants` holds four
/// elements. Neither is touched inside the loop: registers hold everything.
typedef void (*sl_fma_function)(uint64_t iterations, void *state, const void *constants);

/// One kernel: a recurrence in one element type for one instruction set.
///
/// Unfused rows advance each lane x by x = x*m1 + c1; x = x*m2 + c2, rounding after each operation; constants are
/// m1, c1, m2, c2. Fused rows advance pairs, x from accumulator 2j and y from accumulator 2j+1 of the same lane, by
/// x = x + a*v; x = x - a*y; y = y - b*w; y = y + b*x, rounding once per line; constants are a, b, v, w.
/// docs/kernels.md says why there are two.
typedef struct {
    /// "fma".
    const char *kernel;
    /// "f64" or "f32".
    const char *dtype;
    /// "scalar", "sse2", "avx2", "avx512" or "neon".
    const char *variant;
    /// "x86_64", "arm64", or "any" for portable C.
    const char *architecture;
    /// Features in the spelling of /proc/cpuinfo, separated by one space; empty for none.
    const char *required_features;
    /// Elements per register.
    int lanes;
    /// Registers advanced per iteration.
    int accumulators;
    /// accumulators * lanes * 4: two multiplications and two additions per lane.
    int flop_per_iteration;
    /// 1 when a multiplication and its addition round once, 0 when each rounds.
    int fused;
    /// Bytes loaded and stored per iteration; 0, since the state stays in registers.
    int bytes_per_iteration;
    /// The four constants of the recurrence, in the row's element type; static.
    const void *constants;
    /// NULL when the row belongs to another architecture than this build.
    sl_fma_function run;
} sl_fma_kernel;

/// All rows, those of other architectures included, narrowest first; static.
const sl_fma_kernel *sl_fma_kernels(size_t *count);

#endif
