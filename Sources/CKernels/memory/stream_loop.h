// stream_loop.h: what a call makes of its passes, once for all instruction sets: the parts that the arrays play, and
// the elements past the last whole turn. An instruction set brings the loop over whole turns.

#ifndef SUANLI_STREAM_LOOP_H
#define SUANLI_STREAM_LOOP_H

#include "../barrier.h"
#include "stream_kernels.h"

/// Elements per turn of all loops but those that say otherwise: 256 bytes of each array.
#define SL_STREAM_TURN 32

// A loop over whole turns is `static inline void loop(uint64_t turns, double *a, const double *b, const double *c,
// double s)` with turns > 0; `fence` ends a call. Elements behind the turns stay scalar, or a compiler would put a
// second, vectorised loop behind the one that is measured.

/// Copy and scale: a[i] = factor * b[i], and the arrays move on by one.
#define SL_STREAM_MOVE(name, attributes, loop, factor, fence)                        \
    attributes double name(uint64_t passes, sl_stream_task *task) {                  \
        double *a = task->a, *b = task->b, *c = task->c;                             \
        const double s = (factor);                                                   \
        const uint64_t count = task->count, turns = count / SL_STREAM_TURN;          \
        for (; passes > 0; passes--) {                                               \
            if (turns > 0) {                                                         \
                loop(turns, a, b, c, s);                                             \
            }                                                                        \
            for (uint64_t i = turns * SL_STREAM_TURN; i < count; i++) {              \
                double x = s * b[i];                                                 \
                SL_OPAQUE(x);                                                        \
                a[i] = x;                                                            \
            }                                                                        \
            double *written = a;                                                     \
            a = b;                                                                   \
            b = c;                                                                   \
            c = written;                                                             \
        }                                                                            \
        fence;                                                                       \
        task->a = a;                                                                 \
        task->b = b;                                                                 \
        task->c = c;                                                                 \
        return 0;                                                                    \
    }

/// Add and triad: a[i] = b[i] + factor * c[i], and a and b change places.
#define SL_STREAM_ACCUMULATE(name, attributes, loop, factor, fence)                  \
    attributes double name(uint64_t passes, sl_stream_task *task) {                  \
        double *a = task->a, *b = task->b, *const c = task->c;                       \
        const double s = (factor);                                                   \
        const uint64_t count = task->count, turns = count / SL_STREAM_TURN;          \
        for (; passes > 0; passes--) {                                               \
            if (turns > 0) {                                                         \
                loop(turns, a, b, c, s);                                             \
            }                                                                        \
            for (uint64_t i = turns * SL_STREAM_TURN; i < count; i++) {              \
                double x = s * c[i];                                                 \
                SL_OPAQUE(x);                                                        \
                a[i] = b[i] + x;                                                     \
            }                                                                        \
            double *written = a;                                                     \
            a = b;                                                                   \
            b = written;                                                             \
        }                                                                            \
        fence;                                                                       \
        task->a = a;                                                                 \
        task->b = b;                                                                 \
        return 0;                                                                    \
    }

/// Write: a[i] = s, and s grows by 1.
#define SL_STREAM_WRITE(name, attributes, loop, fence)                               \
    attributes double name(uint64_t passes, sl_stream_task *task) {                  \
        double *const a = task->a;                                                   \
        double s = task->s;                                                          \
        const uint64_t count = task->count, turns = count / SL_STREAM_TURN;          \
        for (; passes > 0; passes--) {                                               \
            if (turns > 0) {                                                         \
                loop(turns, a, NULL, NULL, s);                                       \
            }                                                                        \
            for (uint64_t i = turns * SL_STREAM_TURN; i < count; i++) {              \
                double x = s;                                                        \
                SL_OPAQUE(x);                                                        \
                a[i] = x;                                                            \
            }                                                                        \
            s += 1;                                                                  \
        }                                                                            \
        fence;                                                                       \
        task->s = s;                                                                 \
        return 0;                                                                    \
    }

/// Read: the loop makes all passes itself, `static inline double loop(uint64_t passes, uint64_t turns,
/// const double *a)` with both > 0: adding up its lanes after each pass would show in the first cache.
#define SL_STREAM_READ(name, attributes, loop, turn)                                 \
    attributes double name(uint64_t passes, sl_stream_task *task) {                  \
        const double *const a = task->a;                                             \
        const uint64_t count = task->count, turns = count / (turn);                  \
        double sum = passes > 0 && turns > 0 ? loop(passes, turns, a) : 0;           \
        for (; turns * (turn) < count && passes > 0; passes--) {                     \
            for (uint64_t i = turns * (turn); i < count; i++) {                      \
                sum += a[i];                                                         \
                SL_OPAQUE(sum);                                                      \
            }                                                                        \
        }                                                                            \
        return sum;                                                                  \
    }

#endif
