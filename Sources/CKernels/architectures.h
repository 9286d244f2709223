// architectures.h: what a table of kernels has for an architecture, and NULL for the others, so that all can be listed.

#ifndef SUANLI_ARCHITECTURES_H
#define SUANLI_ARCHITECTURES_H

#include <stddef.h>

#if defined(__x86_64__)
#define ON_X86_64(code) code
#else
#define ON_X86_64(code) NULL
#endif

#if defined(__aarch64__)
#define ON_ARM64(code) code
#else
#define ON_ARM64(code) NULL
#endif

#endif
