// gemm_block.c: a block of A with the panels of B beside it, tile by tile, and what tiles do aside for those to come.

#include "gemm_work.h"

#include <string.h>

/// What tiles are to copy aside: the next panel of B, in pieces of `height` rows and one vector; the `left` last of
/// `count` pieces.
typedef struct {
    int64_t left, count, height;
    const char *from;
    char *to;
} copying;

static void ask(sl_gemm_asking *asks, sl_gemm_tile *tile) {
    tile->from = asks->from;
    tile->from_step = asks->step;
    asks->from += asks->next;
    asks->left--;
}

static void copy(copying *copies, const sl_gemm_work *w, sl_gemm_tile *tile) {
    const int64_t vector = w->kernel->lanes * w->element, vectors = w->kernel->nr / w->kernel->lanes;
    const int64_t index = copies->count - copies->left--;
    // The last pieces overlap those before, where pieces do not divide k.
    const int64_t row = smaller(index / vectors * copies->height, tile->k - copies->height);
    tile->from = copies->from + row * w->b_step + index % vectors * vector;
    tile->from_step = w->b_step;
    tile->to = copies->to + row * vectors * vector + index % vectors * vector;
}

void sl_gemm_pack_b_panel(const sl_gemm_work *w, char *to, const char *b, int64_t columns) {
    w->code->pack_b(&(sl_gemm_pack){ to, b, columns, w->b_column, w->tile.k, w->b_step });
}

void sl_gemm_pack_a_block(const sl_gemm_work *w, const char *a, int64_t rows) {
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

/// One tile of at most mr by nr, by way of the scratch where no function writes just that.
static void multiply_tile(sl_gemm_work *w, int64_t rows, int64_t columns, char *c) {
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

void sl_gemm_multiply_block(
    sl_gemm_work *w, const char *a, int64_t rows, const char *b, int64_t columns, int is_first_block,
    sl_gemm_asking next, char *c) {
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
        sl_gemm_asking panels = { 0 };
        w->tile.b = from;
        w->tile.b_step = w->b_step;
        if (w->packs_b || ((width & (lanes - 1)) != 0 && !code->partial[0][0])) {
            w->tile.b = w->packs_b ? panel : w->edge_panel;
            w->tile.b_step = nr * w->element;
            if (!w->packs_b || (packs_here && !w->is_copied)) {
                sl_gemm_pack_b_panel(w, (char *)w->tile.b, from, width);
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
                panels = (sl_gemm_asking){ 2 * nr * w->element / LINE, next_panel, LINE / 2, k * LINE / 2 };
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
