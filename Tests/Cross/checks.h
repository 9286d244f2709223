// checks.h: how the C tests of this folder report: failed checks, and one line per kernel row.

#ifndef SUANLI_CHECKS_H
#define SUANLI_CHECKS_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/// Failed checks of the row at hand, and rows with any.
static int failed_checks = 0, failed_rows = 0;

/// A check of the row at hand; `statement` is what should have been true, `detail` which case it was about. Prints the
/// first few that fail: a broken kernel fails hundreds.
static inline void check(bool passed, const char *statement, const char *detail) {
    if (!passed && failed_checks++ < 8) {
        printf("FAILED: %s (%s)\n", statement, detail);
    }
}

/// Closes a row: "ran fma/f64/sve on qemu-max-sve256 passed", which scripts/kernel-coverage reads.
static inline void report(const char *verb, const char *row, const char *machine) {
    printf("%s %s on %s %s\n", verb, row, machine, failed_checks == 0 ? "passed" : "failed");
    failed_rows += failed_checks > 0;
    failed_checks = 0;
}

/// Whether the machine has all of `features`, names as in /proc/cpuinfo separated by one space. `has` answers for one
/// name: 1, 0, or -1 when it does not know it, which ends the test: no row may be left out for a typing error.
static inline bool has_each(const char *features, int (*has)(const char *name)) {
    bool all = true;
    char name[32];
    for (const char *word = features; *word != 0;) {
        const size_t length = strcspn(word, " ");
        snprintf(name, sizeof name, "%.*s", (int)length, word);
        const int answer = has(name);
        if (answer < 0) {
            printf("FAILED: feature \"%s\" is not known to the test\n", name);
            exit(1);
        }
        all = all && answer;
        word += length + (word[length] == ' ');
    }
    return all;
}

#endif
