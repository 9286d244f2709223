// gemm_run.c: the loops around the tiles, the same for all element types and instruction sets.
// Threads form a grid: each of its columns, a group, has columns of C and of B of its own and shares their packed
// panels; each member of a group has rows of its own. Groups do not meet.

#include "gemm_code.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>

enum {
    PAGE = 4096,
    LINE = 64,
    /// Turns of waiting, a millisecond or so, after which the processor is offered to others: with more threads than
    /// processors, the last one may be waiting for it.
    PATIENCE = 1 << 14,
};

struct sl_gemm_barrier {
    _Alignas(SL_GEMM_BARRIER_BYTES) _Atomic uint32_t arrived;
    _Atomic uint32_t generation;
};

static inline int64_t smaller(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static inline int64_t rounded_up(int64_t value, int64_t unit) {
    return (value + unit - 1) / unit * unit;
}

/// Where part `index` of `parts` begins when `count` is shared out in pieces of `unit`.
static inline int64_t part_begin(int64_t count, int64_t unit, int index, int parts) {
    // Small products feel divisions.
    return parts == 1 ? index * count : smaller(count, (count + unit - 1) / unit * index / parts * unit);
}

/// Returns when all of `count` have called it; what each wrote before is then visible to all.
static void wait_for_all(sl_gemm_barrier *barrier, int count) {
    const uint32_t mine = atomic_load_explicit(&barrier->generation, memory_order_relaxed);
    if (atomic_fetch_add_explicit(&barrier->arrived, 1, memory_order_acq_rel) + 1 == (uint32_t)count) {
        atomic_store_explicit(&barrier->arrived, 0, memory_order_relaxed);
        atomic_store_explicit(&barrier->generation, mine + 1, memory_order_release);
        return;
    }
    int turns = 0;
    while (atomic_load_explicit(&barrier->generation, memory_order_acquire) == mine) {
#if defined(__x86_64__)
        __builtin_ia32_pause();
#elif defined(__aarch64__)
        __asm__ volatile("yield");
#endif
        if (turns < PATIENCE) {
            turns++;
        } else {
            sched_yield();
        }
    }
}

/// What each member packs: the columns that fill no vector, or where tiles do these and B is packed, nothing.
static int64_t edge_bytes(const sl_gemm_kernel *kernel, const sl_gemm_blocking *blocking) {
    const int64_t columns = !blocking->packs_b ? kernel->nr : kernel->code->edge ? kernel->lanes : 0;
    return columns * blocking->kc * kernel->element_bytes;
}

void sl_gemm_prepare(
    sl_gemm_plan *plan, const sl_gemm_kernel *kernel, const sl_gemm_caches *caches, const sl_gemm_shape *shape,
    int threads, sl_gemm_barrier *barriers) {
    const sl_gemm_blocking blocking = sl_gemm_blocking_for(kernel, caches, shape, threads);
    const int64_t line_of_k = blocking.kc * kernel->element_bytes;
    *plan = (sl_gemm_plan){
        .kernel = kernel,
        .shape = *shape,
        .blocking = blocking,
        .threads = threads,
        .barriers = barriers,
        .panels_bytes = (size_t)rounded_up(blocking.packs_b ? blocking.nc * line_of_k : 0, PAGE),
        .member_bytes = (size_t)rounded_up(
            SL_GEMM_SCRATCH_BYTES + edge_bytes(kernel, &blocking)
                + (blocking.packs_a ? blocking.mc * line_of_k : 0),
            PAGE),
        // Members of a group pack the next panels while slower ones still read these.
        .copies = blocking.row_threads > 1 ? 2 : 1,
    };
    plan->workspace_bytes = (size_t)threads * plan->member_bytes
        + (size_t)(blocking.column_threads * plan->copies) * plan->panels_bytes;
}

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
} work;

/// What tiles are to ask for aside: `left` sweeps over the steps of k.
typedef struct {
    int64_t left;
    const char *from;
    int64_t step, next;
} asking;

/// What tiles are to copy aside: the next panel of B, in pieces of `height` rows and one vector; the `left` last of
/// `count` pieces.
typedef struct {
    int64_t left, count, height;
    const char *from;
    char *to;
} copying;

static void ask(asking *asks, sl_gemm_tile *tile) {
    tile->from = asks->from;
    tile->from_step = asks->step;
    asks->from += asks->next;
    asks->left--;
}

static void copy(copying *copies, const work *w, sl_gemm_tile *tile) {
    const int64_t vector = w->kernel->lanes * w->element, vectors = w->kernel->nr / w->kernel->lanes;
    const int64_t index = copies->count - copies->left--;
    // The last pieces overlap those before, where pieces do not divide k.
    const int64_t row = smaller(index / vectors * copies->height, tile->k - copies->height);
    tile->from = copies->from + row * w->b_step + index % vectors * vector;
    tile->from_step = w->b_step;
    tile->to = copies->to + row * vectors * vector + index % vectors * vector;
}

/// Columns of the next panel when `left` are left. Four vectors are cut into two and two, since a tile of one would
/// wait for its loads.
static inline int64_t panel_columns(const sl_gemm_kernel *kernel, int64_t left) {
    const int64_t two = 2 * kernel->lanes;
    return left > kernel->nr && left <= 2 * two && two < kernel->nr ? two : smaller(left, kernel->nr);
}

static void pack_panel(const work *w, char *to, const char *b, int64_t columns) {
    w->code->pack_b(&(sl_gemm_pack){ to, b, columns, w->b_column, w->tile.k, w->b_step });
}

/// Packs `rows` of op(A) in panels of mr.
static void pack_block(const work *w, const char *a, int64_t rows) {
    const int64_t mr = w->kernel->mr;
    char *to = w->block;
    for (int64_t i = 0; i < rows; i += mr, to += mr * w->tile.k * w->element) {
        w->code->pack_a(&(sl_gemm_pack){ to, a + i * w->a_row, smaller(mr, rows - i), w->a_row, w->tile.k, w->a_step });
    }
}

/// Vectors that `columns`, at most a tile's, take.
static inline int64_t vectors_of(const sl_gemm_kernel *kernel, int64_t columns) {
    return columns <= kernel->lanes ? 1 : columns <= 2 * kernel->lanes ? 2 : SL_GEMM_MAX_VECTORS;
}

/// Whether the columns behind the last whole vector are better done as dot products of `k` terms, for which their
/// vectors have to be summed up, than by a tile, for which each step takes as long for one column as for a vector.
static int has_edge(const work *w, int64_t rest, int64_t k) {
    enum { STEPS_TO_SUM_UP = 12 };
    return rest > 0 && w->code->edge && w->a_step == w->element
        && rest * (k + STEPS_TO_SUM_UP * w->kernel->lanes) < k * w->kernel->lanes;
}

/// One tile of at most mr by nr, by way of the scratch where no function writes just that.
static void multiply_tile(work *w, int64_t rows, int64_t columns, char *c) {
    const sl_gemm_kernel *kernel = w->kernel;
    const int64_t vectors = vectors_of(kernel, columns);
    const int is_whole = columns == vectors * kernel->lanes;
    sl_gemm_tile_function function = (is_whole ? w->code->tiles : w->code->partial)[rows - 1][vectors - 1];
    if (function) {
        w->tile.c = c;
        w->tile.c_row = w->c_row;
        w->tile.mask = (uint16_t)((1u << (columns - (vectors - 1) * kernel->lanes)) - 1);
        function(&w->tile);
        return;
    }
    function = w->code->tiles[rows - 1][vectors - 1];
    if (!function) {
        function = w->code->tiles[kernel->mr - 1][vectors - 1];
    }
    const int64_t scratch_row = kernel->nr * w->element;
    const size_t used = (size_t)(columns * w->element);
    for (int64_t i = 0; i < rows && w->tile.reads_c; i++) {
        memcpy(w->scratch + i * scratch_row, c + i * w->c_row, used);
    }
    w->tile.c = w->scratch;
    w->tile.c_row = scratch_row;
    function(&w->tile);
    for (int64_t i = 0; i < rows; i++) {
        memcpy(c + i * w->c_row, w->scratch + i * scratch_row, used);
    }
}

/// Multiplies `rows` of op(A) at `a` with `columns` of op(B) at `b` into `c`; `next` is the next block of A.
static void multiply_block(
    work *w, const char *a, int64_t rows, const char *b, int64_t columns, int is_first_block, asking next, char *c) {
    const struct sl_gemm_code *code = w->code;
    const int64_t mr = w->kernel->mr, nr = w->kernel->nr, lanes = w->kernel->lanes, k = w->tile.k;
    const int64_t a_panel = w->packs_a ? mr * k * w->element : mr * w->a_row;
    const int packs_here = w->packs_on_the_way && is_first_block;
    const int64_t height = sl_gemm_vectors_copied(code, k);
    const int64_t pieces = packs_here && height > 0 ? (k + height - 1) / height * (nr / lanes) : 0;
    const int copies_here = packs_here && code->copying && w->b_column == w->element && pieces > 0
        && pieces <= rows / mr;
    w->tile.a_row = w->packs_a ? w->element : w->a_row;
    w->tile.a_step = w->packs_a ? mr * w->element : w->a_step;
    int64_t tiles_left = next.left > 0 ? (rows + mr - 1) / mr * ((columns + nr - 1) / nr) : 0;
    char *panel = w->panels;

    for (int64_t j = 0, width; j < columns; j += width, panel += w->panel_bytes) {
        width = panel_columns(w->kernel, columns - j);
        const char *from = b + j * w->b_column;
        copying copies = { 0 };
        asking panels = { 0 };
        w->tile.b = from;
        w->tile.b_step = w->b_step;
        if (w->packs_b || ((width & (lanes - 1)) != 0 && !code->partial[0][0])) {
            w->tile.b = w->packs_b ? panel : w->edge_panel;
            w->tile.b_step = nr * w->element;
            if (!w->packs_b || (packs_here && !w->is_copied)) {
                pack_panel(w, (char *)w->tile.b, from, width);
            }
            w->is_copied = 0;
        }
        if (w->packs_b && width == nr && columns - j > width) {
            char *next_panel = panel + w->panel_bytes;
            if (copies_here && panel_columns(w->kernel, columns - j - width) == nr) {
                copies = (copying){ pieces, pieces, height, from + nr * w->element, next_panel };
                w->is_copied = 1;
            } else if (code->asking && !packs_here) {
                // Each line twice, so that the next is asked for when this one is there.
                panels = (asking){ 2 * nr * w->element / LINE, next_panel, LINE / 2, k * LINE / 2 };
            }
        }
        w->tile.a = a;
        char *c_tile = c + j * w->element;
        for (int64_t i = 0; i < rows; i += mr, tiles_left--, c_tile += mr * w->c_row, w->tile.a += a_panel) {
            sl_gemm_tile_function aside = NULL;
            if (rows - i >= mr && width == nr) {
                // A comes last, lest its lines be pushed out again.
                if (copies.left > 0) {
                    copy(&copies, w, &w->tile);
                    aside = code->copying;
                } else if (panels.left > 0) {
                    ask(&panels, &w->tile);
                    aside = code->asking;
                } else if (next.left > 0 && tiles_left <= 2 * next.left) {
                    ask(&next, &w->tile);
                    aside = code->asking;
                }
            }
            if (aside) {
                w->tile.c = c_tile;
                w->tile.c_row = w->c_row;
                aside(&w->tile);
            } else {
                multiply_tile(w, smaller(mr, rows - i), width, c_tile);
            }
        }
    }
}

static void set_factors(work *w, double alpha, double beta) {
    if (w->element == sizeof(double)) {
        w->tile.alpha.f64 = alpha;
        w->tile.beta.f64 = beta;
    } else {
        w->tile.alpha.f32 = (float)alpha;
        w->tile.beta.f32 = (float)beta;
    }
    w->tile.scales = alpha != 1;
    w->tile.reads_c = beta != 0;
}

void sl_gemm_run(
    const sl_gemm_plan *plan, int member, double alpha, const void *a, const void *b, double beta, void *c,
    void *workspace) {
    const sl_gemm_kernel *kernel = plan->kernel;
    const struct sl_gemm_code *code = kernel->code;
    const sl_gemm_shape *shape = &plan->shape;
    const sl_gemm_blocking *blocking = &plan->blocking;
    const int group = plan->threads == 1 ? 0 : member / blocking->row_threads;
    const int seat = member - group * blocking->row_threads;
    if (group >= blocking->column_threads) {
        return;
    }
    const int64_t element = kernel->element_bytes, mr = kernel->mr, nr = kernel->nr;
    const int64_t first_row = part_begin(shape->m, mr, seat, blocking->row_threads);
    const int64_t rows = part_begin(shape->m, mr, seat + 1, blocking->row_threads) - first_row;
    const int64_t first_column = part_begin(shape->n, kernel->lanes, group, blocking->column_threads);
    const int64_t columns = part_begin(shape->n, kernel->lanes, group + 1, blocking->column_threads) - first_column;
    if (element == sizeof(float)) {
        // What rounds to 0 is 0.
        alpha = (float)alpha;
        beta = (float)beta;
    }
    const int64_t depth = alpha == 0 ? 0 : shape->k, mc = blocking->mc, kc = blocking->kc, nc = blocking->nc;
    const int shares_panels = blocking->row_threads > 1 && blocking->packs_b;

    char *own = (char *)workspace + (size_t)member * plan->member_bytes;
    char *panels = (char *)workspace + (size_t)plan->threads * plan->member_bytes
        + (size_t)(group * plan->copies) * plan->panels_bytes;
    work w = {
        .kernel = kernel,
        .code = code,
        .element = element,
        .a_row = (shape->transpose_a ? 1 : shape->lda) * element,
        .a_step = (shape->transpose_a ? shape->lda : 1) * element,
        .b_step = (shape->transpose_b ? 1 : shape->ldb) * element,
        .b_column = (shape->transpose_b ? shape->ldb : 1) * element,
        .c_row = shape->ldc * element,
        .packs_a = blocking->packs_a,
        .packs_b = blocking->packs_b,
        .packs_on_the_way = !shares_panels,
        .scratch = own,
        .edge_panel = own + SL_GEMM_SCRATCH_BYTES,
        .block = own + SL_GEMM_SCRATCH_BYTES + edge_bytes(kernel, blocking),
    };
    // Rows of A that share a line, when it is their elements that lie side by side.
    const int64_t rows_asked = w.a_row == element ? LINE / element : 1;
    const char *const a_rows = (const char *)a + first_row * w.a_row;
    int turn = 0;

    for (int64_t j = 0; j < columns; j += nc) {
        const int64_t all = smaller(nc, columns - j), rest = all & (kernel->lanes - 1);
        const int64_t edge = has_edge(&w, rest, smaller(kc, depth)) ? rest : 0, width = all - edge;
        // A product without terms still scales C.
        for (int64_t p = 0; p == 0 || p < depth; p += kc, turn++) {
            const char *b_block = (const char *)b + p * w.b_step + (first_column + j) * w.b_column;
            w.tile.k = smaller(kc, depth - p);
            w.panel_bytes = w.packs_b ? nr * w.tile.k * element : 0;
            w.panels = panels + (size_t)(turn % plan->copies) * plan->panels_bytes;
            set_factors(&w, depth == 0 ? 0 : alpha, p == 0 ? beta : 1);
            if (shares_panels) {
                int64_t index = 0;
                for (int64_t q = 0, panel; q < width; q += panel, index++) {
                    panel = panel_columns(kernel, width - q);
                    if (index % blocking->row_threads == seat) {
                        pack_panel(&w, w.panels + index * w.panel_bytes, b_block + q * w.b_column, panel);
                    }
                }
                wait_for_all(&plan->barriers[group], blocking->row_threads);
            }
            if (edge > 0) {
                code->pack_edge(&(sl_gemm_pack){
                    w.edge_panel, b_block + width * w.b_column, edge, w.b_column, w.tile.k, w.b_step });
            }
            for (int64_t i = 0; i < rows; i += mc) {
                const int64_t height = smaller(mc, rows - i);
                const char *a_block = a_rows + i * w.a_row + p * w.a_step;
                const char *next = i + mc < rows ? a_block + mc * w.a_row : a_rows + (p + kc) * w.a_step;
                const int64_t next_rows = i + mc < rows ? smaller(mc, rows - i - mc) : p + kc < depth ? height : 0;
                char *c_block = (char *)c + (first_row + i) * w.c_row + (first_column + j) * element;
                if (edge > 0) {
                    code->edge(&(sl_gemm_edge){ height, edge, w.tile.k, a_block, w.a_row, w.edge_panel,
                                                c_block + width * element, w.c_row, &w.tile });
                }
                const asking asks = { code->asking ? next_rows / rows_asked : 0, next, w.a_step, rows_asked * w.a_row };
                if (w.packs_a) {
                    pack_block(&w, a_block, height);
                    a_block = w.block;
                }
                multiply_block(&w, a_block, height, b_block, width, i == 0, asks, c_block);
            }
        }
    }
}
