// gemm_blocking.c: how a product is cut up for the caches it runs in, and shared out to threads. docs/gemm.md has the
// measurements behind the figures.

#include "gemm_code.h"

enum {
    /// Rows of A, in bytes of C's columns, from which packing A costs less than reading it in place; where A is
    /// transposed, each step in place is on a line of its own, and soon on a page.
    WIDTH_FOR_PACKING_A = 8 << 10,
    WIDTH_FOR_PACKING_TRANSPOSED_A = 2 << 10,
    /// Fewest columns for which A is read again.
    LEAST_COLUMNS = 1024,
    /// Steps after which an update of C is no longer felt.
    MANY_STEPS = 1024,
};

static inline int64_t rounded_up(int64_t value, int64_t unit) {
    return (value + unit - 1) / unit * unit;
}

static inline int64_t divided_up(int64_t value, int64_t by) {
    return (value + by - 1) / by;
}

/// The size of a piece when `total` is cut into equal ones of at most `most`, all multiples of `unit`.
static int64_t even_piece(int64_t total, int64_t most, int64_t unit) {
    most = most < unit ? unit : most / unit * unit;
    return total <= 0 ? unit : rounded_up(divided_up(total, divided_up(total, most)), unit);
}

/// Steps of k before C is updated, at most. Many, since each update costs a tile about a hundred cycles; but two panels
/// of B, the one in use and the next, are to take no more than a quarter of level 2; and a tile that needs it finds
/// its panel of B, the one of A and the one before in level 1.
static int64_t most_steps(const sl_gemm_kernel *kernel, int64_t l1d, int64_t l2) {
    const int64_t element = kernel->element_bytes;
    const int64_t in_l2 = l2 / 4 / (2 * kernel->nr * element);
    const int64_t in_l1 = l1d / ((2 * kernel->mr + kernel->nr) * element);
    const int64_t in_cache = kernel->code && kernel->code->needs_l1 && in_l1 < in_l2 ? in_l1 : in_l2;
    return in_cache < MANY_STEPS ? in_cache : MANY_STEPS;
}

/// The grid of threads that gives the slowest of them the least to do, in vector operations per step of k: those of its
/// tiles, about one per element packed, and three where panels are shared, since they cannot be packed on the way.
static void choose_grid(
    const sl_gemm_kernel *kernel, const sl_gemm_shape *shape, int threads, sl_gemm_blocking *blocking) {
    double least = 0;
    for (int by_rows = 1; by_rows <= threads; by_rows++) {
        const int by_columns = threads / by_rows;
        const double rows = (double)(divided_up(divided_up(shape->m, kernel->mr), by_rows) * kernel->mr);
        const double vectors = (double)divided_up(divided_up(shape->n, kernel->lanes), by_columns);
        const double work = rows * vectors + rows + (by_rows > 1 ? 3 : 1) * vectors * kernel->lanes;
        if (by_rows == 1 || work < least) {
            least = work;
            blocking->row_threads = by_rows;
            blocking->column_threads = by_columns;
        }
    }
}

sl_gemm_blocking sl_gemm_blocking_for(
    const sl_gemm_kernel *kernel, const sl_gemm_caches *caches, const sl_gemm_shape *shape, int threads) {
    const int64_t l1d = caches->l1d > 0 ? caches->l1d : 32 << 10;
    const int64_t l2 = caches->l2 > 0 ? caches->l2 : 512 << 10;
    const int64_t l3 = caches->l3_per_thread > 0 ? caches->l3_per_thread : 1 << 20;
    const int64_t element = kernel->element_bytes;
    sl_gemm_blocking blocking = { 0 };
    choose_grid(kernel, shape, threads, &blocking);
    const int64_t rows = divided_up(shape->m, blocking.row_threads);
    const int64_t columns = divided_up(shape->n, blocking.column_threads);

    blocking.kc = even_piece(shape->k, most_steps(kernel, l1d, l2), 8);
    const int64_t row_of_block = blocking.kc * element;
    blocking.mc = even_piece(rows, l2 / 2 / row_of_block, kernel->mr);
    // A group has two sets of panels, where its threads share them.
    const int64_t columns_in_l3 = l3 * blocking.row_threads / (blocking.row_threads > 1 ? 2 : 1) / row_of_block;
    blocking.nc = even_piece(columns, columns_in_l3 < LEAST_COLUMNS ? LEAST_COLUMNS : columns_in_l3, kernel->nr);

    const int64_t packing_width = shape->transpose_a ? WIDTH_FOR_PACKING_TRANSPOSED_A : WIDTH_FOR_PACKING_A;
    blocking.packs_a = !kernel->code || !kernel->code->takes_strided_a || columns * element >= packing_width;
    // In place while it stays in level 2 from one row of tiles to the next, or, where panels have to come from level 1,
    // while rows of B that share a set of it are few; or when there are few rows of tiles.
    const int64_t bytes_in_place = kernel->code && kernel->code->needs_l1 ? 4 * l1d : l2;
    blocking.packs_b = shape->transpose_b || (shape->k * columns * element > bytes_in_place && rows > 3 * kernel->mr);
    return blocking;
}
