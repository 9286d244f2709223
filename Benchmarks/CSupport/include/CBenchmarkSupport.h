// CBenchmarkSupport.h: packing as the matrix product does it, by itself.
#ifndef SUANLI_C_BENCHMARK_SUPPORT_H
#define SUANLI_C_BENCHMARK_SUPPORT_H

#include <stdint.h>

#include "gemm_kernels.h"

/// The product of that variant and element type; NULL when this build has no code for it.
const sl_gemm_kernel *sl_gemm_named(const char *variant, const char *dtype);

/// Packs a block of `rows` by `columns` of a row-major matrix whose rows are `leading` elements apart: as a block of A,
/// in panels of mr rows, or, with `as_b`, as one of B, in panels of nr columns.
/// `to` has room for whole panels.
void sl_gemm_pack_block(
    const sl_gemm_kernel *kernel, int as_b, int64_t rows, int64_t columns, int64_t leading, const void *from,
    void *to);

#endif
