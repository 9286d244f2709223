// plain-fma-loop.c: calls a fused multiply-add kernel over and over, with one reading of the clock between two calls.
// The other side of `sampler` in scripts/benchmark-kernels: the same kernel from the same table for as many iterations
// a call, on the same CPU, without barrier, copied state, CPU clock, clock probe or traces.
//
//   plain-fma-loop DTYPE VARIANT ITERATIONS CALLS CPU
//
// Link with Sources/CKernels. Prints one JSON object; rates in FLOPS: best call, median call, all calls.
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "fma_kernels.h"

/// As in FMASampler.swift.
static const double warm_up_seconds = 0.05;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "error: plain-fma-loop: %s: %s\n", what, why);
    exit(1);
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static const sl_fma_kernel *named(const char *dtype, const char *variant) {
    size_t count;
    const sl_fma_kernel *rows = sl_fma_kernels(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].run && strcmp(rows[i].dtype, dtype) == 0 && strcmp(rows[i].variant, variant) == 0) return &rows[i];
    fail(variant, "there is no such kernel in this build");
    return NULL;
}

// Near the centre of the rotation, x in the even accumulators and y in the odd ones, so that values stay in [1, 2).
static void fill(const sl_fma_kernel *row, void *state) {
    const int lanes = sl_fma_lanes(row);
    for (int i = 0; i < row->accumulators * lanes; i++) {
        const int constant = i / lanes % 2 == 0 ? 3 : 2;
        const double offset = 0.1 * i / (row->accumulators * lanes);
        if (strcmp(row->dtype, "f64") == 0) ((double *)state)[i] = ((const double *)row->constants)[constant] + offset;
        else ((float *)state)[i] = ((const float *)row->constants)[constant] + (float)offset;
    }
}

static int ascending(const void *a, const void *b) {
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

int main(int count, char **arguments) {
    if (count != 6) fail("usage", "DTYPE VARIANT ITERATIONS CALLS CPU");
    const sl_fma_kernel *row = named(arguments[1], arguments[2]);
    if (row->recurrence != SL_FMA_FUSED) fail(arguments[2], "it is not one of fused multiply-adds only");
    const uint64_t iterations = strtoull(arguments[3], NULL, 10), calls = strtoull(arguments[4], NULL, 10);
    if (iterations < 1 || calls < 1) fail("usage", "ITERATIONS and CALLS are at least one");
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(atoi(arguments[5]), &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) fail("cannot bind the thread", strerror(errno));

    _Alignas(64) static char state[1 << 14];
    fill(row, state);
    uint64_t *times = calloc(calls, sizeof *times);
    if (!times) fail("no memory", strerror(errno));
    const uint64_t first = now();
    do row->run(iterations, state, row->constants);
    while (now() - first < (uint64_t)(warm_up_seconds * 1e9));

    const uint64_t start = now();
    uint64_t last = start;
    for (uint64_t i = 0; i < calls; i++) {
        row->run(iterations, state, row->constants);
        const uint64_t end = now();
        times[i] = end - last;
        last = end;
    }
    qsort(times, calls, sizeof *times, ascending);
    const double work = (double)iterations * row->flop_per_lane * sl_fma_lanes(row) * 1e9;
    printf("{\"best\": %.6e, \"median\": %.6e, \"sustained\": %.6e}\n", work / times[0], work / times[calls / 2],
           work * calls / (double)(last - start));
    return 0;
}
