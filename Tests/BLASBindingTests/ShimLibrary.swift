// ShimLibrary.swift: small CBLAS libraries, compiled on the spot, that behave as the tests need.
// A shim rather than a second real library, so that integer widths, suffixes and defects can be had on any machine.

import TestSupport

enum ShimLibrary {
    static let compiler = CLibrary.compiler

    /// Compiles the shim as a shared library.
    ///
    /// - Parameters:
    ///   - definitions: Preprocessor definitions: `INTEGER`, `SUFFIX`, and names of functions to leave out.
    ///   - path: Where the library goes.
    static func build(_ definitions: [String] = [], at path: String) throws {
        try CLibrary.build(source, definitions: definitions, at: path)
    }

    /// Row-major, untransposed multiplication by the definition, and a dot product that honours its count's width.
    private static let source = """
        #ifndef INTEGER
        #define INTEGER int
        #endif
        #ifndef SUFFIX
        #define SUFFIX
        #endif
        #define JOIN(a, b) a##b
        #define JOINED(a, b) JOIN(a, b)
        #define NAME(base) JOINED(base, SUFFIX)

        #define GEMM(name, real)                                                                    \\
            void NAME(name)(int order, int ta, int tb, INTEGER m, INTEGER n, INTEGER k, real alpha, \\
                            const real *a, INTEGER lda, const real *b, INTEGER ldb, real beta,      \\
                            real *c, INTEGER ldc) {                                                 \\
                for (INTEGER i = 0; i < m; i++)                                                     \\
                    for (INTEGER j = 0; j < n; j++) {                                               \\
                        real sum = 0;                                                               \\
                        for (INTEGER l = 0; l < k; l++) sum += a[i * lda + l] * b[l * ldb + j];     \\
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
            return sum;
        }
        #endif

        #ifdef THREADS_OF_BLIS
        static long threads = -1;
        void bli_thread_set_num_threads(long count) { threads = count; }
        long bli_thread_get_num_threads(void) { return threads; }
        const char *bli_info_get_version_str(void) { return "0.9.0"; }
        #ifndef ON_OPENMP
        #define ON_OPENMP 0
        #endif
        #ifndef ON_PTHREADS
        #define ON_PTHREADS 0
        #endif
        int bli_info_get_enable_openmp(void) { return ON_OPENMP; }
        int bli_info_get_enable_pthreads(void) { return ON_PTHREADS; }
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
