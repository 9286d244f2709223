// stream_kernels.h: the table of the loops over arrays that measure bandwidth, and what one row of it promises.

#ifndef SUANLI_STREAM_KERNELS_H
#define SUANLI_STREAM_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// The arrays of one thread, by the part they play in the next pass. A call leaves them as the pass after it needs
/// them, so that calls continue each other.
typedef struct {
    /// Each `count` elements, 64-byte aligned and apart from the others; NULL beyond the row's `arrays`.
    double *a, *b, *c;
    /// Elements per array. Those past the last whole turn are handled one by one, correctly and slowly.
    uint64_t count;
    /// Factor of scale and triad; of write the value that the next pass stores.
    double s;
} sl_stream_task;

/// Makes `passes` passes over whole arrays.
///
/// stream-copy   a[i] = b[i]            then the arrays move on by one: b is written next and c is read
/// stream-scale  a[i] = s * b[i]        likewise
/// stream-add    a[i] = b[i] + c[i]     then a and b change places: c is added to the sums over and over
/// stream-triad  a[i] = b[i] + s * c[i] likewise
/// stream-read   sum of a[i]            returned, over all passes; added up by lanes, exact if all sums are
/// stream-write  a[i] = s               then s grows by 1
///
/// Every pass uses what an earlier one left, so a wrong or missing element stays wrong; docs/memory.md has the proof.
/// Returns 0 except for stream-read.
typedef double (*sl_stream_function)(uint64_t passes, sl_stream_task *task);

/// One loop in one element type for one instruction set.
typedef struct {
    /// "stream-copy", "stream-scale", "stream-add", "stream-triad", "stream-read" or "stream-write".
    const char *kernel;
    /// "f64".
    const char *dtype;
    /// "scalar", "sse2", "avx2", "avx512" or "neon"; with "-nt" when stores are non-temporal.
    const char *variant;
    /// "x86_64", "arm64", or "any" for portable C.
    const char *architecture;
    /// Features in the spelling of /proc/cpuinfo, separated by one space; empty for none.
    const char *required_features;
    /// Elements per register.
    int lanes;
    /// Elements of each array that one turn of the loop handles.
    int elements_per_turn;
    /// Arrays in the working set, 1 or 3. Copy and scale touch two of their three in a pass.
    int arrays;
    /// Per element as STREAM counts: what the formula loads, stores and computes.
    int bytes_loaded;
    int bytes_stored;
    int flop;
    /// Bytes per element that caches load only to overwrite them: 8 for regular stores to lines they do not hold.
    int bytes_allocated;
    /// 1 when stores go past the caches.
    int non_temporal;
    /// NULL when the row belongs to another architecture than this build.
    sl_stream_function run;
} sl_stream_kernel;

/// All rows, those of other architectures included; of one kernel narrower ones first; static.
const sl_stream_kernel *sl_stream_kernels(size_t *count);

#endif
