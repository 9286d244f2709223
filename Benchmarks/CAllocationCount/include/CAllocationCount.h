// CAllocationCount.h: how often the calling thread has asked for memory.
#ifndef SUANLI_C_ALLOCATION_COUNT_H
#define SUANLI_C_ALLOCATION_COUNT_H

#include <stdint.h>

/// Calls of malloc, calloc, realloc, posix_memalign and aligned_alloc by this thread since it started.
uint64_t sl_allocations_of_this_thread(void);

#endif
