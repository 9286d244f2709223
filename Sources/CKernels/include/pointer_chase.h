// pointer_chase.h: a chain of loads, each from the address that the one before brought, to measure latency.

#ifndef SUANLI_POINTER_CHASE_H
#define SUANLI_POINTER_CHASE_H

#include <stdint.h>

/// Bytes from one place of the chain to the next possible one: a cache line on x86-64 and on most arm64 cores.
#define SL_CHASE_LINE_BYTES 64

/// Loads per turn of the loop.
#define SL_CHASE_LOADS_PER_TURN 32

/// Follows the chain for `turns` times SL_CHASE_LOADS_PER_TURN loads.
///
/// The first word of each place holds the address of the next. Returns the address that was loaded last; `place`
/// for no turns.
const void *sl_pointer_chase(uint64_t turns, const void *place);

#endif
