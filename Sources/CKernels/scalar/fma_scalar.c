// fma_scalar.c: x = x*m1 + c1; x = x*m2 + c2 in portable C, one element at a time, rounding after each operation.
// Per iteration: 12 accumulators of 1 lane, 48 flop, 0 B. Needs nothing. State 64-byte aligned.
// Leaves the state as the replay does, bit for bit. What plain compiled code reaches without vectors; the opaque
// points keep the compiler from using any, and from fusing on architectures where it otherwise would.

#include "../barrier.h"
#include "../fma_variants.h"

// All products before all sums: as many operations between dependent ones as there are accumulators.
#define EACH(do) do(0) do(1) do(2) do(3) do(4) do(5) do(6) do(7) do(8) do(9) do(10) do(11)
#define LOAD(i) x##i = element[i];
#define STORE(i) element[i] = x##i;
#define MULTIPLY_1(i) x##i *= m1; SL_OPAQUE(x##i);
#define ADD_1(i) x##i += c1; SL_OPAQUE(x##i);
#define MULTIPLY_2(i) x##i *= m2; SL_OPAQUE(x##i);
#define ADD_2(i) x##i += c2; SL_OPAQUE(x##i);

#define SCALAR_KERNEL(name, type)                                              \
    void name(uint64_t iterations, void *state, const void *constants) {       \
        type *element = state;                                                 \
        const type *constant = constants;                                      \
        type m1 = constant[0], c1 = constant[1], m2 = constant[2], c2 = constant[3]; \
        type x0, x1, x2, x3, x4, x5, x6, x7, x8, x9, x10, x11;                 \
        EACH(LOAD)                                                             \
        for (; iterations > 0; iterations--) {                                 \
            EACH(MULTIPLY_1)                                                   \
            EACH(ADD_1)                                                        \
            EACH(MULTIPLY_2)                                                   \
            EACH(ADD_2)                                                        \
        }                                                                      \
        EACH(STORE)                                                            \
    }

SCALAR_KERNEL(sl_fma_f64_scalar, double)
SCALAR_KERNEL(sl_fma_f32_scalar, float)
