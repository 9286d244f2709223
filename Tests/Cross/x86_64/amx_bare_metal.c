// amx_bare_metal.c: the AMX kernels against the replay, bit for bit, on an emulated processor without an operating
// system: Bochs has tiles, but not what Linux asks for before it lets a program use them.
// Prints by the serial port the lines that the other tests print, then EXIT-STATUS, and switches the machine off.

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../../Sources/CKernels/fma_constants.h"
#include "../../../Sources/CKernels/fma_variants.h"
#include "fma_replay.h"

#define MACHINE "bochs-sapphire_rapids-bare"

enum { TILES = 4, LANES = 256, ELEMENTS = TILES * LANES, BYTES = ELEMENTS * 4 };

static uint8_t in(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static void out(uint16_t port, uint8_t value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

enum { SERIAL = 0x3F8, DIVISOR = SERIAL, LINE_CONTROL = SERIAL + 3, LINE_STATUS = SERIAL + 5 };

// 115200 baud, eight bits, no parity.
static void open_serial(void) {
    out(LINE_CONTROL, 0x80);
    out(DIVISOR, 1);
    out(DIVISOR + 1, 0);
    out(LINE_CONTROL, 3);
}

static void print(const char *text) {
    for (; *text != 0; text++) {
        while ((in(LINE_STATUS) & 0x20) == 0) {
        }
        out(SERIAL, (uint8_t)*text);
    }
}

// What the compiler and the files under test expect of a C library.
void *memcpy(void *to, const void *from, size_t count) {
    for (size_t i = 0; i < count; i++) {
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    }
    return to;
}
void *memset(void *to, int value, size_t count) {
    for (size_t i = 0; i < count; i++) {
        ((uint8_t *)to)[i] = (uint8_t)value;
    }
    return to;
}
long syscall(long number, ...) { return -number; }
int *__errno_location(void) {
    static int number;
    return &number;
}

static bool equal(const void *a, const void *b) {
    for (size_t i = 0; i < BYTES; i++) {
        if (((const uint8_t *)a)[i] != ((const uint8_t *)b)[i]) {
            return false;
        }
    }
    return true;
}

typedef void kernel(uint64_t, void *, const void *);
typedef void replay(uint64_t, int, int, void *, const void *);

static bool agrees(kernel *run, replay *expect, const void *operands, bool integers) {
    static const uint64_t counts[] = {0, 1, 2, 3, 200};
    static uint32_t initial[ELEMENTS] __attribute__((aligned(64))), found[ELEMENTS] __attribute__((aligned(64)));
    static uint32_t expected[ELEMENTS] __attribute__((aligned(64)));
    bool passed = true;
    for (uint32_t i = 0; i < ELEMENTS; i++) {
        const float value = 0x1.8p23f + (float)(i * 0x9E3779B1u >> 14);
        initial[i] = i * 0x9E3779B1u;
        if (!integers) {
            memcpy(&initial[i], &value, sizeof value);
        }
    }
    for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
        memcpy(found, initial, BYTES);
        memcpy(expected, initial, BYTES);
        run(counts[i], found, operands);
        expect(counts[i], LANES, TILES, expected, operands);
        passed = passed && equal(found, expected) && equal(found, initial) == (counts[i] == 0);
    }
    // The lowest bit of any element, flipped at the start, still shows at the end, there and nowhere else.
    memcpy(found, initial, BYTES);
    for (size_t i = 0; i < ELEMENTS; i += 3) {
        found[i] ^= 1;
    }
    run(200, found, operands);
    for (size_t i = 0; i < ELEMENTS; i++) {
        passed = passed && (found[i] != expected[i]) == (i % 3 == 0);
    }
    return passed;
}

void bare_main(void);
void bare_main(void) {
    open_serial();
    const bool bf16 = agrees(sl_fma_bf16_amx, sl_replay_amx_bf16, sl_operands_bf16_amx, false);
    print(bf16 ? "ran fma/bf16/amx-bf16 on " MACHINE " passed\n" : "ran fma/bf16/amx-bf16 on " MACHINE " failed\n");
    // Bochs 3.0 multiplies signed bytes as if they were unsigned, a mistake that later versions do not have: without
    // their highest bits they are the same.
    static uint8_t operands[sizeof sl_operands_i8_amx] __attribute__((aligned(64)));
    for (size_t i = 0; i < sizeof operands; i++) {
        operands[i] = sl_operands_i8_amx[i] & 0x7F;
    }
    const bool i8 = agrees(sl_fma_i8_amx, sl_replay_amx_s8s8, operands, true);
    print(i8 ? "ran fma/i8/amx-int8 on " MACHINE " passed\n" : "ran fma/i8/amx-int8 on " MACHINE " failed\n");
    print(bf16 && i8 ? "EXIT-STATUS 0\n" : "EXIT-STATUS 1\n");
    // Bochs stops at the last letter; what has not left the serial line by then is lost.
    for (volatile int i = 0; i < 1000000; i++) {
    }
    for (const char *letter = "Shutdown"; *letter != 0; letter++) {
        out(0x8900, (uint8_t)*letter);
    }
}
