// processor.c: what the processor says about itself (CPUID, XCR0) and the kernel about it (auxiliary vector).
// XGETBV is written as assembly: the compiler's builtin would need a target attribute for one instruction.

#include "CLinux.h"

#include <sys/auxv.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

struct sl_cpuid_registers sl_cpuid(uint32_t leaf, uint32_t subleaf) {
    struct sl_cpuid_registers r = {0, 0, 0, 0};
#if defined(__x86_64__)
    __cpuid_count(leaf, subleaf, r.eax, r.ebx, r.ecx, r.edx);
#else
    (void)leaf;
    (void)subleaf;
#endif
    return r;
}

uint64_t sl_xcr0(void) {
#if defined(__x86_64__)
    const uint32_t osxsave = 1u << 27;
    if ((sl_cpuid(1, 0).ecx & osxsave) == 0) return 0;
    uint32_t low, high;
    __asm__ __volatile__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
#else
    return 0;
#endif
}

uint64_t sl_hwcap(void) { return getauxval(AT_HWCAP); }

uint64_t sl_hwcap2(void) { return getauxval(AT_HWCAP2); }
