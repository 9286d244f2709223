// gemm_kernels_test.c: the matrix products that this processor can run against three plain loops, bit for bit: operands
// are small integers, so that every sum is exact in any order. Sizes around the tiles and across cache blocks, all
// transposes, several threads. Each matrix ends where a page without access begins.
// One argument, the machine's name in the output. Exits 0 when everything agrees, 1 otherwise.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdalign.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#include "gemm_kernels.h"
#include "cross_test.h"

enum { MOST_THREADS = 3, MOST_COLUMNS = 1061 };

/// Rows of `leading` elements of which `columns` are the matrix's.
typedef struct {
    int64_t rows, columns, leading;
    int element_bytes;
    char *mapping, *elements;
    size_t mapped;
} matrix;

// What stands between the rows and, where C is overwritten, in it: as NaN it would show in every result.
static const double NOTHING = __builtin_nan("");

static void set(const matrix *x, int64_t row, int64_t column, double value) {
    char *place = x->elements + (row * x->leading + column) * x->element_bytes;
    if (x->element_bytes == 8) {
        memcpy(place, &value, 8);
    } else {
        memcpy(place, &(float){(float)value}, 4);
    }
}

static double get(const matrix *x, int64_t row, int64_t column) {
    const char *place = x->elements + (row * x->leading + column) * x->element_bytes;
    double f64;
    float f32;
    if (x->element_bytes == 4) {
        memcpy(&f32, place, 4);
        return f32;
    }
    memcpy(&f64, place, 8);
    return f64;
}

// Integers from -8 to 8, none of them 0, scattered by `seed`.
static int32_t digit(int64_t row, int64_t column, int32_t seed) {
    const uint32_t value = (uint32_t)(row * 31 + column * 17 + row * column + seed);
    return (int32_t)(value * 0x9E37 >> 12 & 7) - (value & 1 ? 8 : -1);
}

static matrix make(int64_t rows, int64_t columns, int64_t padding, int element_bytes, int32_t seed) {
    matrix x = {rows, columns, columns + padding, element_bytes, NULL, NULL, 0};
    const size_t page = (size_t)sysconf(_SC_PAGESIZE);
    // The last row ends with its last element: padding behind it need not exist.
    const size_t size = rows == 0 ? 0 : (size_t)((rows - 1) * x.leading + columns) * (size_t)element_bytes;
    x.mapped = (size + page - 1) / page * page + page;
    x.mapping = mmap(NULL, x.mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (x.mapping == MAP_FAILED || mprotect(x.mapping + x.mapped - page, page, PROT_NONE) != 0) {
        perror("gemm_kernels_test: no memory for a matrix");
        exit(1);
    }
    x.elements = x.mapping + x.mapped - page - size;
    for (int64_t row = 0; row < rows; row++) {
        for (int64_t column = 0; column < (row < rows - 1 ? x.leading : columns); column++) {
            set(&x, row, column, column < columns ? digit(row, column, seed) : NOTHING);
        }
    }
    return x;
}

typedef struct {
    const sl_gemm_plan *plan;
    int member;
    double alpha, beta;
    const void *a, *b;
    void *c, *workspace;
} share;

static void *multiply(void *context) {
    const share *s = context;
    sl_gemm_run(s->plan, s->member, s->alpha, s->a, s->b, s->beta, s->c, s->workspace);
    return NULL;
}

static void run(const sl_gemm_plan *plan, double alpha, const matrix *a, const matrix *b, double beta, matrix *c) {
    pthread_t threads[MOST_THREADS];
    share shares[MOST_THREADS];
    // What a workspace holds beforehand may not matter, so it is NaN.
    const size_t size = (plan->workspace_bytes + 63) / 64 * 64;
    void *workspace = size == 0 ? NULL : aligned_alloc(64, size);
    if (size > 0) {
        memset(workspace, 0xFF, size);
    }
    for (int member = 0; member < plan->threads; member++) {
        shares[member] = (share){plan, member, alpha, beta, a->elements, b->elements, c->elements, workspace};
        if (pthread_create(&threads[member], NULL, multiply, &shares[member]) != 0) {
            perror("gemm_kernels_test: no thread");
            exit(1);
        }
    }
    for (int member = 0; member < plan->threads; member++) {
        pthread_join(threads[member], NULL);
    }
    free(workspace);
}

static void test_product(const sl_gemm_kernel *row, const int64_t size[3], int transposes, int threads, double alpha,
                         double beta, const sl_gemm_caches *caches) {
    const int64_t m = size[0], n = size[1], k = size[2], padding = (m + n) % 3;
    const int ta = transposes & 1, tb = transposes >> 1;
    matrix a = make(ta ? k : m, ta ? m : k, padding, row->element_bytes, 1);
    matrix b = make(tb ? n : k, tb ? k : n, padding, row->element_bytes, 5);
    matrix c = make(m, n, padding, row->element_bytes, 9);
    for (int64_t i = 0; i < m && beta == 0; i++) {
        for (int64_t j = 0; j < n; j++) {
            set(&c, i, j, NOTHING);
        }
    }
    // A leading dimension is at least 1, also that of a matrix without columns.
    const sl_gemm_shape shape = {m, n, k, ta, tb, a.leading + !a.leading, b.leading + !b.leading,
                                 c.leading + !c.leading};
    alignas(64) unsigned char barriers[MOST_THREADS * SL_GEMM_BARRIER_BYTES] = {0};
    sl_gemm_plan plan;
    sl_gemm_prepare(&plan, row, caches, &shape, threads, (sl_gemm_barrier *)barriers);
    run(&plan, alpha, &a, &b, beta, &c);

    int64_t wrong = 0;
    for (int64_t i = 0; i < m; i++) {
        int32_t sums[MOST_COLUMNS] = {0};
        for (int64_t p = 0; p < k; p++) {
            const int32_t factor = ta ? digit(p, i, 1) : digit(i, p, 1);
            for (int64_t j = 0; j < n; j++) {
                sums[j] += factor * (tb ? digit(j, p, 5) : digit(p, j, 5));
            }
        }
        for (int64_t j = 0; j < n; j++) {
            wrong += get(&c, i, j) != alpha * sums[j] + (beta == 0 ? 0 : beta * digit(i, j, 9));
        }
        // What is not NaN any more.
        for (int64_t j = n; j < c.leading && i < m - 1; j++) {
            const double between = get(&c, i, j);
            wrong += between == between;
        }
    }
    char detail[96];
    snprintf(detail, sizeof detail, "%d x %d x %d, transposes %d, %d threads, alpha %g, beta %g", (int)m, (int)n,
             (int)k, transposes, threads, alpha, beta);
    check(wrong == 0, "the product is that of three loops", detail);
    munmap(a.mapping, a.mapped);
    munmap(b.mapping, b.mapped);
    munmap(c.mapping, c.mapped);
}

static void test_kernel(const sl_gemm_kernel *row) {
    // Around tiles of 4 or 8 rows and 4 to 48 columns; large ones cross blocks of the caches below.
    static const int64_t small[][3] = {
        {1, 1, 1}, {2, 3, 5}, {3, 4, 1}, {4, 5, 7}, {5, 6, 2}, {7, 7, 3}, {8, 12, 4}, {9, 13, 17}, {12, 11, 33},
        {1, 29, 31}, {29, 1, 31}, {31, 29, 1}, {33, 37, 65},
        {3, 23, 8},  {8, 24, 9},  {9, 47, 5},  {7, 49, 6},
    };
    static const int64_t large[][3] = {{61, 67, 61}, {131, 37, 29}, {37, 43, 131}, {9, 1061, 19}};
    static const double factors[][2] = {{1, 0}, {1, 1}, {-2, 0}, {3, -2}};
    // Capacities that no core has, so that small matrices meet many blocks; and unknown ones.
    static const sl_gemm_caches tiny = {1024, 4096, 8192}, unknown = {0, 0, 0};
    for (int transposes = 0; transposes < 4; transposes++) {
        for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
            const double *factor = factors[(i + (size_t)transposes) % 4];
            test_product(row, small[i], transposes, 1 + (int)(i % MOST_THREADS), factor[0], factor[1], &unknown);
        }
        for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
            const double *factor = factors[(i + (size_t)transposes) % 4];
            test_product(row, large[i], transposes, 1 + (int)(i % MOST_THREADS), factor[0], factor[1], &tiny);
        }
    }
    static const int64_t empty_sum[3] = {9, 13, 0}, no_rows[3] = {0, 5, 3};
    test_product(row, empty_sum, 0, 1, 1, 0, &unknown);
    test_product(row, empty_sum, 0, 2, 1, -3, &unknown);
    test_product(row, no_rows, 0, 1, 1, 1, &unknown);
    test_product(row, small[7], 0, 1, 0, 2, &unknown);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: %s MACHINE\n", arguments[0]);
        return 64;
    }
    size_t rows = 0;
    const sl_gemm_kernel *table = sl_gemm_kernels(&rows);
    for (const sl_gemm_kernel *row = table; row < table + rows; row++) {
        if (row->code != NULL && processor_has(row->required_features)) {
            char name[64];
            snprintf(name, sizeof name, "gemm/%s/%s", row->dtype, row->variant);
            test_kernel(row);
            report("ran", name, arguments[1]);
        }
    }
    return failed_rows == 0 ? 0 : 1;
}
