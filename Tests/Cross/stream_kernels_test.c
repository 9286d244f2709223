// stream_kernels_test.c: the loops over arrays that this processor can run against the formulas of stream_kernels.h,
// bit for bit, and the chain of loads. Values are small integers, so that every sum is exact in any order.
// One argument, the machine's name in the output. Exits 0 when everything agrees, 1 otherwise.

#include <stdalign.h>
#include <stdint.h>

#include "pointer_chase.h"
#include "stream_kernels.h"
#include "cross_test.h"

// Elements per array, and those behind it that must stay as they are.
enum { CAPACITY = 1024, BEHIND = 64 };

typedef struct {
    alignas(64) double elements[3][CAPACITY + BEHIND];
} arrays;

static bool is(const sl_stream_kernel *row, const char *name) { return strcmp(row->kernel, name) == 0; }

static void swap(double **x, double **y) {
    double *kept = *x;
    *x = *y;
    *y = kept;
}

// The formulas, element by element.
static double expect(const sl_stream_kernel *row, uint64_t passes, sl_stream_task *t) {
    double sum = 0;
    for (; passes > 0; passes--) {
        for (uint64_t i = 0; i < t->count; i++) {
            if (is(row, "stream-copy")) {
                t->a[i] = t->b[i];
            } else if (is(row, "stream-scale")) {
                t->a[i] = t->s * t->b[i];
            } else if (is(row, "stream-add")) {
                t->a[i] = t->b[i] + t->c[i];
            } else if (is(row, "stream-triad")) {
                t->a[i] = t->b[i] + t->s * t->c[i];
            } else if (is(row, "stream-read")) {
                sum += t->a[i];
            } else if (is(row, "stream-write")) {
                t->a[i] = t->s;
            } else {
                check(false, "the kernel is known to this test", row->kernel);
                return 0;
            }
        }
        if (is(row, "stream-copy") || is(row, "stream-scale")) {
            swap(&t->a, &t->b);
            swap(&t->b, &t->c);
        } else if (is(row, "stream-add") || is(row, "stream-triad")) {
            swap(&t->a, &t->b);
        } else if (is(row, "stream-write")) {
            t->s += 1;
        }
    }
    return sum;
}

static sl_stream_task task_on(const sl_stream_kernel *row, arrays *on, uint64_t count) {
    const bool three = row->arrays == 3;
    return (sl_stream_task){on->elements[0], three ? on->elements[1] : NULL, three ? on->elements[2] : NULL, count, 3};
}

// Which of the three arrays plays a part; 3 for none of them.
static int part(const arrays *in, const double *array) {
    int index = 0;
    while (index < 3 && in->elements[index] != array) {
        index++;
    }
    return index;
}

static void test_stream(const sl_stream_kernel *row) {
    static const uint64_t counts[] = {0, 1, 2, 31, 32, 33, 63, 64, 65, 127, 255, 1000, CAPACITY};
    static const uint64_t passes[] = {0, 1, 2, 3, 7};
    static arrays found, expected;
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        for (size_t j = 0; j < sizeof passes / sizeof passes[0]; j++) {
            for (int k = 0; k < 3 * (CAPACITY + BEHIND); k++) {
                found.elements[k / (CAPACITY + BEHIND)][k % (CAPACITY + BEHIND)] = k * 37 % 1009 - 500;
            }
            expected = found;
            sl_stream_task run = task_on(row, &found, counts[i]), reference = task_on(row, &expected, counts[i]);
            const double sum = row->run(passes[j], &run), expected_sum = expect(row, passes[j], &reference);
            char detail[64];
            snprintf(detail, sizeof detail, "%d elements, %d passes", (int)counts[i], (int)passes[j]);
            check(memcmp(&found, &expected, sizeof found) == 0, "arrays are as the formula leaves them", detail);
            check(sum == expected_sum, "the sum is that of all elements", detail);
            check(run.s == reference.s && run.count == counts[i] &&
                      part(&found, run.a) == part(&expected, reference.a) &&
                      part(&found, run.b) == part(&expected, reference.b) &&
                      part(&found, run.c) == part(&expected, reference.c),
                  "the arrays play the parts of the next pass", detail);
        }
    }
}

// A cycle of 101 places, prime so that no number of turns comes back to the start before the 101st.
static void test_pointer_chase(void) {
    enum { PLACES = 101, STEP = 40 };
    static struct {
        alignas(SL_CHASE_LINE_BYTES) const void *next;
    } places[PLACES];
    for (int i = 0; i < PLACES; i++) {
        places[i].next = &places[(i + STEP) % PLACES];
    }
    for (int turns = 0; turns < 110; turns++) {
        const void *expected = &places[turns * SL_CHASE_LOADS_PER_TURN * STEP % PLACES];
        check(sl_pointer_chase((uint64_t)turns, &places[0]) == expected, "the chain is followed to its end", "latency");
    }
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: %s MACHINE\n", arguments[0]);
        return 64;
    }
    size_t rows = 0;
    const sl_stream_kernel *table = sl_stream_kernels(&rows);
    for (const sl_stream_kernel *row = table; row < table + rows; row++) {
        if (row->run != NULL && processor_has(row->required_features)) {
            char name[64];
            snprintf(name, sizeof name, "%s/%s/%s", row->kernel, row->dtype, row->variant);
            test_stream(row);
            report("ran", name, arguments[1]);
        }
    }
    test_pointer_chase();
    report("ran", "pointer-chase", arguments[1]);
    return failed_rows == 0 ? 0 : 1;
}
