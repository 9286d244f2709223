// screen_kernels_test.c: the screening kernels that this processor has the features for against their references, bit
// for bit; the others must be refused as illegal instructions, under a guard. A flipped bit must still show at the
// end, and end states of fixed starts are the same on every architecture.
// Plain C, as fma_kernels_test.c; one argument, the machine's name in the output. Exits 0 when everything agrees.

#include <signal.h>
#include <stdalign.h>
#include <stdint.h>

#include "CKernels.h"
#include "CLinux.h"
#include "cross_test.h"

#define MOST_WORDS 16384

static uint64_t mixed(uint64_t *state) {
    uint64_t z = *state += UINT64_C(0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
    return z ^ z >> 31;
}

static void fill(uint64_t *words, size_t count, uint64_t seed) {
    for (size_t i = 0; i < count; i++) {
        words[i] = mixed(&seed);
    }
}

// One word more than the kernel may touch.
alignas(64) static uint64_t start[MOST_WORDS + 8], found[MOST_WORDS + 8], expected[MOST_WORDS + 8];
static uint64_t keys[SL_SCREEN_KEYS];

/// The digest of the state after sixty turns from `fill`, seeds 1 and 2, higher half first.
static const uint64_t *known_end(const char *kernel) {
    static const struct {
        const char *kernel;
        uint64_t digest[2];
    } known[] = {
        {"multiply", {0x0ebcf5e33250536d, 0xc414117c69736cf4}},
        {"divide", {0x62cd8069c88e426b, 0x36706e8a10d19de0}},
        {"count", {0x655d2b983d3a789b, 0x9e5a904a709a9182}},
        {"deposit", {0x4fa1ee4ab445482e, 0xec42bfdf77997526}},
        {"crc", {0x5d63b4a152142e10, 0xe3a8d3db4331edd3}},
        {"clmul", {0x75c3c77f82d48628, 0x96a389cd0bd1d7de}},
        {"aes", {0x6b9c4d4c896fe70b, 0x9e1c9bd5eb7f9894}},
        {"vector", {0x74654a5bc2ad36bd, 0x20623d37f204b84d}},
        {"permute256", {0x43417f47803fd4bd, 0xff492dc21980e457}},
        {"permute512", {0x7576c11449bcf1f8, 0xadc61ea8e5110da5}},
        {"copy", {0x45a693d9f22c7d60, 0xfb64f8fe89b4d659}},
    };
    static const uint64_t none[2];
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].kernel, kernel) == 0) {
            return known[i].digest;
        }
    }
    return none;
}

static void test_kernel(const sl_screen_kernel *row) {
    static const uint64_t counts[] = {0, 1, 2, 3, 7, 60};
    const size_t words = (size_t)row->state_words, bytes = 8 * words;
    char detail[64];
    fill(keys, SL_SCREEN_KEYS, 2);
    fill(start, words + 8, 1);
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        snprintf(detail, sizeof detail, "%s/%s, %lu turns", row->kernel, row->variant, (unsigned long)counts[i]);
        memcpy(found, start, sizeof found);
        memcpy(expected, start, sizeof expected);
        row->run(counts[i], found, keys);
        row->reference(counts[i], expected, keys);
        check(memcmp(found, expected, bytes) == 0, "the state is that of the reference", detail);
        check(memcmp(found + words, start + words, 64) == 0, "nothing behind is touched", detail);
        check((counts[i] == 0) == (memcmp(found, start, bytes) == 0), "turns move the state", detail);
    }
    // Sixty turns are seven and fifty-three.
    memcpy(found, start, sizeof found);
    row->run(7, found, keys);
    row->run(53, found, keys);
    check(memcmp(found, expected, bytes) == 0, "turns add up", detail);
    uint64_t right[2], wrong[2];
    sl_screen_digest(expected, words, right);
    const uint64_t *known = known_end(row->kernel);
    check(known[0] == right[1] && known[1] == right[0], "the end is the same on every architecture", detail);
    // A bit flipped after seven turns; of the copy's buffers, one bit in a thousand words of the one that is read next.
    const bool copies = strcmp(row->kernel, "copy") == 0;
    const size_t tried = copies ? words / 2 : words, step = copies ? 1021 : 1;
    memcpy(expected, start, bytes);
    row->run(20, expected, keys);
    sl_screen_digest(expected, words, right);
    memcpy(expected, start, bytes);
    row->run(7, expected, keys);
    for (size_t word = 0; word < tried; word += step) {
        for (int bit = 0; bit < 64; bit += copies ? 7 : 1) {
            memcpy(found, expected, bytes);
            found[word] ^= UINT64_C(1) << bit;
            row->run(13, found, keys);
            sl_screen_digest(found, words, wrong);
            check(right[0] != wrong[0] || right[1] != wrong[1], "a flipped bit shows in the digest", detail);
        }
    }
}

static void test_refusal(const sl_screen_kernel *row) {
    fill(start, (size_t)row->state_words, 1);
    sl_screen_call call = {row->run, 1, start, keys};
    const int signal = sl_guarded_call(sl_screen_guarded_call, &call);
    check(signal == SIGILL, "without the feature: illegal instruction", row->variant);
}

// Worked out by scripts/test-screen-digests, which has the polynomial from its definition.
static void test_digest(void) {
    static const struct {
        size_t count;
        uint64_t words[3], high, low;
    } known[] = {
#include "screen_digests.h"
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        uint64_t digest[2];
        sl_screen_digest(known[i].words, known[i].count, digest);
        check(digest[0] == known[i].low && digest[1] == known[i].high, "the digest is the polynomial", "known words");
    }
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: %s MACHINE\n", arguments[0]);
        return 64;
    }
    size_t rows = 0;
    const sl_screen_kernel *table = sl_screen_kernels(&rows);
    for (const sl_screen_kernel *row = table; row < table + rows; row++) {
        if (row->run == NULL) {
            continue;
        }
        char name[64];
        snprintf(name, sizeof name, "screen/%s/%s", row->kernel, row->variant);
        const bool runs = processor_has(row->required_features);
        // Bochs computes vpconflictd otherwise than Zen 4 and the reference, with which scripts/test-screen-digests
        // agrees.
        if (runs && strcmp(row->kernel, "permute512") == 0 && strncmp(arguments[1], "bochs", 5) == 0) {
            printf("left out %s on %s\n", name, arguments[1]);
            continue;
        }
        if (runs) {
            test_kernel(row);
        } else {
            test_refusal(row);
        }
        report(runs ? "ran" : "refused", name, arguments[1]);
    }
    test_digest();
    report("ran", "screen-digest", arguments[1]);
    return failed_rows == 0 ? 0 : 1;
}
