// gemm_run.c: the loops around the tiles, the same for all element types and instruction sets.
// Threads form a grid: each of its columns, a group, has columns of C and of B of its own and shares their packed
// panels; each member of a group has rows of its own. Groups do not meet.

#include "gemm_work.h"

#include <sched.h>
#include <stdatomic.h>

enum {
    PAGE = 4096,
    /// Turns of waiting, a millisecond or so, after which the processor is offered to others: with more threads than
    /// processors, the last one may be waiting for it.
    PATIENCE = 1 << 14,
};

struct sl_gemm_barrier {
    _Alignas(SL_GEMM_BARRIER_BYTES) _Atomic uint32_t arrived;
    _Atomic uint32_t generation;
};

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

/// Whether the columns behind the last whole vector are better done as dot products, for which their vectors have to be
/// summed up, than by a tile, for which each step takes as long for one column as for a vector. The last block of k may
/// be too short for a vector.
static int has_edge(const sl_gemm_work *w, int64_t rest, int64_t depth, int64_t kc) {
    enum { STEPS_TO_SUM_UP = 12 };
    const int64_t k = smaller(depth, kc), lanes = w->kernel->lanes;
    return rest > 0 && w->code->edge && w->a_step == w->element && rest * (k + STEPS_TO_SUM_UP * lanes) < k * lanes
        && depth - (depth - 1) / kc * kc >= lanes;
}

static void set_factors(sl_gemm_work *w, double alpha, double beta) {
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
    sl_gemm_work w = {
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
        const int64_t edge = has_edge(&w, rest, depth, kc) ? rest : 0, width = all - edge;
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
                        sl_gemm_pack_b_panel(&w, w.panels + index * w.panel_bytes, b_block + q * w.b_column, panel);
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
                const sl_gemm_asking asks = {
                    code->asking ? next_rows / rows_asked : 0, next, w.a_step, rows_asked * w.a_row };
                if (w.packs_a) {
                    sl_gemm_pack_a_block(&w, a_block, height);
                    a_block = w.block;
                }
                sl_gemm_multiply_block(&w, a_block, height, b_block, width, i == 0, asks, c_block);
            }
        }
    }
}
