// affinity.c: affinity masks of any size.
// The system calls rather than glibc's wrappers: those hide the mask size that the kernel reports.

#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

int32_t sl_gettid(void) { return (int32_t)syscall(SYS_gettid); }

int32_t sl_current_cpu(void) { return sched_getcpu(); }

int64_t sl_affinity_get(int32_t tid, uint8_t *mask, size_t capacity) {
    long bytes = syscall(SYS_sched_getaffinity, tid, capacity, mask);
    return bytes < 0 ? -(int64_t)errno : bytes;
}

int32_t sl_affinity_set(int32_t tid, const uint8_t *mask, size_t byte_count) {
    return syscall(SYS_sched_setaffinity, tid, byte_count, mask) == 0 ? 0 : errno;
}
