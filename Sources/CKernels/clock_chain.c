// clock_chain.c: 64 dependent integer additions per iteration, one cycle each on every core in docs/kernels.md.
// Register + register, since Golden Cove and later fold additions of small immediates at rename, in no time at all.
// Count-down and branch run beside the chain, on other ports, and add nothing to it.
// The vector chain is the same sum on the vector unit, for when another hardware thread holds up the integer unit.

#include "clock_chain.h"

#if defined(__x86_64__)
#define COUNT_DOWN "decq %[left]\n" "jnz 1b\n"
#elif defined(__aarch64__)
#define COUNT_DOWN "subs %[left], %[left], #1\n" "b.ne 1b\n"
#else
#error "The clock chain is written for x86-64 and arm64: add its loop of 64 additions for this architecture."
#endif
#define LOOP(addition) ".p2align 6\n" "1:\n" ".rept 64\n" addition "\n" ".endr\n" COUNT_DOWN

uint64_t sl_clock_chain(uint64_t iterations) {
    uint64_t sum = 0;
    const uint64_t step = SL_CLOCK_CHAIN_STEP;
    if (iterations == 0) {
        return sum;
    }
#if defined(__x86_64__)
    __asm__ volatile(LOOP("addq %[step], %[sum]")
                     : [sum] "+r"(sum), [left] "+r"(iterations)
                     : [step] "r"(step)
                     : "cc");
#else
    __asm__ volatile(LOOP("add %[sum], %[sum], %[step]")
                     : [sum] "+r"(sum), [left] "+r"(iterations)
                     : [step] "r"(step)
                     : "cc");
#endif
    return sum;
}

uint64_t sl_clock_chain_vector(uint64_t iterations) {
#if defined(__x86_64__)
    uint64_t sum = 0;
    const uint64_t step = SL_CLOCK_CHAIN_STEP;
    if (iterations == 0) {
        return sum;
    }
    __asm__ volatile("movq %[step], %%xmm1\n"
                     "pxor %%xmm0, %%xmm0\n"
                     LOOP("paddq %%xmm1, %%xmm0")
                     "movq %%xmm0, %[sum]\n"
                     : [sum] "=r"(sum), [left] "+r"(iterations)
                     : [step] "r"(step)
                     : "cc", "xmm0", "xmm1");
    return sum;
#else
    return sl_clock_chain(iterations);
#endif
}

_Static_assert(SL_CLOCK_CHAIN_CYCLES == 64, "the loop above repeats the addition 64 times");
