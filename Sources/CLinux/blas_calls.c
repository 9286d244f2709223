// blas_calls.c: routines of a loaded BLAS library under a guard, for either width of its integers.

#include "blas_calls.h"

#include "CLinux.h"

enum { ROW_MAJOR = 101 };

// MARK: cblas_?gemm. Enumerations are C ints at either width.

#define GEMM_CALL(name, integer, real)                                                                              \
    static void name(void *context) {                                                                               \
        typedef void (*gemm)(int, int, int, integer, integer, integer, real, const real *, integer, const real *,   \
                             integer, real, real *, integer);                                                       \
        const struct sl_gemm_arguments *s = context;                                                                \
        ((gemm)(uintptr_t)s->entry)(ROW_MAJOR, s->transpose_a, s->transpose_b, (integer)s->m, (integer)s->n,        \
                                    (integer)s->k, (real)s->alpha, s->a, (integer)s->lda, s->b, (integer)s->ldb,    \
                                    (real)s->beta, s->c, (integer)s->ldc);                                          \
    }

GEMM_CALL(dgemm_lp64, int32_t, double)
GEMM_CALL(dgemm_ilp64, int64_t, double)
GEMM_CALL(sgemm_lp64, int32_t, float)
GEMM_CALL(sgemm_ilp64, int64_t, float)

int32_t sl_guarded_gemm(struct sl_library_guard *library, const struct sl_gemm_arguments *arguments) {
    int wide = arguments->integer_bytes == 8;
    void (*call)(void *) = arguments->element_bytes == 8 ? (wide ? dgemm_ilp64 : dgemm_lp64)
                                                         : (wide ? sgemm_ilp64 : sgemm_lp64);
    return sl_guarded_library_call(library, call, (void *)(uintptr_t)arguments);
}

// MARK: ?getrf and ?getrs. The element type is in the function; Fortran appends the length of a character argument.

#define LU_CALL(name, integer)                                                                                      \
    static void name(void *context) {                                                                               \
        typedef void (*getrf)(const integer *, const integer *, void *, const integer *, void *, integer *);        \
        typedef void (*getrs)(const char *, const integer *, const integer *, const void *, const integer *,        \
                              const void *, void *, const integer *, integer *, size_t);                            \
        struct sl_lu_arguments *s = context;                                                                        \
        const integer n = (integer)s->n, lda = (integer)s->lda, one = 1;                                            \
        integer info = 0;                                                                                           \
        ((getrf)(uintptr_t)s->getrf)(&n, &n, s->a, &lda, s->pivots, &info);                                         \
        s->factorisation_info = info;                                                                               \
        s->solution_info = 0;                                                                                       \
        if (info != 0) return;                                                                                      \
        ((getrs)(uintptr_t)s->getrs)("N", &n, &one, s->a, &lda, s->pivots, s->b, &n, &info, 1);                     \
        s->solution_info = info;                                                                                    \
    }

LU_CALL(lu_lp64, int32_t)
LU_CALL(lu_ilp64, int64_t)

int32_t sl_guarded_lu(struct sl_library_guard *library, struct sl_lu_arguments *arguments) {
    return sl_guarded_library_call(library, arguments->integer_bytes == 8 ? lu_ilp64 : lu_lp64, arguments);
}

// MARK: What is asked of a library before it is used

struct ddot_arguments {
    const void *entry;
    uint64_t count;
    const double *x, *y;
    double result;
};

static void ddot(void *context) {
    struct ddot_arguments *s = context;
    // Both calling conventions pass these integers in 64-bit registers, of which a 32-bit function reads the low half.
    typedef double (*function)(uint64_t, const double *, int64_t, const double *, int64_t);
    s->result = ((function)(uintptr_t)s->entry)(s->count, s->x, 1, s->y, 1);
}

int32_t sl_guarded_ddot(
    struct sl_library_guard *library, const void *entry, uint64_t count, const double *x, const double *y,
    double *result) {
    struct ddot_arguments arguments = {entry, count, x, y, 0};
    int32_t number = sl_guarded_library_call(library, ddot, &arguments);
    *result = arguments.result;
    return number;
}

struct count_arguments {
    const void *entry;
    int64_t count;
};

static void set_count(void *context) {
    const struct count_arguments *s = context;
    ((void (*)(int64_t))(uintptr_t)s->entry)(s->count);
}

int32_t sl_guarded_set_count(struct sl_library_guard *library, const void *entry, int64_t count) {
    struct count_arguments arguments = {entry, count};
    return sl_guarded_library_call(library, set_count, &arguments);
}
