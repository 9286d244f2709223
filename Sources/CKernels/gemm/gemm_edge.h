// gemm_edge.h: the last columns of C, which fill no vector, as dot products along k, which lies side by side in A.
// A tile of one vector would do a whole vector's work for them, and wait for its loads: at n = 97 a fifth of all time.
// The including file defines SL_ELEMENT; SL_EDGE and SL_PACK_EDGE, the names; SL_TARGET; SL_VECTOR and SL_LANES;
// SL_LOAD(from); SL_MASK, the type of a mask, SL_REST(count), and SL_LOAD_REST(from, count, mask), a vector of `count`
// elements and zeros, which may read the elements before; SL_ZERO, SL_FMA(x, y, z) for x*y + z, and SL_SUM(vector).

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
    const int64_t rest = edge->k - whole;
    const SL_MASK mask = SL_REST(rest);
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
            if (rest > 0) {
                const SL_VECTOR column = SL_LOAD_REST(b + whole, rest, mask);
                for (int r = 0; r < 4; r++) {
                    sums[r] = SL_FMA(SL_LOAD_REST(a[r] + whole, rest, mask), column, sums[r]);
                }
            }
            for (int64_t r = 0; r < 4 && i + r < edge->rows; r++) {
                SL_ELEMENT *c = (SL_ELEMENT *)(edge->c + (i + r) * edge->c_row) + j;
                SL_ELEMENT sum = alpha * SL_SUM(sums[r]);
                if (t->reads_c) {
                    SL_ELEMENT before = *c;
                    // From a register: QEMU 7.2 reads 16 bytes for a scalar multiply-add from memory.
                    SL_OPAQUE(before);
                    sum += beta * before;
                }
                *c = sum;
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
#undef SL_REST
#undef SL_LOAD
#undef SL_LOAD_REST
#undef SL_ZERO
#undef SL_FMA
#undef SL_SUM
