// stream_variants.h: the functions behind the table's rows, by the file that defines them.

#ifndef SUANLI_STREAM_VARIANTS_H
#define SUANLI_STREAM_VARIANTS_H

#include "stream_kernels.h"

#define SL_STREAM(name) double name(uint64_t passes, sl_stream_task *task)

#define SL_STREAM_STORING(variant)            \
    SL_STREAM(sl_stream_copy_f64_##variant);  \
    SL_STREAM(sl_stream_scale_f64_##variant); \
    SL_STREAM(sl_stream_add_f64_##variant);   \
    SL_STREAM(sl_stream_triad_f64_##variant); \
    SL_STREAM(sl_stream_write_f64_##variant)

SL_STREAM_STORING(scalar);
SL_STREAM(sl_stream_read_f64_scalar);

#if defined(__x86_64__)
SL_STREAM_STORING(sse2);
SL_STREAM_STORING(sse2_nt);
SL_STREAM(sl_stream_read_f64_sse2);
SL_STREAM_STORING(avx2);
SL_STREAM_STORING(avx2_nt);
SL_STREAM(sl_stream_read_f64_avx2);
SL_STREAM_STORING(avx512);
SL_STREAM_STORING(avx512_nt);
SL_STREAM(sl_stream_read_f64_avx512);
#endif

#if defined(__aarch64__)
SL_STREAM_STORING(neon);
SL_STREAM_STORING(neon_nt);
SL_STREAM(sl_stream_read_f64_neon);
#endif

#endif
