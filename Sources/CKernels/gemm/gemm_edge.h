// gemm_edge.h: the last columns of C, which fill no vector, as dot products along k, which lies side by side in A.
// A tile of one vector would do a whole vector's work for them, and wait for its loads: at n = 97 a fifth of all time.
// The including file defines SL_ELEMENT; SL_EDGE and SL_PACK_EDGE, the names; SL_TARGET; SL_VECTOR and SL_LANES;
// SL_MASK, the type of a mask, and SL_FIRST(count), the one of the first lanes; SL_LOAD(from), SL_LOAD_FIRST(from, mask),
// which reads no other lanes; SL_ZERO, SL_FMA(x, y, z) for x*y + z, and SL_SUM(vector).

__attribute__((target(SL_TARGET))) static void SL_PACK_EDGE(const sl_gemm_pack *pack) {
    SL_ELEMENT *to = (SL_ELEMENT *)pack->to;
    for (int64_t w = 0; w < pack->width; w++) {
        for (int64_t k = 0; k < pack->k; k++) {
            *to++ = *(const SL_ELEMENT *)(pack->from + w * pack->width_step + k * pack->k_step);
        }
    }
}

__attribute__((target(SL_TARGET))) static void SL_EDGE(const sl_gemm_edge *edge) {
    const sl_gemm_tile *t = edge->factors;
    const int64_t whole = edge->k / SL_LANES * SL_LANES;
    const SL_MASK rest = SL_FIRST(edge->k - whole);
    SL_ELEMENT alpha, beta;
    __builtin_memcpy(&alpha, &t->alpha, sizeof alpha);
    __builtin_memcpy(&beta, &t->beta, sizeof beta);
    for (int64_t i = 0; i < edge->rows; i += 4) {
        const SL_ELEMENT *a[4];
        for (int64_t r = 0; r < 4; r++) {
            // Rows that are not there are the last one again.
            const int64_t row = i + r < edge->rows ? i + r : edge->rows - 1;
            a[r] = (const SL_ELEMENT *)(edge->a + row * edge->a_row);
        }
        for (int64_t j = 0; j < edge->columns; j++) {
            const SL_ELEMENT *b = (const SL_ELEMENT *)edge->b + j * edge->k;
            SL_VECTOR sums[4] = { SL_ZERO, SL_ZERO, SL_ZERO, SL_ZERO };
            for (int64_t k = 0; k < whole; k += SL_LANES) {
                const SL_VECTOR column = SL_LOAD(b + k);
                for (int r = 0; r < 4; r++) {
                    sums[r] = SL_FMA(SL_LOAD(a[r] + k), column, sums[r]);
                }
            }
            if (whole < edge->k) {
                const SL_VECTOR column = SL_LOAD_FIRST(b + whole, rest);
                for (int r = 0; r < 4; r++) {
                    sums[r] = SL_FMA(SL_LOAD_FIRST(a[r] + whole, rest), column, sums[r]);
                }
            }
            for (int64_t r = 0; r < 4 && i + r < edge->rows; r++) {
                SL_ELEMENT *c = (SL_ELEMENT *)(edge->c + (i + r) * edge->c_row) + j;
                const SL_ELEMENT sum = alpha * SL_SUM(sums[r]);
                *c = t->reads_c ? sum + beta * *c : sum;
            }
        }
    }
}

#undef SL_ELEMENT
#undef SL_EDGE
#undef SL_PACK_EDGE
#undef SL_VECTOR
#undef SL_LANES
#undef SL_MASK
#undef SL_FIRST
#undef SL_LOAD
#undef SL_LOAD_FIRST
#undef SL_ZERO
#undef SL_FMA
#undef SL_SUM
