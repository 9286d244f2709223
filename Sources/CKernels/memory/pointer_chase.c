// pointer_chase.c: 32 dependent loads per turn, one register, simple addressing, nothing else in the chain.
// Counter and branch run beside it.

#include "pointer_chase.h"

const void *sl_pointer_chase(uint64_t turns, const void *place) {
    if (turns == 0) {
        return place;
    }
#if defined(__x86_64__)
    __asm__ volatile(
        ".p2align 6\n"
        "1:\n"
        ".rept 32\n"
        "movq (%[place]), %[place]\n"
        ".endr\n"
        "decq %[left]\n"
        "jnz 1b\n"
        : [place] "+r"(place), [left] "+r"(turns)
        :
        : "cc", "memory");
#elif defined(__aarch64__)
    __asm__ volatile(
        ".p2align 6\n"
        "1:\n"
        ".rept 32\n"
        "ldr %[place], [%[place]]\n"
        ".endr\n"
        "subs %[left], %[left], #1\n"
        "b.ne 1b\n"
        : [place] "+r"(place), [left] "+r"(turns)
        :
        : "cc", "memory");
#else
#error "The chain is written for x86-64 and arm64: add its loop of 32 dependent loads for this architecture."
#endif
    return place;
}

_Static_assert(SL_CHASE_LOADS_PER_TURN == 32, "the loops above repeat the load 32 times");
