// stream_scalar.c: the loops over arrays in plain C, element by element: opaque points forbid vectors.
// Per element: 8 B loaded and 8 B stored (copy, scale), 16 and 8 (add, triad), 8 loaded (read), 8 stored (write).

#include "stream_loop.h"
#include "stream_variants.h"

#define SCALAR_LOOP(name, result)                                                                      \
    static inline void name(uint64_t turns, double *a, const double *b, const double *c, double s) {   \
        (void)b, (void)c, (void)s;                                                                     \
        for (uint64_t i = 0; i < turns * SL_STREAM_TURN; i++) {                                        \
            double x = (result);                                                                       \
            SL_OPAQUE(x);                                                                              \
            a[i] = x;                                                                                  \
        }                                                                                              \
    }

SCALAR_LOOP(copy_turns, b[i])
SCALAR_LOOP(scale_turns, s *b[i])
SCALAR_LOOP(add_turns, b[i] + c[i])
SCALAR_LOOP(triad_turns, b[i] + s * c[i])
SCALAR_LOOP(write_turns, s)

// Four sums, so that additions do not wait for each other.
static inline double read_turns(uint64_t passes, uint64_t turns, const double *a) {
    double sums[4] = {0, 0, 0, 0};
    for (; passes > 0; passes--) {
        for (uint64_t i = 0; i < turns * SL_STREAM_TURN; i += 4) {
            for (int lane = 0; lane < 4; lane++) {
                sums[lane] += a[i + lane];
                SL_OPAQUE(sums[lane]);
            }
        }
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

SL_STREAM_MOVE(sl_stream_copy_f64_scalar, , copy_turns, 1, )
SL_STREAM_MOVE(sl_stream_scale_f64_scalar, , scale_turns, task->s, )
SL_STREAM_ACCUMULATE(sl_stream_add_f64_scalar, , add_turns, 1, )
SL_STREAM_ACCUMULATE(sl_stream_triad_f64_scalar, , triad_turns, task->s, )
SL_STREAM_WRITE(sl_stream_write_f64_scalar, , write_turns, )
SL_STREAM_READ(sl_stream_read_f64_scalar, , read_turns, SL_STREAM_TURN)
