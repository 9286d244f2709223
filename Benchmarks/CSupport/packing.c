// packing.c: calls the packing functions behind a row of the table of products, panel by panel as gemm_run.c does.

#include "CBenchmarkSupport.h"

#include <stddef.h>
#include <string.h>

#include "gemm_code.h"

const sl_gemm_kernel *sl_gemm_named(const char *variant, const char *dtype) {
    size_t count = 0;
    const sl_gemm_kernel *rows = sl_gemm_kernels(&count);
    for (size_t i = 0; i < count; i++)
        if (rows[i].code && strcmp(rows[i].variant, variant) == 0 && strcmp(rows[i].dtype, dtype) == 0) return &rows[i];
    return NULL;
}

void sl_gemm_pack_block(
    const sl_gemm_kernel *kernel, int as_b, int64_t rows, int64_t columns, int64_t leading, const void *from,
    void *to) {
    const int64_t element = kernel->element_bytes, row = leading * element;
    const int64_t panel = as_b ? kernel->nr : kernel->mr, total = as_b ? columns : rows;
    char *out = to;
    for (int64_t begin = 0; begin < total; begin += panel) {
        const int64_t width = total - begin < panel ? total - begin : panel;
        const sl_gemm_pack pack = {
            .to = out,
            .from = (const char *)from + begin * (as_b ? element : row),
            .width = width,
            .width_step = as_b ? element : row,
            .k = as_b ? rows : columns,
            .k_step = as_b ? row : element,
        };
        (as_b ? kernel->code->pack_b : kernel->code->pack_a)(&pack);
        out += panel * pack.k * element;
    }
}
