// gemm_work.h: what gemm_run.c, which walks over blocks, and gemm_block.c, which multiplies one, share.

#ifndef SUANLI_GEMM_WORK_H
#define SUANLI_GEMM_WORK_H

#include "gemm_code.h"

enum { LINE = 64 };

/// What one call of sl_gemm_run works with.
typedef struct {
    const sl_gemm_kernel *kernel;
    const struct sl_gemm_code *code;
    int64_t element;
    /// Bytes from an element of op(A), op(B) and C to the next.
    int64_t a_row, a_step, b_step, b_column, c_row;
    int packs_a, packs_b;
    /// Whether panels are packed by those who use them, one ahead, and not by all before they start.
    int packs_on_the_way;
    char *scratch, *edge_panel, *block, *panels;
    /// Bytes of one packed panel of B.
    int64_t panel_bytes;
    /// Whether the next panel is in place already.
    int is_copied;
    sl_gemm_tile tile;
} sl_gemm_work;

/// What tiles are to ask for aside: `left` sweeps over the steps of k.
typedef struct {
    int64_t left;
    const char *from;
    int64_t step, next;
} sl_gemm_asking;

static inline int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

/// Columns of the next panel when `left` are left. Four vectors are cut into two and two, since a tile of one would
/// wait for its loads.
static inline int64_t panel_columns(const sl_gemm_kernel *kernel, int64_t left) {
    const int64_t two = 2 * kernel->lanes;
    return left > kernel->nr && left <= 2 * two && two < kernel->nr ? two : smaller(left, kernel->nr);
}

/// Packs columns of B at `b`, at most a panel's.
void sl_gemm_pack_b_panel(const sl_gemm_work *w, char *to, const char *b, int64_t columns);

/// Packs `rows` of op(A) in panels of mr.
void sl_gemm_pack_a_block(const sl_gemm_work *w, const char *a, int64_t rows);

/// Multiplies `rows` of op(A) at `a` with `columns` of op(B) at `b` into `c`; `next` is the next block of A.
void sl_gemm_multiply_block(
    sl_gemm_work *w, const char *a, int64_t rows, const char *b, int64_t columns, int is_first_block,
    sl_gemm_asking next, char *c);

#endif
