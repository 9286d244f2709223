// blas_calls.h: routines of a BLAS library that was loaded at run time, called under a guard.
// C rather than Swift makes the call, so that no Swift frame lies where a crash jumps out.
#ifndef SUANLI_BLAS_CALLS_H
#define SUANLI_BLAS_CALLS_H

#include <stddef.h>
#include <stdint.h>

struct sl_library_guard;

/// C = alpha op(A) op(B) + beta C by cblas_dgemm or cblas_sgemm, row-major.
struct sl_gemm_arguments {
    /// The library's function.
    const void *entry;
    /// Bytes of its integers, 4 or 8, and of an element, 4 or 8.
    int32_t integer_bytes, element_bytes;
    /// CBLAS_TRANSPOSE: 111 as it is, 112 transposed.
    int32_t transpose_a, transpose_b;
    int64_t m, n, k, lda, ldb, ldc;
    double alpha, beta;
    const void *a, *b;
    void *c;
};

/// Returns 0, or the signal of the library's crash (`sl_guarded_library_call`).
int32_t sl_guarded_gemm(struct sl_library_guard *library, const struct sl_gemm_arguments *arguments);

/// Factorises A = P L U in place and solves A x = b for one right-hand side, by LAPACK's getrf and getrs, column-major.
struct sl_lu_arguments {
    /// The library's functions with Fortran's calling convention.
    const void *getrf, *getrs;
    /// Bytes of their integers, 4 or 8; pivots are as wide.
    int32_t integer_bytes;
    int64_t n, lda;
    /// n columns of lda elements; n pivots; n elements, which x takes the place of.
    void *a, *pivots, *b;
    /// INFO of each; getrs is not called, and its INFO 0, when getrf's is not 0.
    int64_t factorisation_info, solution_info;
};

/// Returns 0, or the signal of the library's crash (`sl_guarded_library_call`). Read the two infos then.
int32_t sl_guarded_lu(struct sl_library_guard *library, struct sl_lu_arguments *arguments);

/// The dot product of two vectors of two elements by cblas_ddot, with any 64 bits as the count.
int32_t sl_guarded_ddot(
    struct sl_library_guard *library, const void *entry, uint64_t count, const double *x, const double *y,
    double *result);

/// Calls a function that takes a thread count. A small count passed as 64 bits in a register reads the same as int.
int32_t sl_guarded_set_count(struct sl_library_guard *library, const void *entry, int64_t count);

#endif
