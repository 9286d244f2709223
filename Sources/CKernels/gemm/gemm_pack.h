// gemm_pack.h: packing of one element type, included by each instruction set's file once for each of them, with
// SL_ELEMENT, the type, and SL_PACK, the function's name, defined; both are undefined again here.
// The function is inlined into one that has the instruction set's target attribute and knows the panel's width.

#include "gemm_code.h"

#include <string.h>

static inline __attribute__((always_inline)) void SL_PACK(const sl_gemm_pack *pack, const int64_t panel) {
    typedef SL_ELEMENT four __attribute__((vector_size(4 * sizeof(SL_ELEMENT))));
    const int64_t size = sizeof(SL_ELEMENT), width = pack->width, w_step = pack->width_step, k_step = pack->k_step;
    SL_ELEMENT *to = (SL_ELEMENT *)pack->to;
    const char *from = pack->from;
    if (w_step == size && width == panel) {
        for (int64_t k = 0; k < pack->k; k++) {
            memcpy(to + k * panel, from + k * k_step, panel * size);
        }
        return;
    }
    // Columns and steps that are transposed in registers, 4 by 4; a line of each of four columns at a time, since lines
    // of many may fall into the same set of the cache.
    const int64_t columns = k_step == size ? width / 4 * 4 : 0, steps = columns > 0 ? pack->k / 4 * 4 : 0;
    const int64_t line = 64 / size;
    for (int64_t begin = 0; begin < steps; begin += line) {
        const int64_t end = begin + line < steps ? begin + line : steps;
        for (int64_t w = 0; w < columns; w += 4) {
            const char *source = from + w * w_step + begin * size;
            SL_ELEMENT *out = to + begin * panel + w;
            for (int64_t k = begin; k < end; k += 4, source += 4 * size, out += 4 * panel) {
                four a, b, c, d;
                memcpy(&a, source, sizeof a);
                memcpy(&b, source + w_step, sizeof b);
                memcpy(&c, source + 2 * w_step, sizeof c);
                memcpy(&d, source + 3 * w_step, sizeof d);
                const four ab0 = __builtin_shufflevector(a, b, 0, 4, 2, 6);
                const four ab1 = __builtin_shufflevector(a, b, 1, 5, 3, 7);
                const four cd0 = __builtin_shufflevector(c, d, 0, 4, 2, 6);
                const four cd1 = __builtin_shufflevector(c, d, 1, 5, 3, 7);
                a = __builtin_shufflevector(ab0, cd0, 0, 1, 4, 5);
                b = __builtin_shufflevector(ab1, cd1, 0, 1, 4, 5);
                c = __builtin_shufflevector(ab0, cd0, 2, 3, 6, 7);
                d = __builtin_shufflevector(ab1, cd1, 2, 3, 6, 7);
                memcpy(out, &a, sizeof a);
                memcpy(out + panel, &b, sizeof b);
                memcpy(out + 2 * panel, &c, sizeof c);
                memcpy(out + 3 * panel, &d, sizeof d);
            }
        }
    }
    for (int64_t k = 0; k < pack->k; k++) {
        int64_t w = k < steps ? columns : 0;
        for (; w < width; w++) {
            memcpy(to + k * panel + w, from + w * w_step + k * k_step, size);
        }
        for (; w < panel; w++) {
            to[k * panel + w] = 0;
        }
    }
}

#undef SL_ELEMENT
#undef SL_PACK
