// WrongLibrary.swift: a CBLAS library that passes calls on to OpenBLAS and then spoils the result in a chosen way.

import TestSupport

/// How the shim spoils a product.
enum Fault: Int, CaseIterable, Sendable {
    /// One element in the middle is off by 1e-3 in single, by 1e-11 in double precision: twice and ten times the least that
    /// is caught at the order tested, 16 ε ‖a‖ √Σ(‖b‖ x)² / (1/2) for n = 160 (see ProductWitnessTests).
    case oneElement
    /// The last row is zero.
    case zeroRow
    /// One element is NaN.
    case notANumber
    /// The transposed product.
    case transposed
    /// Nothing is computed at all: the second call on leaves C alone.
    case staleAfterFirst
    /// A 64 × 64 tile is zero, as when a thread did not do its part.
    case zeroTile
}

enum WrongLibrary {
    /// - Parameter path: Where the library goes.
    static func build(_ fault: Fault, at path: String) throws {
        try CLibrary.build(source, definitions: ["FAULT=\(fault.rawValue)"], at: path)
    }

    private static let source = """
        #include <dlfcn.h>
        #include <math.h>
        #include <stddef.h>

        static void *real(const char *name) {
            static void *library;
            if (!library) library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
            return dlsym(library, name);
        }

        #define GEMM(NAME, TYPE)                                                                              \\
        void NAME(int order, int ta, int tb, int m, int n, int k, TYPE alpha, const TYPE *a, int lda,         \\
                  const TYPE *b, int ldb, TYPE beta, TYPE *c, int ldc) {                                      \\
            typedef void (*function)(int, int, int, int, int, int, TYPE, const TYPE *, int,                   \\
                                     const TYPE *, int, TYPE, TYPE *, int);                                   \\
            static int calls;                                                                                 \\
            if (FAULT == 4 && calls++ > 0) return;                                                            \\
            ((function)real(#NAME))(order, ta, tb, m, n, k, alpha, a, lda, b, ldb, beta,                      \\
                                    c, ldc);                                                                  \\
            if (FAULT == 0) c[(size_t)(m / 2) * ldc + n / 3] += sizeof(TYPE) == 4 ? 1e-3 : 1e-11;          \\
            if (FAULT == 1) for (int j = 0; j < n; j++) c[(size_t)(m - 1) * ldc + j] = 0;                     \\
            if (FAULT == 2) c[(size_t)(m / 4) * ldc + n / 4] = NAN;                                           \\
            if (FAULT == 3) for (int i = 0; i < m; i++) for (int j = 0; j < i; j++) {                         \\
                TYPE t = c[(size_t)i * ldc + j];                                                              \\
                c[(size_t)i * ldc + j] = c[(size_t)j * ldc + i];                                              \\
                c[(size_t)j * ldc + i] = t;                                                                   \\
            }                                                                                                 \\
            if (FAULT == 5) for (int i = 0; i < 64; i++) for (int j = 0; j < 64; j++) c[(size_t)i * ldc + j] = 0; \\
        }

        GEMM(cblas_dgemm, double)
        GEMM(cblas_sgemm, float)

        double cblas_ddot(int n, const double *x, int incx, const double *y, int incy) {
            typedef double (*function)(int, const double *, int, const double *, int);
            return ((function)real("cblas_ddot"))(n, x, incx, y, incy);
        }
        """
}
