// cross_test.h: what the C tests need to know of an x86-64 machine: its features, by CPUID and XCR0.

#ifndef SUANLI_CROSS_TEST_H
#define SUANLI_CROSS_TEST_H

#include "../checks.h"
#include "CLinux.h"

static inline int has_feature(const char *name) {
    // Bits of XCR0: 1, 2 for AVX, 5 to 7 for AVX-512, 17 and 18 for AMX.
    enum { NONE = 0, AVX = 0x6, AVX512 = 0xE6, AMX = 0x60000 };
    enum { EAX, EBX, ECX, EDX };
    static const struct {
        const char *name;
        uint32_t leaf, subleaf;
        int word, bit;
        uint64_t state;
    } known[] = {
        {"sse2", 1, 0, EDX, 26, NONE},         {"avx", 1, 0, ECX, 28, AVX},
        {"fma", 1, 0, ECX, 12, AVX},           {"avx2", 7, 0, EBX, 5, AVX},
        {"avx512f", 7, 0, EBX, 16, AVX512},    {"avx512_vnni", 7, 0, ECX, 11, AVX512},
        {"avx512_fp16", 7, 0, EDX, 23, AVX512}, {"amx_bf16", 7, 0, EDX, 22, AMX},
        {"amx_tile", 7, 0, EDX, 24, AMX},      {"amx_int8", 7, 0, EDX, 25, AMX},
        {"avx_vnni", 7, 1, EAX, 4, AVX},       {"avx512_bf16", 7, 1, EAX, 5, AVX512},
        {"avx512bw", 7, 0, EBX, 30, AVX512},   {"avx512vl", 7, 0, EBX, 31, AVX512},
        {"avx512dq", 7, 0, EBX, 17, AVX512},   {"avx512cd", 7, 0, EBX, 28, AVX512},
        {"popcnt", 1, 0, ECX, 23, NONE},       {"abm", 0x80000001, 0, ECX, 5, NONE},
        {"bmi1", 7, 0, EBX, 3, NONE},          {"bmi2", 7, 0, EBX, 8, NONE},
        {"sse4_2", 1, 0, ECX, 20, NONE},       {"sse4_1", 1, 0, ECX, 19, NONE},
        {"ssse3", 1, 0, ECX, 9, NONE},         {"pclmulqdq", 1, 0, ECX, 1, NONE},
        {"aes", 1, 0, ECX, 25, NONE},          {"vaes", 7, 0, ECX, 9, AVX},
        {"vpclmulqdq", 7, 0, ECX, 10, AVX},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].name, name) != 0) {
            continue;
        }
        if (sl_cpuid(known[i].leaf & 0x80000000, 0).eax < known[i].leaf || (known[i].subleaf == 1 && sl_cpuid(7, 0).eax < 1)) {
            return 0;
        }
        const struct sl_cpuid_registers r = sl_cpuid(known[i].leaf, known[i].subleaf);
        const uint32_t words[] = {r.eax, r.ebx, r.ecx, r.edx};
        return (words[known[i].word] >> known[i].bit & 1) && (sl_xcr0() & known[i].state) == known[i].state;
    }
    return -1;
}

static inline bool processor_has(const char *features) { return has_each(features, has_feature); }

#endif
