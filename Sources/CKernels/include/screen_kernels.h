// screen_kernels.h: the table of integer, bit, cipher, shuffle and copy loops that screen a core for wrong results, and
// the digest that their end states are compared by.

#ifndef SUANLI_SCREEN_KERNELS_H
#define SUANLI_SCREEN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Words of constants that each kernel is given: any numbers.
#define SL_SCREEN_KEYS 8

/// Advances `state` by `turns`; 0 turns leave it as it was, and a + b turns are a turns and then b.
///
/// `state` is 64-byte aligned. A turn is a sequence of steps, each of which adds to, or XORs into, one word (or
/// register) of the state what an instruction makes of others, or permutes its bits. Every step can be undone, so that
/// a turn maps different states to different ones: a wrong result, once in the state, stays in it (docs/screening.md).
typedef void (*sl_screen_function)(uint64_t turns, uint64_t *state, const uint64_t *keys);

typedef struct {
    /// What the instructions do: "multiply", "divide", "count", "deposit", "crc", "clmul", "aes", "vector",
    /// "permute256", "permute512" or "copy". Rows of one kernel leave the same state from the same start, on every
    /// architecture.
    const char *kernel;
    /// The instruction set, such as "scalar", "bmi2" or "avx512"; unique within a kernel.
    const char *variant;
    /// "x86_64", "arm64", or "any" for portable C.
    const char *architecture;
    /// Features in the spelling of /proc/cpuinfo, separated by one space; empty for none.
    const char *required_features;
    /// 64-bit words of state.
    int state_words;
    /// A number of turns that takes a fraction of a millisecond, and its reference some ten.
    int turns;
    /// NULL when the row belongs to another architecture than this build.
    sl_screen_function run;
    /// The same in portable C without the instructions in question: bit by bit, or by tables.
    sl_screen_function reference;
} sl_screen_kernel;

/// All rows, those of other architectures included; static.
const sl_screen_kernel *sl_screen_kernels(size_t *count);

/// One call of a kernel, for `sl_screen_guarded_call`.
typedef struct {
    sl_screen_function function;
    uint64_t turns;
    uint64_t *state;
    const uint64_t *keys;
} sl_screen_call;

/// Makes the call that `call`, an sl_screen_call, describes: C frames only, for a guard that survives a crash.
void sl_screen_guarded_call(void *call);

/// One product on one thread, for `sl_screen_guarded_product`.
typedef struct {
    const void *plan;
    const void *a, *b;
    void *c, *workspace;
} sl_screen_product;

/// C = A·B by `sl_gemm_run` as `product`, an sl_screen_product, describes: likewise C frames only.
void sl_screen_guarded_product(void *product);

/// A digest of `words` 64-bit words: their polynomial at a fixed point modulo the prime 2^127 - 1.
///
/// D = (D + word) * key, word after word, from D = words; low half in digest[0]. Two different sequences of n words
/// have the same digest for at most n of the 2^127 possible keys; the key is digits of pi, which no fault knows of.
/// About 3 ns per word.
void sl_screen_digest(const uint64_t *words, size_t count, uint64_t digest[2]);

/// What sl_gemm_run makes of A·B for square matrices, fused, `kc` steps at a time, with alpha = 1 and beta = 0: by
/// scalar multiply-adds in the same order. Bit for bit that of every variant but simd-scalar where n is a multiple of
/// 16.
void sl_screen_product_f64(int64_t n, int64_t kc, const double *a, const double *b, double *c);
void sl_screen_product_f32(int64_t n, int64_t kc, const float *a, const float *b, float *c);

/// A·B of integers, exactly; sums must stay below 2^63 in size. For products that no order of summation rounds.
void sl_screen_product_exact(int64_t n, const int32_t *a, const int32_t *b, int64_t *c);

#endif
