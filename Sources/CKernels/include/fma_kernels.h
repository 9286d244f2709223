// fma_kernels.h: the table of the multiply-add kernels and what one row of it promises.
// A table instead of ifunc: the caller chooses the variant and writes down which one it was.

#ifndef SUANLI_FMA_KERNELS_H
#define SUANLI_FMA_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Advances every lane of `state` by `iterations` turns of the recurrence; 0 turns leave it as it was.
///
/// `state` holds accumulators * lanes elements of the accumulator type, 64-byte aligned, accumulator by accumulator.
/// `constants` is the row's. Neither is touched inside the loop: registers hold everything.
typedef void (*sl_fma_function)(uint64_t iterations, void *state, const void *constants);

/// The same by portable scalar arithmetic, on every architecture; see fma_replay.h.
typedef void (*sl_fma_replay)(
    uint64_t iterations, int lanes, int accumulators, void *state, const void *constants);

/// What one iteration does to the state; docs/kernels.md says why an error stays in it for good.
typedef enum {
    /// Each lane x: x = x*m1 + c1; x = x*m2 + c2, rounding after each operation.
    /// Four constants m1, c1, m2, c2 of the element type.
    SL_FMA_UNFUSED,
    /// Pairs, x from accumulator 2j and y from accumulator 2j+1 of the same lane:
    /// x = x + a*v; x = x - a*y; y = y - b*w; y = y + b*x, rounding once per line.
    /// Four constants a, b, v, w of the element type; accumulators even.
    SL_FMA_FUSED,
    /// Pairs as above with fused multiply-adds and separate additions in turn:
    /// x = x - a*y; y = y - c; y = y + a*x; x = x + c, rounding once per line.
    /// Two constants a, c of the element type; accumulators even.
    SL_FMA_MIX,
    /// Each accumulator C: C = C + L0 . R0; C = C + L1 . R1, where . is what the instruction makes of two registers:
    /// a short dot product per lane, or a small matrix product. Exact: modulo 2^32 in i32, by the choice of operands
    /// in f32 for integers within [2^23, 2^24). Constants are the registers L0, R0, L1, R1, one after the other, each
    /// as it is loaded; fma_replay.h gives the layout within a register.
    SL_FMA_DOT,
} sl_fma_recurrence;

/// One kernel: a recurrence in one element type for one instruction set.
typedef struct {
    /// "fma".
    const char *kernel;
    /// Type that is multiplied: "f64", "f32", "f16", "bf16" or "i8".
    const char *dtype;
    /// Type that is added to, and of the state's elements: "f64", "f32", "f16" or "i32".
    const char *accumulator;
    /// Name of the instruction set, such as "avx2" or "neon-i8mm"; unique within a dtype.
    const char *variant;
    /// "x86_64", "arm64", or "any" for portable code.
    const char *architecture;
    /// Features in the spelling of /proc/cpuinfo, separated by one space; empty for none.
    const char *required_features;
    sl_fma_recurrence recurrence;
    /// Accumulator elements per register; 0 where the processor decides, and `runtime_lanes` tells.
    int lanes;
    /// NULL unless `lanes` is 0 and the row is of this build's architecture. Callable on every processor; 0 where it
    /// lacks the features.
    int (*runtime_lanes)(void);
    /// Registers (for AMX tiles) advanced per iteration.
    int accumulators;
    /// Operations per iteration and lane, over all accumulators: multiplications and additions count as one each,
    /// fused or not.
    int flop_per_lane;
    /// Bytes loaded and stored per iteration; 0, since the state stays in registers.
    int bytes_per_iteration;
    /// The constants of the recurrence; static, 64-byte aligned.
    const void *constants;
    sl_fma_replay replay;
    /// NULL when the row belongs to another architecture than this build.
    sl_fma_function run;
} sl_fma_kernel;

/// Accumulator elements per register on this machine; 0 where that cannot be known here.
static inline int sl_fma_lanes(const sl_fma_kernel *row) {
    if (row->lanes != 0 || row->runtime_lanes == NULL) {
        return row->lanes;
    }
    return row->runtime_lanes();
}

/// All rows, those of other architectures included; of one dtype the better ones come later. Static.
const sl_fma_kernel *sl_fma_kernels(size_t *count);

/// One call of a kernel, for `sl_fma_first_call`.
typedef struct {
    sl_fma_function function;
    uint64_t iterations;
    void *state;
    const void *constants;
} sl_fma_call;

/// Makes the call that `call`, an sl_fma_call, describes. For first calls under a signal guard: an instruction that
/// the processor refuses then unwinds nothing but C.
void sl_fma_first_call(void *call);

/// Asks the kernel for leave to use AMX tiles, for this process and its threads to come; once is enough.
///
/// Returns 0, or the errno of arch_prctl(ARCH_REQ_XCOMP_PERM); ENOSYS on other architectures.
int sl_amx_request(void);

#endif
