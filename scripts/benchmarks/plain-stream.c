// plain-stream.c: copy, scale, add and triad as a program without intrinsics gets them, by the rules of STREAM:
// three arrays of doubles, every pass of every kernel timed from the outside, the first not counted, bytes as the
// formula reads and writes them. The other side of `stream` in scripts/benchmark-kernels.
//
//   plain-stream BYTES PASSES        BYTES over all three arrays; threads and their CPUs by OMP_ variables
//
// Build with gcc -O3 -march=native -fopenmp -fno-tree-loop-distribute-patterns: without the last, gcc makes copy a
// call of memcpy, whose stores go past the caches.
// Prints one JSON object; rates in bytes per second: best pass, and all bytes over all time.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

enum { KERNELS = 4, HUGE_PAGE = 2 << 20 };
static const char *const names[KERNELS] = {"stream-copy", "stream-scale", "stream-add", "stream-triad"};
static const int arrays_touched[KERNELS] = {2, 2, 3, 3};

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + 1e-9 * t.tv_nsec;
}

static double *array(size_t count) {
    const size_t bytes = (count * sizeof(double) + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
    double *start = aligned_alloc(HUGE_PAGE, bytes);
    if (!start) {
        fprintf(stderr, "error: plain-stream: no memory for %zu bytes\n", bytes);
        exit(1);
    }
    madvise(start, bytes, MADV_HUGEPAGE);
    return start;
}

// Each as a function of its own, so that the compiler sees loops over arrays that may be anywhere.
#define LOOP(name, expression)                                                                                  \
    __attribute__((noinline)) static void name(                                                                 \
        double *restrict out, const double *restrict x, const double *restrict y, double s, ptrdiff_t n) {      \
        (void)y, (void)s;                                                                                       \
        _Pragma("omp parallel for schedule(static)") for (ptrdiff_t i = 0; i < n; i++) out[i] = expression;     \
    }
LOOP(copy, x[i])
LOOP(scale, s * x[i])
LOOP(add, x[i] + y[i])
LOOP(triad, x[i] + s * y[i])

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: plain-stream BYTES PASSES\n");
        return 64;
    }
    const ptrdiff_t n = (ptrdiff_t)(strtoull(arguments[1], NULL, 10) / (3 * sizeof(double)));
    const long passes = strtol(arguments[2], NULL, 10);
    if (n < 1 || passes < 1) return 64;
    double *a = array(n), *b = array(n), *c = array(n);
    const double s = 0.5;
    _Pragma("omp parallel for schedule(static)") for (ptrdiff_t i = 0; i < n; i++) a[i] = 1, b[i] = 2, c[i] = 0;

    double best[KERNELS] = {1e300, 1e300, 1e300, 1e300}, sum[KERNELS] = {0};
    // The same sequence for one element tells what all must be: c = a; b = s c; c = a + b; a = b + s c.
    double ea = 1, eb = 2, ec = 0;
    for (long pass = 0; pass <= passes; pass++) {
        for (int kernel = 0; kernel < KERNELS; kernel++) {
            const double start = now();
            switch (kernel) {
            case 0: copy(c, a, a, s, n); break;
            case 1: scale(b, c, c, s, n); break;
            case 2: add(c, a, b, s, n); break;
            default: triad(a, b, c, s, n); break;
            }
            const double took = now() - start;
            if (pass == 0) continue;
            sum[kernel] += took;
            if (took < best[kernel]) best[kernel] = took;
        }
        ec = ea, eb = s * ec, ec = ea + eb, ea = eb + s * ec;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (a[i] != ea || b[i] != eb || c[i] != ec) {
            fprintf(stderr, "error: plain-stream: element %td is wrong\n", i);
            return 1;
        }
    }
    printf("{");
    for (int kernel = 0; kernel < KERNELS; kernel++) {
        const double bytes = (double)n * sizeof(double) * arrays_touched[kernel];
        printf("%s\"%s\": {\"best\": %.6e, \"sustained\": %.6e}", kernel ? ", " : "", names[kernel],
               bytes / best[kernel], bytes * passes / sum[kernel]);
    }
    printf("}\n");
    return 0;
}
