// ShimLibrary.swift: small CBLAS libraries, compiled on the spot, that behave as the tests need.
// A shim rather than a second real library, so that integer widths, suffixes and defects can be had on any machine.

import TestSupport

enum ShimLibrary {
    static let compiler = CLibrary.compiler

    /// Compiles the shim as a shared library.
    ///
    /// - Parameters:
    ///   - definitions: Preprocessor definitions: `INTEGER`, `PREFIX`, `SUFFIX`, names of functions to leave out, and how
    ///     it misbehaves.
    ///   - path: Where the library goes.
    ///   - dependency: A library that it depends on.
    static func build(_ definitions: [String] = [], at path: String, linking dependency: String? = nil) throws {
        try CLibrary.build(source, definitions: definitions, at: path)
        guard let dependency, let compiler else { return }
        let outcome = try Command.run(
            compiler, ["-O2", "-shared", "-fPIC", "-Wl,--no-as-needed", "-o", path, path + ".c", dependency])
        guard outcome.status == 0 else { throw LinkFailure(errors: outcome.errors) }
    }

    struct LinkFailure: Error { let errors: String }

    /// Row-major multiplication by the definition, and a dot product that honours its count's width.
    private static let source = """
        #ifndef INTEGER
        #define INTEGER int
        #endif
        #ifndef SUFFIX
        #define SUFFIX
        #endif
        #ifndef PREFIX
        #define PREFIX
        #endif
        #define JOIN(a, b, c) a##b##c
        #define JOINED(a, b, c) JOIN(a, b, c)
        #define NAME(base) JOINED(PREFIX, base, SUFFIX)
        #include <pthread.h>
        #include <stdlib.h>
        #include <unistd.h>

        static void segfault(void) { *(volatile int *)sizeof(int) = 1; }
        static void illegal(void) {
        #if defined(__x86_64__)
            __asm__ volatile("ud2");
        #else
            __asm__ volatile(".inst 0");
        #endif
        }
        static int recurse(volatile char *outer) {
            volatile char frame[4096];
            frame[0] = outer == NULL ? 1 : outer[0];
            return frame[0] == 0 ? 0 : recurse(frame) + frame[0];
        }
        static void overflow(void) { recurse(NULL); }
        static void leave(void) { exit(2); }

        /* Crashes in a function of the table; the second half of it on a thread of its own. */
        static void (*const crashes[])(void) = {segfault, illegal, abort, overflow, leave};
        static void *on_worker(void *crash) {
            ((void (*)(void))crash)();
            return NULL;
        }
        static void crash(int kind) {
            if (kind < 5) {
                crashes[kind]();
                return;
            }
            pthread_t workers[2];
            for (int i = 0; i < 2; i++) pthread_create(&workers[i], NULL, on_worker, (void *)crashes[kind - 5]);
            for (int i = 0; i < 2; i++) pthread_join(workers[i], NULL);
        }
        /* The crash at hand, and the number of columns of C at which it happens. */
        #ifndef CRASH
        #define CRASH 0
        #define CRASH_AT -1
        #endif

        #define GEMM(name, real)                                                                    \\
            void NAME(name)(int order, int ta, int tb, INTEGER m, INTEGER n, INTEGER k, real alpha, \\
                            const real *a, INTEGER lda, const real *b, INTEGER ldb, real beta,      \\
                            real *c, INTEGER ldc) {                                                 \\
                if (n == CRASH_AT) crash(CRASH);                                                    \\
                for (INTEGER i = 0; i < m; i++)                                                     \\
                    for (INTEGER j = 0; j < n; j++) {                                               \\
                        real sum = 0;                                                               \\
                        for (INTEGER l = 0; l < k; l++)                                              \\
                            sum += a[ta == 112 ? l * lda + i : i * lda + l] * b[tb == 112 ? j * ldb + l : l * ldb + j]; \\
                        c[i * ldc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * ldc + j]);     \\
                    }                                                                               \\
            }

        #ifndef WITHOUT_DGEMM
        GEMM(cblas_dgemm, double)
        #endif
        #ifndef WITHOUT_SGEMM
        GEMM(cblas_sgemm, float)
        #endif

        #ifndef WITHOUT_DDOT
        double NAME(cblas_ddot)(INTEGER n, const double *x, INTEGER incx, const double *y, INTEGER incy) {
            double sum = 0;
            for (INTEGER i = 0; i < n; i++) sum += x[i * incx] * y[i * incy];
        #ifdef WRONG_DDOT
            sum += 1;
        #endif
        #ifdef CRASHING_DDOT
            illegal();
        #endif
            return sum;
        }
        #endif

        #ifdef THREADS_OF_BLIS
        static long threads = -1;
        void bli_thread_set_num_threads(long count) { threads = count; }
        long bli_thread_get_num_threads(void) { return threads; }
        #ifndef VERSION
        #define VERSION 0.9.0
        #endif
        #define TEXT(a) #a
        #define QUOTED(a) TEXT(a)
        const char *bli_info_get_version_str(void) { return QUOTED(VERSION); }
        #ifndef ON_OPENMP
        #define ON_OPENMP 0
        #endif
        #ifndef ON_PTHREADS
        #define ON_PTHREADS 0
        #endif
        int bli_info_get_enable_openmp(void) { return ON_OPENMP; }
        int bli_info_get_enable_pthreads(void) { return ON_PTHREADS; }
        #endif

        #ifdef WITH_LAPACK
        /* LU factorisation with row exchanges, by the definition; column-major. */
        #ifndef LAPACK
        #define LAPACK(name) name##_
        #endif
        #define LU(getrf, getrs, real)                                                                      \\
            void getrf(const INTEGER *rows, const INTEGER *columns, real *a, const INTEGER *lda,            \\
                       INTEGER *pivots, INTEGER *info) {                                                    \\
                INTEGER n = *rows, stride = *lda;                                                           \\
                *info = 0;                                                                                  \\
                for (INTEGER k = 0; k < n; k++) {                                                           \\
                    INTEGER p = k;                                                                          \\
                    for (INTEGER i = k; i < n; i++)                                                         \\
                        if (a[i + k * stride] * a[i + k * stride] > a[p + k * stride] * a[p + k * stride])  \\
                            p = i;                                                                          \\
                    pivots[k] = p + 1;                                                                      \\
                    if (a[p + k * stride] == 0) {                                                           \\
                        if (*info == 0) *info = k + 1;                                                      \\
                        continue;                                                                           \\
                    }                                                                                       \\
                    for (INTEGER j = 0; j < n; j++) {                                                       \\
                        real t = a[k + j * stride];                                                         \\
                        a[k + j * stride] = a[p + j * stride];                                              \\
                        a[p + j * stride] = t;                                                              \\
                    }                                                                                       \\
                    for (INTEGER i = k + 1; i < n; i++) {                                                   \\
                        real l = a[i + k * stride] /= a[k + k * stride];                                    \\
                        for (INTEGER j = k + 1; j < n; j++) a[i + j * stride] -= l * a[k + j * stride];     \\
                    }                                                                                       \\
                }                                                                                           \\
            }                                                                                               \\
            void getrs(const char *trans, const INTEGER *order, const INTEGER *count, const real *a,        \\
                       const INTEGER *lda, const INTEGER *pivots, real *b, const INTEGER *ldb,              \\
                       INTEGER *info, size_t length) {                                                      \\
                INTEGER n = *order, stride = *lda;                                                          \\
                *info = *trans == 'N' && *count == 1 && *ldb >= n && length == 1 ? 0 : -1;                  \\
                if (*info != 0) return;                                                                     \\
                for (INTEGER k = 0; k < n; k++) {                                                           \\
                    real t = b[k];                                                                          \\
                    b[k] = b[pivots[k] - 1];                                                                \\
                    b[pivots[k] - 1] = t;                                                                   \\
                }                                                                                           \\
                for (INTEGER k = 0; k < n; k++)                                                             \\
                    for (INTEGER i = k + 1; i < n; i++) b[i] -= a[i + k * stride] * b[k];                   \\
                for (INTEGER k = n - 1; k >= 0; k--) {                                                      \\
                    b[k] /= a[k + k * stride];                                                              \\
                    for (INTEGER i = 0; i < k; i++) b[i] -= a[i + k * stride] * b[k];                       \\
                }                                                                                           \\
            }
        LU(LAPACK(dgetrf), LAPACK(dgetrs), double)
        LU(LAPACK(sgetrf), LAPACK(sgetrs), float)
        #endif

        #ifdef VERSION_OF_MKL
        void MKL_Get_Version_String(char *text, int length) {
            const char *version = "oneAPI Math Kernel Library Version 2024.2-Product Build 20240605  ";
            for (int i = 0; i < length; i++) {
                text[i] = *version;
                if (*version) version++;
            }
        }
        #endif
        """
}
