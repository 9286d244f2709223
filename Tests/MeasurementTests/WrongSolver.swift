// WrongSolver.swift: a library with LAPACK that passes calls on to OpenBLAS and spoils factors, pivots or solution.

import Quantities
import TestSupport

/// How the shim spoils what OpenBLAS found.
enum SolverFault: Int, CaseIterable, Sendable {
    case singular, refused, notANumber, slightlyOff, idle, stale, withoutPivots, onePivot, oneFactor, infinite
    case copiesByPointer, copiesByContent, refined

    enum Verdict: Sendable {
        /// With this in the failure's detail.
        case caught(String)
        case passes(String)
    }

    /// As the table names it.
    var name: String {
        switch self {
        case .singular: "INFO of getrf says that a pivot is zero"
        case .refused: "INFO of getrs says that an argument is refused"
        case .notANumber: "one element of x NaN"
        case .slightlyOff: "the largest element of x off by 10⁻⁶ (f64) or a quarter (f32)"
        case .idle: "nothing done, and nothing said of it"
        case .stale: "nothing done from the third call on"
        case .withoutPivots: "row exchanges forgotten"
        case .onePivot: "one row exchange with another row"
        case .oneFactor: "one diagonal element of U off by 1 %"
        case .infinite: "one element of x +∞"
        case .copiesByPointer: "copies the factors of the call before when the pointers are the same"
        case .copiesByContent: "copies the factors of the call before when all of A is equal"
        case .refined: "factors in single precision, solution refined in double"
        }
    }

    var verdict: Verdict {
        switch self {
        case .singular: .caught("getrf gave INFO = 80: pivot 80 is exactly zero")
        case .refused: .caught("getrs gave INFO = -5: it refused its argument 5")
        case .copiesByContent: .passes("A differs from slice to slice, so that it factorises each time")
        case .refined: .passes("x is right; the stated peak bounds the rate")
        default: .caught("hpl-residual residual")
        }
    }

    /// In single precision some errors would be less than rounding.
    var types: [ElementType] { self == .refined || self == .oneFactor ? [.f64] : [.f64, .f32] }
}

enum WrongSolver {
    static func build(_ definitions: [String], at path: String) throws {
        try CLibrary.build(source, definitions: definitions, at: path)
    }

    private static let source = """
        #include <dlfcn.h>
        #include <math.h>
        #include <stddef.h>
        #include <stdlib.h>
        #include <string.h>
        #ifndef FAULT
        #define FAULT -1
        #endif

        static void *real(const char *name) {
            static void *library;
            if (!library) library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
            return dlsym(library, name);
        }
        /* On a thread that is bound to one CPU, as measured ones are, OpenBLAS would take that for the machine. */
        __attribute__((constructor)) static void load(void) { real("cblas_ddot"); }
        double cblas_ddot(int n, const double *x, int incx, const double *y, int incy) {
            typedef double (*function)(int, const double *, int, const double *, int);
            return ((function)real("cblas_ddot"))(n, x, incx, y, incy);
        }
        void cblas_dgemm(void) {}
        void cblas_sgemm(void) {}
        /* Matrices that were factorised. */
        long computed;

        #ifndef WITHOUT_LAPACK
        static int calls;
        /* The matrix as it was, and its factors. */
        #define SOLVER(p, TYPE)                                                                                    \\
        static TYPE *before_##p, *factors_##p;                                                                     \\
        static int *pivots_##p;                                                                                    \\
        void p##getrf_(const int *m, const int *n, TYPE *a, const int *lda, int *pivots, int *info) {              \\
            typedef void (*function)(const int *, const int *, TYPE *, const int *, int *, int *);                 \\
            const size_t bytes = sizeof(TYPE) * *n * *lda;                                                         \\
            static int order;                                                                                      \\
            calls++;                                                                                               \\
            if (FAULT == 100) *(volatile int *)sizeof(int) = 1;                                                    \\
            *info = 0;                                                                                             \\
            if (FAULT == 4 || (FAULT == 5 && calls > 2)) return;                                                   \\
            const int known = order == *n && (FAULT == 10 || (FAULT == 11 && !memcmp(a, before_##p, bytes)));      \\
            if (known) {                                                                                           \\
                memcpy(a, factors_##p, bytes);                                                                     \\
                memcpy(pivots, pivots_##p, *n * sizeof(int));                                                      \\
                return;                                                                                            \\
            }                                                                                                      \\
            before_##p = memcpy(realloc(before_##p, bytes), a, bytes);                                             \\
            ((function)real(#p "getrf_"))(m, n, a, lda, pivots, info);                                             \\
            computed++;                                                                                            \\
            factors_##p = memcpy(realloc(factors_##p, bytes), a, bytes);                                           \\
            pivots_##p = memcpy(realloc(pivots_##p, *n * sizeof(int)), pivots, *n * sizeof(int));                  \\
            order = *n;                                                                                            \\
            if (FAULT == 0) *info = *n / 2;                                                                        \\
            if (FAULT == 6) for (int i = 0; i < *n; i++) pivots[i] = i + 1;                                        \\
            if (FAULT == 7) pivots[*n / 4] = pivots[*n / 4] == *n ? *n - 1 : *n;                                   \\
            if (FAULT == 8) a[(size_t)(*n / 2) * *lda + *n / 2] *= 1.01;                                           \\
        }                                                                                                          \\
        void p##getrs_(const char *t, const int *n, const int *count, const TYPE *a, const int *lda,               \\
                       const int *pivots, TYPE *b, const int *ldb, int *info, size_t length) {                     \\
            typedef void (*function)(const char *, const int *, const int *, const TYPE *, const int *,            \\
                                     const int *, TYPE *, const int *, int *, size_t);                             \\
            *info = 0;                                                                                             \\
            if (FAULT == 4 || (FAULT == 5 && calls > 2)) return;                                                   \\
            ((function)real(#p "getrs_"))(t, n, count, a, lda, pivots, b, ldb, info, length);                      \\
            if (FAULT == 1) *info = -5;                                                                            \\
            if (FAULT == 2) b[*n / 3] = NAN;                                                                       \\
            if (FAULT == 9) b[*n - 1] = INFINITY;                                                                  \\
            int largest = 0;                                                                                       \\
            for (int i = 0; i < *n; i++) if (fabs(b[i]) > fabs(b[largest])) largest = i;                           \\
            /* In single precision that would be less than rounding. */                                            \\
            if (FAULT == 3) b[largest] *= 1 + (sizeof(TYPE) == 8 ? 1e-6 : 0.25);                                   \\
        }
        SOLVER(s, float)
        #if FAULT != 12
        SOLVER(d, double)
        #else
        static double *matrix;
        static float *factors;
        void dgetrf_(const int *m, const int *n, double *a, const int *lda, int *pivots, int *info) {
            const size_t count = (size_t)*n * *lda;
            matrix = memcpy(realloc(matrix, count * sizeof(double)), a, count * sizeof(double));
            factors = realloc(factors, count * sizeof(float));
            for (size_t i = 0; i < count; i++) factors[i] = a[i];
            sgetrf_(m, n, factors, lda, pivots, info);
        }
        /* x = x + A^-1 (b - A x), a few times. */
        void dgetrs_(const char *t, const int *n, const int *count, const double *a, const int *lda,
                     const int *pivots, double *b, const int *ldb, int *info, size_t length) {
            double *x = calloc(*n, sizeof(double));
            float *d = malloc(*n * sizeof(float));
            for (int step = 0; step < 8; step++) {
                for (int i = 0; i < *n; i++) {
                    double r = b[i];
                    for (int j = 0; j < *n; j++) r -= matrix[(size_t)j * *lda + i] * x[j];
                    d[i] = r;
                }
                sgetrs_(t, n, count, factors, lda, pivots, d, ldb, info, length);
                for (int i = 0; i < *n; i++) x[i] += d[i];
            }
            memcpy(b, x, *n * sizeof(double));
            free(x);
            free(d);
        }
        #endif
        #endif
        """
}
