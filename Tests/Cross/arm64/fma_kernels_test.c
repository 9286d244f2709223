// fma_kernels_test.c: the kernels compiled for this architecture against the replay, bit for bit, and the clock chain.
// Plain C, so that scripts/test-arm64-kernels can cross-compile it without a Swift toolchain for arm64.
// Exits 0 when everything agrees, 1 otherwise; emulated time means nothing, so none is taken.

#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "CKernels.h"

// The largest state in the table is 16 accumulators of 64 bytes.
#define STATE_BYTES 1024

static int failures = 0;

static void check(bool passed, const sl_fma_kernel *kernel, const char *statement, unsigned long iterations) {
    if (!passed) {
        failures++;
        printf("FAILED: %s/%s, %lu iterations: %s\n", kernel->dtype, kernel->variant, iterations, statement);
    }
}

static size_t element_bytes(const sl_fma_kernel *kernel) {
    return strcmp(kernel->dtype, "f64") == 0 ? 8 : 4;
}

static size_t state_bytes(const sl_fma_kernel *kernel) {
    return (size_t)kernel->accumulators * (size_t)kernel->lanes * element_bytes(kernel);
}

static double constant(const sl_fma_kernel *kernel, int index) {
    return element_bytes(kernel) == 8 ? ((const double *)kernel->constants)[index]
                                      : (double)((const float *)kernel->constants)[index];
}

// The intervals of FMAKernel.initialState: [1, 1.125] unfused, 0.125 around (w, v) fused. A golden-ratio sequence
// spreads the values and keeps them different without a random generator.
static void fill(const sl_fma_kernel *kernel, void *state) {
    const int elements = kernel->accumulators * kernel->lanes;
    double position = 0;
    for (int i = 0; i < elements; i++) {
        position += 0.6180339887498949;
        position -= position >= 1;
        const double lowest = kernel->fused ? constant(kernel, i / kernel->lanes % 2 == 0 ? 3 : 2) - 0.125 : 1;
        const double value = lowest + position * (kernel->fused ? 0.25 : 0.125);
        if (element_bytes(kernel) == 8) {
            ((double *)state)[i] = value;
        } else {
            ((float *)state)[i] = (float)value;
        }
    }
}

static void replay(const sl_fma_kernel *kernel, uint64_t iterations, void *state) {
    const int elements = kernel->accumulators * kernel->lanes;
    if (element_bytes(kernel) == 8) {
        if (kernel->fused) {
            sl_replay_fused_f64(iterations, kernel->lanes, kernel->accumulators, state, kernel->constants);
        } else {
            sl_replay_unfused_f64(iterations, elements, state, kernel->constants);
        }
    } else if (kernel->fused) {
        sl_replay_fused_f32(iterations, kernel->lanes, kernel->accumulators, state, kernel->constants);
    } else {
        sl_replay_unfused_f32(iterations, elements, state, kernel->constants);
    }
}

static void test_kernel(const sl_fma_kernel *kernel) {
    static const uint64_t counts[] = {0, 1, 2, 3, 10, 1000, 100000};
    alignas(64) static unsigned char initial[STATE_BYTES], found[STATE_BYTES], expected[STATE_BYTES];
    const size_t bytes = state_bytes(kernel);
    fill(kernel, initial);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        memcpy(found, initial, bytes);
        memcpy(expected, initial, bytes);
        kernel->run(counts[i], found, kernel->constants);
        replay(kernel, counts[i], expected);
        check(memcmp(found, expected, bytes) == 0, kernel, "the state is that of the replay", counts[i]);
        check((memcmp(found, initial, bytes) == 0) == (counts[i] == 0), kernel, "the state moved", counts[i]);
    }
    // `expected` now holds the end of the longest run; the lowest bit of any one element must show in it.
    const uint64_t longest = counts[sizeof counts / sizeof counts[0] - 1];
    for (size_t element = 0; element < bytes / element_bytes(kernel); element += 5) {
        memcpy(found, initial, bytes);
        found[element * element_bytes(kernel)] ^= 1;
        kernel->run(longest, found, kernel->constants);
        check(memcmp(found, expected, bytes) != 0, kernel, "a flipped lowest bit shows", longest);
    }
}

int main(void) {
    size_t rows = 0, tested = 0;
    const sl_fma_kernel *table = sl_fma_kernels(&rows);
    for (size_t row = 0; row < rows; row++) {
        if (table[row].run != NULL) {
            test_kernel(&table[row]);
            tested++;
            printf("%s/%s: compared with the replay\n", table[row].dtype, table[row].variant);
        }
    }
    static const uint64_t counts[] = {0, 1, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        if (sl_clock_chain(counts[i]) != counts[i] * SL_CLOCK_CHAIN_CYCLES * SL_CLOCK_CHAIN_STEP) {
            failures++;
            printf("FAILED: the clock chain's sum after %lu iterations\n", (unsigned long)counts[i]);
        }
    }
    printf("%zu kernels, %d failures\n", tested, failures);
    // Portable C and one vector variant, in two element types each: anything less means an empty table.
    return failures == 0 && tested >= 4 ? 0 : 1;
}
