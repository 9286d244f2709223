// slowed-openblas.c: OpenBLAS whose products take longer, for confirm-noise. After each product the calling thread spins
// for a share of the time that it took: SLOWED_ONE on one thread, SLOWED_SEVERAL on more (0.05: 5 % longer; 0 or unset:
// not at all). Everything else is OpenBLAS's own. Built with: cc -O2 -shared -fPIC -Wl,--no-as-needed -lopenblas

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

extern int openblas_get_num_threads(void);

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

static double share(void) {
    const char *value = getenv(openblas_get_num_threads() > 1 ? "SLOWED_SEVERAL" : "SLOWED_ONE");
    return value ? atof(value) : 0;
}

#define SLOWED(NAME, REAL)                                                                                             \
    void NAME(int order, int ta, int tb, int m, int n, int k, REAL alpha, const REAL *a, int lda, const REAL *b,       \
              int ldb, REAL beta, REAL *c, int ldc) {                                                                  \
        typedef void (*function)(int, int, int, int, int, int, REAL, const REAL *, int, const REAL *, int, REAL,       \
                                 REAL *, int);                                                                         \
        static function product;                                                                                       \
        if (!product) product = (function)dlsym(RTLD_NEXT, #NAME);                                                     \
        const double start = now();                                                                                    \
        product(order, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                                          \
        const double end = now();                                                                                      \
        const double until = end + share() * (end - start);                                                            \
        while (now() < until) {}                                                                                       \
    }

SLOWED(cblas_dgemm, double)
SLOWED(cblas_sgemm, float)
