// WrongLibrary.swift: a CBLAS library that passes products on to OpenBLAS and spoils them as a few lines of C say.

import TestSupport

/// What a wrong library does, in C. `REAL` is the routine's type, `EPS` its unit in the last place of 1, `calls` counts
/// the routine's calls from 1; m = n = k and rows without gaps, as products are measured.
struct LibraryFault: Sendable {
    /// Instead of the product, if it returns.
    var before = ""
    /// To C.
    var after = ""
    /// Functions that the other two call.
    var helpers = ""
}

enum WrongLibrary {
    /// - Parameter path: Where the library goes.
    static func build(_ fault: LibraryFault, at path: String) throws {
        let routines = [("d", "double", "DBL_EPSILON"), ("s", "float", "FLT_EPSILON")].map { letter, type, epsilon in
            routine.replacing("HELPERS", with: fault.helpers).replacing("BEFORE", with: fault.before)
                .replacing("AFTER", with: fault.after).replacing("_X", with: "_" + letter)
                .replacing("REAL", with: type).replacing("EPS", with: epsilon)
        }
        try CLibrary.build(([head] + routines).joined(separator: "\n"), at: path)
    }

    private static let head = """
        #define _GNU_SOURCE
        #include <dlfcn.h>
        #include <float.h>
        #include <math.h>
        #include <pthread.h>
        #include <sched.h>
        #include <stddef.h>
        #include <stdint.h>
        #include <stdlib.h>
        #include <string.h>

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
        /* Products that were computed. */
        long computed;
        """

    private static let routine = """
        static void multiply_X(int ta, long n, const REAL *a, const REAL *b, REAL beta, REAL *c) {
            typedef void (*function)(int, int, int, int, int, int, REAL, const REAL *, int, const REAL *, int, REAL,
                                     REAL *, int);
            computed++;
            ((function)real("cblas_Xgemm"))(101, ta, 111, n, n, n, 1, a, n, b, n, beta, c, n);
        }
        HELPERS
        void cblas_Xgemm(int order, int ta, int tb, int m, int n32, int k, REAL alpha, const REAL *a, int lda,
                         const REAL *b, int ldb, REAL beta, REAL *c, int ldc) {
            static long calls;
            const long n = n32;
            calls++;
            BEFORE
            multiply_X(111, n, a, b, 0, c);
            AFTER
        }
        """
}
