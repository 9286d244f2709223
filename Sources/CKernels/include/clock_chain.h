// clock_chain.h: a loop whose duration in core cycles is known, so that timing it yields the clock.

#ifndef SUANLI_CLOCK_CHAIN_H
#define SUANLI_CLOCK_CHAIN_H

#include <stdint.h>

/// Dependent additions, of one cycle each, per iteration of `sl_clock_chain`.
#define SL_CLOCK_CHAIN_CYCLES 64

/// What each of the additions adds: 2^64 divided by the golden ratio, made odd.
#define SL_CLOCK_CHAIN_STEP 0x9E3779B97F4A7C15ULL

/// Runs `iterations` times SL_CLOCK_CHAIN_CYCLES dependent additions.
///
/// Returns iterations * SL_CLOCK_CHAIN_CYCLES * SL_CLOCK_CHAIN_STEP modulo 2^64, which proves that all were done.
uint64_t sl_clock_chain(uint64_t iterations);

/// The same sum on the vector unit where an addition takes one cycle there too (x86-64, SSE2), else `sl_clock_chain`.
uint64_t sl_clock_chain_vector(uint64_t iterations);

#endif
