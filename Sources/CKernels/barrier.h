// barrier.h: holds a compiler to one scalar operation after the other.

#ifndef SUANLI_BARRIER_H
#define SUANLI_BARRIER_H

/// Makes `x` opaque, in its register: nothing can be vectorised, contracted or computed ahead across it, and operations
/// between two such points stay in their order (gcc would otherwise move them as its model of a core suggests).
#if defined(__x86_64__)
#define SL_OPAQUE(x) __asm__ volatile("" : "+x"(x))
#elif defined(__aarch64__)
#define SL_OPAQUE(x) __asm__ volatile("" : "+w"(x))
#else
#define SL_OPAQUE(x) __asm__ volatile("" : "+m"(x))
#endif

#endif
