// PlantedFaults+Behaviour.swift: libraries that compute with less precision, wrongly at times, or not each time.

import Quantities

extension PlantedFault {
    private static let wide = Verdict.caught(["freivalds", "sampled-entries", "own-product"])

    static let precision = [
        PlantedFault(
            "single precision in the double routine",
            LibraryFault(
                before: """
                    float *t = malloc(3 * n * n * sizeof *t);
                    for (long i = 0; i < n * n; i++) { t[i] = a[i]; t[n * n + i] = b[i]; }
                    typedef void (*function)(int, int, int, int, int, int, float, const float *, int, const float *, int,
                                             float, float *, int);
                    ((function)real("cblas_sgemm"))(101, 111, 111, n, n, n, 1, t, n, t + n * n, n, 0, t + 2 * n * n, n);
                    for (long i = 0; i < n * n; i++) c[i] = t[2 * n * n + i];
                    free(t);
                    return;
                    """), wide
        ).with { $0.types = [.f64] },
        PlantedFault(
            "each element of C rounded to single precision",
            LibraryFault(after: "for (long i = 0; i < n * n; i++) c[i] = (float)c[i];"), wide
        ).with { $0.types = [.f64] },
        rounded("inputs rounded to the 8 bits of bf16", bits: 8, wide),
        rounded("inputs rounded to the 11 bits of TF32", bits: 11, wide),
        rounded(
            "inputs rounded to 16 bits, as by two bf16 each", bits: 16,
            .passes("below the limit, which leaves 100 times the rounding of plain sums")),
    ]

    /// Inputs of a single-precision product with fewer bits of significand than 24. The errors are those of n terms,
    /// 0.6 u √n of a term's size with u = 2^-bits, against the scale ε n of it: a ratio of 0.6 · 2^(23 - bits) / √n, of
    /// which the worst row has three times as much. At n = 512: 2600, 330 and 10, where 16 is the limit.
    private static func rounded(_ name: String, bits: Int, _ verdict: Verdict) -> PlantedFault {
        PlantedFault(
            name,
            LibraryFault(
                before: """
                    REAL *t = malloc(2 * n * n * sizeof *t);
                    for (long i = 0; i < n * n; i++) { t[i] = shortened_X(a[i]); t[n * n + i] = shortened_X(b[i]); }
                    multiply_X(111, n, t, t + n * n, 0, c);
                    free(t);
                    return;
                    """,
                helpers: """
                    static REAL shortened_X(REAL x) {
                        float f = x;
                        uint32_t u;
                        memcpy(&u, &f, 4);
                        u = (u + (1u << (23 - \(bits)))) & ~((1u << (24 - \(bits))) - 1);
                        memcpy(&f, &u, 4);
                        return f;
                    }
                    """), verdict
        ).with {
            $0.types = [.f32]
            $0.order = 512
        }
    }

    static let occasions = [
        // A slice is one product from about n = 200 on; of several, the last is judged.
        PlantedFault(
            "wrong at each seventh call", LibraryFault(after: "if (calls % 7 == 0) c[0] += 1;"), .caught(["freivalds"])
        )
        .with {
            $0.order = 512
            $0.slices = 16
        },
        // No more than some twenty products of this order come before the first slice, in 20 ms.
        PlantedFault(
            "wrong from the 60th call on", LibraryFault(after: "if (calls >= 60) c[n] += 1;"), .caught(["freivalds"])
        ).with {
            $0.order = 512
            $0.slices = 70
        },
        PlantedFault(
            "wrong from n = 1000 on", LibraryFault(after: "if (n >= 1000) c[n] += 1;"),
            .caught(["freivalds", "own-product"])
        ).with { $0.order = 1000 },
        PlantedFault(
            "wrong from n = 1000 on", LibraryFault(after: "if (n >= 1000) c[n] += 1;"),
            .passes("right at this order; each order is judged by itself")),
    ]

    static let copies = [
        copying("copies the product of the call before when pointers and sizes are the same", same: "1", wide),
        copying(
            "copies it when the first 16 elements of A and of B are equal too",
            same: "!memcmp(a, kept_X, 16 * sizeof *a) && !memcmp(b, kept_X + n * n, 16 * sizeof *b)",
            .caught(["freivalds"])),
        copying(
            "copies it when all of A and B is equal", same: equal,
            .passes("inputs differ from slice to slice, so that it computes each product")
        ).with {
            $0.order = 512
            $0.computesEachSlice = true
        },
        copying(
            "copies it when all of A and B is equal", same: equal,
            .passes("within a slice of several products only the stated peak tells")
        ).with {
            $0.order = 48
            $0.computesEachSlice = false
        },
    ]

    /// Copies instead of multiplying, and looks only at what shows the changes of sign between slices, so that it copies at
    /// the speed of the cache: of twenty products or more in a slice of this order all but the first, each in a third of
    /// what the peak would need. A larger order would leave few products in a slice where the library itself is slow.
    static let fastCopies = copying(
        "copies it when the first column of A and the first row of B are equal",
        same: "({ long i = 0; while (i < n && a[i * n] == kept_X[i * n] && b[i] == kept_X[n * n + i]) i++; i == n; })",
        .caught(["stated-peak"])
    ).with { $0.order = 40 }

    private static let equal =
        "!memcmp(a, kept_X, n * n * sizeof *a) && !memcmp(b, kept_X + n * n, n * n * sizeof *b)"

    private static func copying(_ name: String, same: String, _ verdict: Verdict) -> PlantedFault {
        PlantedFault(
            name,
            LibraryFault(
                before: """
                    if (order_X == n && pointers_X[0] == a && pointers_X[1] == b && (\(same))) {
                        memcpy(c, kept_X + 2 * n * n, n * n * sizeof *c);
                        return;
                    }
                    """,
                after: """
                    kept_X = realloc(kept_X, 3 * n * n * sizeof *c);
                    memcpy(kept_X, a, n * n * sizeof *a);
                    memcpy(kept_X + n * n, b, n * n * sizeof *b);
                    memcpy(kept_X + 2 * n * n, c, n * n * sizeof *c);
                    order_X = n;
                    pointers_X[0] = a;
                    pointers_X[1] = b;
                    """,
                helpers: """
                    static long order_X;
                    static const REAL *pointers_X[2];
                    static REAL *kept_X;
                    """), verdict)
    }
}
