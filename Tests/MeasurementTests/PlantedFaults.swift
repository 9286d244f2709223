// PlantedFaults.swift: the table of what wrong libraries do to products, and which check has to notice.

import Quantities
import Testing

/// One row of the table.
struct PlantedFault: Sendable, CustomTestStringConvertible {
    enum Verdict: Sendable {
        /// By checks of these kinds, others aside.
        case caught([String])
        /// Verified as right, and why that is so.
        case passes(String)
    }

    var name: String
    var fault: LibraryFault
    var verdict: Verdict
    var types: [ElementType] = [.f64, .f32]
    var order = 160
    var slices = 5
    /// Whether as many products were computed as slices were timed, or fewer; nil where nobody counts.
    var computesEachSlice: Bool?

    init(_ name: String, _ fault: LibraryFault, _ verdict: Verdict) {
        self.name = name
        self.fault = fault
        self.verdict = verdict
    }

    func with(_ change: (inout PlantedFault) -> Void) -> PlantedFault {
        var copy = self
        change(&copy)
        return copy
    }

    var testDescription: String { name }

    static let all = elements + unwritten + arrangements + precision + occasions + copies
}

extension PlantedFault {
    private static let whole = Verdict.caught(["freivalds", "own-product"])
    private static let wide = Verdict.caught(["freivalds", "sampled-entries", "own-product"])

    // 34 ε ‖a_i‖ √Σ(‖b_j‖ x_j)² ≈ 34 · 0.0636 ε n^1.5 = 4400 ε for n = 160 (docs/verification.md).
    static let elements = [
        PlantedFault(
            "one element off by twice what is always caught",
            LibraryFault(after: "c[n / 2 * n + n / 3] += 8800 * EPS;"), whole),
        PlantedFault(
            "another element off by 1 in each call", LibraryFault(after: "c[calls * 7919 % (n * n)] += 1;"), whole),
        PlantedFault(
            "the largest element of a row with the wrong sign",
            LibraryFault(
                after: """
                    REAL *row = c + n / 2 * n;
                    long largest = 0;
                    for (long j = 0; j < n; j++) if (fabs(row[j]) > fabs(row[largest])) largest = j;
                    row[largest] = -row[largest];
                    """), whole),
        PlantedFault(
            "errors of opposite sign in one row", LibraryFault(after: "c[0] += 1; c[1] -= 1;"), whole),
        PlantedFault(
            "the last row zero", LibraryFault(after: "memset(c + (n - 1) * n, 0, n * sizeof *c);"), whole),
        PlantedFault(
            "the last column off by 1 %", LibraryFault(after: "for (long i = 0; i < n; i++) c[i * n + n - 1] *= 1.01;"),
            whole),
        PlantedFault(
            "a tile of 64 × 64 zero",
            LibraryFault(after: "for (long i = 0; i < 64; i++) memset(c + i * n, 0, 64 * sizeof *c);"), whole),
        PlantedFault("one element NaN", LibraryFault(after: "c[n / 4 * n + n / 4] = NAN;"), whole),
        PlantedFault("one element +∞", LibraryFault(after: "c[n * n - 1] = INFINITY;"), whole),
        PlantedFault("one element −∞", LibraryFault(after: "c[0] = -INFINITY;"), whole),
    ]

    static let unwritten = [
        PlantedFault("C never written", LibraryFault(before: "return;"), wide),
        PlantedFault("C written at the first call only", LibraryFault(before: "if (calls > 1) return;"), wide),
        PlantedFault(
            "one element not written", LibraryFault(before: "REAL old = c[7 * n + 9];", after: "c[7 * n + 9] = old;"),
            whole),
        PlantedFault(
            "beta taken for 1", LibraryFault(before: "multiply_X(111, n, a, b, 1, c); return;"), wide),
    ]

    static let arrangements = [
        PlantedFault(
            "C transposed",
            LibraryFault(
                after: """
                    for (long i = 0; i < n; i++) for (long j = 0; j < i; j++) {
                        REAL t = c[i * n + j];
                        c[i * n + j] = c[j * n + i];
                        c[j * n + i] = t;
                    }
                    """), wide),
        PlantedFault("A and B exchanged", LibraryFault(before: "multiply_X(111, n, b, a, 0, c); return;"), wide),
        PlantedFault(
            "A taken for its transpose", LibraryFault(before: "multiply_X(112, n, a, b, 0, c); return;"), wide),
        PlantedFault(
            "two rows exchanged",
            LibraryFault(after: "for (long j = 0; j < n; j++) { REAL t = c[j]; c[j] = c[n + j]; c[n + j] = t; }"), whole
        ),
        PlantedFault(
            "the last sixteenth of the inner dimension left out",
            LibraryFault(
                before: """
                    for (long i = 0; i < n; i++) for (long j = 0; j < n; j++) {
                        REAL sum = 0;
                        for (long l = 0; l < n - n / 16; l++) sum += a[i * n + l] * b[l * n + j];
                        c[i * n + j] = sum;
                    }
                    return;
                    """), wide),
        threads("one of two threads did nothing", "if (part) return NULL;"),
        threads("one of two threads took the other's rows of A", "if (part) a -= n / 2 * n;"),
        threads(
            "one of two threads left out the end of its sums in an 8 × 8 tile", "",
            short: "part && i < n / 2 + 8 && j < 8 ? 8 : 0"),
    ]

    /// Two threads, half of the rows each; `fault` is what `part` 1 does otherwise, `short` by how much it ends sums early.
    private static func threads(_ name: String, _ fault: String, short: String = "0") -> PlantedFault {
        PlantedFault(
            name,
            LibraryFault(
                before: """
                    struct job_X jobs[2] = {{n, a, b, c, 0}, {n, a, b, c, 1}};
                    pthread_t other;
                    pthread_create(&other, NULL, work_X, &jobs[1]);
                    work_X(&jobs[0]);
                    pthread_join(other, NULL);
                    return;
                    """,
                helpers: """
                    struct job_X { long n; const REAL *a; const REAL *b; REAL *c; int part; };
                    static void *work_X(void *argument) {
                        struct job_X *job = argument;
                        const long n = job->n;
                        const int part = job->part;
                        const REAL *a = job->a;
                        \(fault)
                        for (long i = part ? n / 2 : 0; i < (part ? n : n / 2); i++)
                            for (long j = 0; j < n; j++) {
                                REAL sum = 0;
                                for (long l = 0; l < n - (\(short)); l++) sum += a[i * n + l] * job->b[l * n + j];
                                job->c[i * n + j] = sum;
                            }
                        return NULL;
                    }
                    """), whole)
    }
}
