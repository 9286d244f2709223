// cross_test.h: what the C tests need to know of an arm64 machine: its features, by the auxiliary vector.

#ifndef SUANLI_CROSS_TEST_H
#define SUANLI_CROSS_TEST_H

#include <asm/hwcap.h>
#include <sys/auxv.h>

#include "../checks.h"

static inline int has_feature(const char *name) {
    static const struct {
        const char *name;
        unsigned long hwcap, hwcap2;
    } known[] = {
        {"asimd", HWCAP_ASIMD, 0}, {"fphp", HWCAP_FPHP, 0}, {"asimdhp", HWCAP_ASIMDHP, 0},
        {"crc32", HWCAP_CRC32, 0}, {"pmull", HWCAP_PMULL, 0}, {"aes", HWCAP_AES, 0},
        {"asimddp", HWCAP_ASIMDDP, 0}, {"sve", HWCAP_SVE, 0}, {"i8mm", 0, HWCAP2_I8MM}, {"bf16", 0, HWCAP2_BF16},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].name, name) == 0) {
            return (known[i].hwcap & ~getauxval(AT_HWCAP)) == 0 && (known[i].hwcap2 & ~getauxval(AT_HWCAP2)) == 0;
        }
    }
    return -1;
}

static inline bool processor_has(const char *features) { return has_each(features, has_feature); }

#endif
