// fma_kernels_test.c: the kernels that this processor has the features for against the replay, bit for bit; the others
// must be refused as illegal instructions, under a guard. And the clock chain.
// Plain C, so that scripts/test-arm64-kernels and scripts/test-avx512-kernels can compile it without a Swift toolchain,
// for another architecture or as a static program. One argument, the machine's name in the output. Exits 0 when
// everything agrees, 1 otherwise; emulated time means nothing, so none is taken.

#include <signal.h>
#include <stdalign.h>
#include <stdint.h>

#include "CKernels.h"
#include "CLinux.h"
#include "cross_test.h"

// The largest state is 24 scalable registers of 2048 bits, the most that the architecture allows; AMX has 4096 bytes.
#define STATE_BYTES (24 * 256)

typedef struct {
    const sl_fma_kernel *row;
    int lanes, elements;
    size_t element_bytes;
} subject;

static subject subject_of(const sl_fma_kernel *row) {
    const int lanes = sl_fma_lanes(row);
    const size_t bytes = strcmp(row->accumulator, "f64") == 0 ? 8 : strcmp(row->accumulator, "f16") == 0 ? 2 : 4;
    return (subject){row, lanes, lanes * row->accumulators, bytes};
}

// f16 as bit patterns, within [1, 2), so that no compiler has to know the type.
static double f16_value(uint16_t bits) { return 1 + (bits - 0x3C00) / 1024.0; }
static uint16_t f16_bits(double value) { return (uint16_t)(0x3C00 + (value - 1) * 1024); }

static double constant(const subject *s, int index) {
    switch (s->element_bytes) {
    case 8: return ((const double *)s->row->constants)[index];
    case 4: return ((const float *)s->row->constants)[index];
    default: return f16_value(((const uint16_t *)s->row->constants)[index]);
    }
}

static void set(const subject *s, unsigned char *state, int index, double value) {
    if (s->row->recurrence == SL_FMA_DOT && strcmp(s->row->accumulator, "i32") == 0) {
        ((int32_t *)state)[index] = (int32_t)value;
    } else if (s->element_bytes == 8) {
        ((double *)state)[index] = value;
    } else if (s->element_bytes == 4) {
        ((float *)state)[index] = (float)value;
    } else {
        ((uint16_t *)state)[index] = f16_bits(value);
    }
}

// Initial values where the table's recurrences are proven: [1, 1.125] unfused, 0.12 around the centre of rotation for
// pairs, (w, v) fused and (c/a + c, c/a) mixed, integers for dot products, in f32 around 1.5 * 2^23. A golden-ratio
// sequence spreads the values and keeps them different without a random generator.
static void fill(const subject *s, unsigned char *state) {
    double position = 0;
    for (int i = 0; i < s->elements; i++) {
        position += 0.6180339887498949;
        position -= position >= 1;
        const bool is_x = i / s->lanes % 2 == 0;
        switch (s->row->recurrence) {
        case SL_FMA_UNFUSED: set(s, state, i, 1 + position * 0.125); break;
        case SL_FMA_FUSED: set(s, state, i, constant(s, is_x ? 3 : 2) + (position - 0.5) * 0.24); break;
        case SL_FMA_MIX: {
            const double a = constant(s, 0), c = constant(s, 1);
            set(s, state, i, c / a + (is_x ? c : 0) + (position - 0.5) * 0.24);
            break;
        }
        case SL_FMA_DOT: {
            const bool wraps = strcmp(s->row->accumulator, "i32") == 0;
            const double value = wraps ? (position - 0.5) * 0x1p32 : 0x1.8p23 + (position - 0.5) * 0x1p19;
            set(s, state, i, (double)(int64_t)value);
            break;
        }
        default: check(false, "the recurrence is known to this test", s->row->variant);
        }
    }
}

// The least change that an element can show: its lowest bit.
static void disturb(const subject *s, unsigned char *state, int index) {
    state[(size_t)index * s->element_bytes] ^= 1;
}

static bool differs(const subject *s, const unsigned char *a, const unsigned char *b, int index) {
    const size_t offset = (size_t)index * s->element_bytes;
    return memcmp(a + offset, b + offset, s->element_bytes) != 0;
}

static void test_kernel(const sl_fma_kernel *row) {
    static const uint64_t counts[] = {0, 1, 2, 3, 10, 1000, 20000};
    // One register more than the kernel may touch: what lies behind the state must stay.
    alignas(64) static unsigned char initial[STATE_BYTES + 256], found[STATE_BYTES + 256], expected[STATE_BYTES + 256];
    const subject s = subject_of(row);
    const size_t bytes = (size_t)s.elements * s.element_bytes;
    char detail[64];
    if (bytes == 0 || bytes > STATE_BYTES) {
        check(false, "the number of lanes is known and fits", row->variant);
        return;
    }
    memset(initial, 0xA5, sizeof initial);
    fill(&s, initial);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        snprintf(detail, sizeof detail, "%d lanes, %lu iterations", s.lanes, (unsigned long)counts[i]);
        memcpy(found, initial, sizeof found);
        memcpy(expected, initial, sizeof expected);
        row->run(counts[i], found, row->constants);
        row->replay(counts[i], s.lanes, row->accumulators, expected, row->constants);
        check(memcmp(found, expected, bytes) == 0, "the state is that of the replay", detail);
        check(memcmp(found + bytes, initial + bytes, sizeof found - bytes) == 0, "nothing behind is touched", detail);
        // After many turns a register may well be back where it was, after one it may not.
        for (int r = 0; r < row->accumulators && counts[i] == 1; r++) {
            const size_t size = bytes / (size_t)row->accumulators;
            check(memcmp(found + r * size, initial + r * size, size) != 0, "one turn moves every register", detail);
        }
        check(counts[i] != 0 || memcmp(found, initial, bytes) == 0, "no turn moves nothing", detail);
    }
    // `expected` now holds the end of the longest run. A change in one element of each pair, x in even lanes and y in
    // odd ones, must still show in that pair; without pairs, a change in each element must show there.
    memcpy(found, initial, sizeof found);
    const bool pairs = row->recurrence == SL_FMA_FUSED || row->recurrence == SL_FMA_MIX;
    for (int element = 0; element < s.elements; element++) {
        if (!pairs || element / s.lanes % 2 == element % s.lanes % 2) {
            disturb(&s, found, element);
        }
    }
    row->run(counts[sizeof counts / sizeof counts[0] - 1], found, row->constants);
    for (int element = 0; element < s.elements; element++) {
        if (!pairs || element / s.lanes % 2 == 0) {
            const bool shows = differs(&s, found, expected, element) ||
                               (pairs && differs(&s, found, expected, element + s.lanes));
            check(shows, "the least change still shows at the end", detail);
        }
    }
}

static void test_refusal(const sl_fma_kernel *row) {
    alignas(64) static unsigned char state[STATE_BYTES];
    sl_fma_call call = {row->run, 1, state, row->constants};
    const int signal = sl_guarded_call(sl_fma_first_call, &call);
    check(signal == SIGILL, "without the feature: illegal instruction", row->variant);
    check(row->runtime_lanes == NULL || row->runtime_lanes() == 0, "without the feature: no lanes", row->variant);
}

static void test_clock_chain(void) {
    static const uint64_t counts[] = {0, 1, 1000};
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        const uint64_t sum = counts[i] * SL_CLOCK_CHAIN_CYCLES * SL_CLOCK_CHAIN_STEP;
        check(sl_clock_chain(counts[i]) == sum, "the clock chain makes all additions", "0, 1, 1000 iterations");
        check(sl_clock_chain_vector(counts[i]) == sum, "so does the vector unit's", "0, 1, 1000 iterations");
    }
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: %s MACHINE\n", arguments[0]);
        return 64;
    }
    size_t rows = 0;
    const sl_fma_kernel *table = sl_fma_kernels(&rows);
    for (const sl_fma_kernel *row = table; row < table + rows; row++) {
        if (row->run == NULL) {
            continue;
        }
        char name[64];
        snprintf(name, sizeof name, "%s/%s/%s", row->kernel, row->dtype, row->variant);
        bool runs = processor_has(row->required_features);
        // Tiles need the kernel's leave as well; without it, the instructions are as illegal as without the feature.
        if (strstr(row->required_features, "amx_tile") != NULL) {
            const int code = sl_amx_request();
            printf("%s: the kernel says %s\n", name, code == 0 ? "yes" : strerror(code));
            check(runs || code != 0, "without tiles the kernel refuses them", name);
            runs = runs && code == 0;
        }
        if (runs) {
            if (row->lanes == 0) {
                printf("%s: %d lanes\n", name, sl_fma_lanes(row));
            }
            test_kernel(row);
        } else {
            test_refusal(row);
        }
        report(runs ? "ran" : "refused", name, arguments[1]);
    }
    test_clock_chain();
    report("ran", "clock-chain", arguments[1]);
    return failed_rows == 0 ? 0 : 1;
}
