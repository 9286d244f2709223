// FaultTests.swift: each kind of wrong input and broken surroundings gives one clear error, the designed exit code,
// and loses nothing.

import Foundation
import Glibc
import ResultRecord
import TestSupport
import Testing

/// A short run; what is measured does not matter here.
private let short = ["run", "--quick", "--filter", "fma/f64/scalar/core"]

/// The products that the index counts; the least that is submitted.
private let counted = ["run", "--quick", "--filter", "gemm/f32/openblas/node"]

@Suite("Wrong input")
struct WrongInputTests {
    @Test(
        "usage errors exit with 64 and say what to do",
        arguments: [
            (["run", "--filter", "gem/f64"], "matches no measurement"),
            (["run", "--filter", "("], "not a regular expression"),
            (["run", "--skip", "."], "leaves nothing"),
            (["run", "--cpus", "9999"], "may use CPUs"),
            (["run", "--cpus", "3-1"], "invalid"),
            (["run", "--threads", "100000"], "cannot place 100000 threads"),
            (["run", "--threads", "0"], "cannot run 0 threads"),
            (["run", "--numa", "77"], "there is no NUMA node 77"),
            (["run", "--blas", "/nonexistent/lib.so"], "does not exist"),
            (["run", "--blas", "/etc/hostname"], "cannot be loaded"),
            (["run", "--duration", "0"], "invalid"),
            (["run", "--duration", "0.001"], "too short"),
            (["run", "--quick", "--thorough"], "exclude each other"),
            (["run", "--class", "huge"], "invalid"),
            (["run", "--seed", "-1"], "seed"),
            (["run", "--tag", "novalue"], "invalid"),
            (["run", "--frobnicate"], "Unknown option"),
            (["frobnicate"], "frobnicate"),
            (["submit"], "Missing"),
        ])
    func usage(arguments: [String], message: String) throws {
        let program = try Program()
        let outcome = try program.run(arguments)
        #expect(outcome.status == ExitStatus.usage.rawValue)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.output == "")
        #expect(try FileManager.default.contentsOfDirectory(atPath: program.directory.path) == [])
    }

    @Test("records that are truncated, edited, newer, impossible or absent are refused by name, the others submitted")
    func records() throws {
        let program = try Program()
        #expect(try program.run(counted + ["--no-submit", "--output", "good.json"]).status == 0)
        let good = try program.directory.text("good.json")
        try program.directory.write(String(good.prefix(good.count / 2)), to: "truncated.json")
        try program.directory.write(
            good.replacingOccurrences(of: "\"site\":null", with: "\"site\":\"x\""), to: "edited.json")
        try program.directory.write(#"{"schema":99,"digest":"x"}"#, to: "newer.json")
        var impossible = try RecordFile.read(program.directory.file("good.json")).record
        impossible.results[0].rate = -5
        try program.directory.write(try SealedRecord(sealing: impossible).canonicalJSON, to: "impossible.json")
        let names = ["truncated", "edited", "newer", "impossible", "absent", "good"].map { $0 + ".json" }
        let outcome = try program.run(["submit"] + names)
        #expect(outcome.status == ExitStatus.submitFailed.rawValue)
        for text in ["not complete JSON", "was changed", "schema 99", "must be > 0", "No such file"] {
            #expect(outcome.errors.contains(text), "\(text) is missing in: \(outcome.errors)")
        }
        #expect(outcome.output.contains("good.json: submitted"))
        #expect(try program.directory.text("good.json") == good)
    }
}

@Suite("Broken surroundings", .serialized)
struct BrokenSurroundingsTests {
    @Test("an output directory that cannot be written is told before measuring")
    func unwritable() throws {
        let program = try Program()
        let outcome = try program.run(short + ["--output", "/proc/suanli/r.json"])
        #expect(outcome.status != 0 && outcome.errors.contains("cannot write /proc/suanli/r.json"))
        #expect(outcome.output == "")
    }

    @Test(
        "a full disk: the record is kept elsewhere, and the message says where",
        .enabled(if: geteuid() == 0, "mounting needs root"))
    func fullDisk() throws {
        let program = try Program()
        let mount = program.directory.file("full")
        try FileManager.default.createDirectory(atPath: mount, withIntermediateDirectories: true)
        let mounted = try Command.run("/bin/mount", ["-t", "tmpfs", "-o", "size=16k", "tmpfs", mount])
        guard mounted.status == 0 else {
            print("skipped: tmpfs cannot be mounted here: \(mounted.errors)")
            return
        }
        defer { _ = try? Command.run("/bin/umount", [mount]) }
        let outcome = try program.run(short + ["--no-submit", "--output", mount + "/r.json"])
        #expect(outcome.status == ExitStatus.submitFailed.rawValue)
        #expect(outcome.errors.contains("No space left") && outcome.errors.contains("The record is kept: "))
        let kept = try #require(outcome.errors.split(separator: "\n").first { $0.contains("The record is kept: ") })
        let path = try #require(kept.components(separatedBy: "The record is kept: ").last)
        #expect(try RecordFile.read(path).record.results.count == 1)
    }

    @Test(
        "stores that are damaged, foreign or newer: exit 8, the record kept as a file",
        arguments: ["text", "damaged", "newer"])
    func stores(kind: String) throws {
        let program = try Program()
        let store = program.directory.file("store.sqlite")
        switch kind {
        case "text": try program.directory.write("not a database\n", to: "store.sqlite")
        case "damaged":
            #expect(try program.run("submit", "absent.json", "--store", store).status == 8)
            let handle = try FileHandle(forWritingTo: URL(filePath: store))
            try handle.write(contentsOf: Data(repeating: 0xA5, count: 3000))
            try handle.close()
        default:
            #expect(try program.run("submit", "absent.json", "--store", store).status == 8)
            let bump = try Command.run(
                "/usr/bin/env",
                [
                    "python3", "-c",
                    "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute('PRAGMA user_version=99'); c.commit()",
                    store,
                ])
            try #require(bump.status == 0, "\(bump.errors)")
        }
        let run = try program.run(counted + ["--store", store, "--output", "r.json"])
        #expect(run.status == ExitStatus.submitFailed.rawValue, "\(run.errors)")
        #expect(run.errors.contains("store.sqlite") && run.errors.contains("The record is kept: r.json"))
        #expect(try RecordFile.read(program.directory.file("r.json")).record.completed)
        let index = try program.run("index", "--store", store)
        #expect(index.status == ExitStatus.internalError.rawValue && index.errors.contains("error: "))
    }

    @Test(
        "a store that another process keeps locked: exit 8 after the wait, the record kept as a file, and later submitted",
        .enabled(if: Command.find("python3") != nil, "python3 is missing"))
    func locked() throws {
        let program = try Program()
        let store = program.directory.file("store.sqlite")
        #expect(try program.run(counted + ["--store", store, "--output", "first.json"]).status == 0)
        let lock = """
            import sqlite3, sys, time
            c = sqlite3.connect(sys.argv[1], isolation_level=None)
            c.execute("BEGIN EXCLUSIVE")
            open(sys.argv[2], "w").close()
            time.sleep(300)
            """
        let marker = program.directory.file("locked")
        _ = try Command.run("/usr/bin/env", ["python3", "-c", lock, store, marker]) { holder in
            defer { kill(holder, SIGKILL) }
            while access(marker, F_OK) != 0 { usleep(10_000) }
            let run = try program.run(counted + ["--store", store, "--output", "r.json"])
            #expect(run.status == ExitStatus.submitFailed.rawValue)
            #expect(
                run.errors.contains("locked by another process") && run.errors.contains("The record is kept: r.json"))
        }
        let later = try program.run("submit", "r.json", "--store", store)
        #expect(later.status == 0 && later.output.contains("submitted"))
    }

    @Test("without a store the index says how to get one")
    func noStore() throws {
        let outcome = try Program().run("index")
        #expect(outcome.status == ExitStatus.internalError.rawValue)
        #expect(outcome.errors.contains("suanli submit"))
    }

    @Test(
        "a signal in the middle ends the threads, keeps the partial record, and exits with 128 + n",
        arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        let program = try Program()
        let outcome = try program.run(["run", "--skip", "4096", "--output", "r.json"]) { process in
            usleep(2_500_000)
            kill(process, signal)
        }
        #expect(outcome.status == 128 + signal && outcome.signal == nil)
        let record = try RecordFile.read(program.directory.file("r.json")).record
        #expect(!record.completed && record.interruptedBySignal == Int(signal))
        #expect(record.results.contains { $0.status == .ok })
        #expect(record.results.contains { $0.status == .skipped && $0.statusCode == "interrupted" })
        #expect(outcome.output.contains("Stopped by signal"))
        let submit = try program.run("submit", "r.json")
        #expect(submit.status == ExitStatus.submitFailed.rawValue && submit.errors.contains("stopped before its end"))
    }

    @Test(
        "a library that returns wrong numbers: exit 3, kernel and residual named, no rate, not counted",
        .enabled(if: CLibrary.compiler != nil, "there is no C compiler to build the shim with"))
    func wrongLibrary() throws {
        let program = try Program()
        let library = program.directory.file("libwrong.so")
        try CLibrary.build(Self.wrongLibrary, at: library)
        let run = try program.run(["run", "--quick", "--filter", "gemm", "--blas", library, "--output", "r.json"])
        #expect(run.status == ExitStatus.measurementFailed.rawValue)
        #expect(run.errors.contains("computed wrongly") && run.errors.contains("residual"))
        #expect(run.errors.contains("gemm/f64/") && run.errors.contains("n=1024"))
        let record = try RecordFile.read(program.directory.file("r.json")).record
        // Our own product, sampled in turn with the library's, is right.
        let (own, theirs) = (
            record.results.filter { $0.variant.hasPrefix("simd-") },
            record.results.filter { !$0.variant.hasPrefix("simd-") }
        )
        #expect(theirs.allSatisfy { $0.rate == nil && $0.burst == nil })
        #expect(theirs.contains { $0.status == .failed && $0.statusCode == "check-failed" })
        #expect(!own.isEmpty && own.allSatisfy { $0.status == .ok })
        #expect(record.contribution?.valueFLOPS == nil)
    }

    /// A CBLAS library whose products are half of what they should be.
    private static let wrongLibrary = """
        #define GEMM(NAME, TYPE)                                                                  \\
        void NAME(int order, int ta, int tb, int m, int n, int k, TYPE alpha, const TYPE *a,      \\
                  int lda, const TYPE *b, int ldb, TYPE beta, TYPE *c, int ldc) {                 \\
            for (int i = 0; i < m; i++) {                                                         \\
                for (int j = 0; j < n; j++) c[(long)i * ldc + j] = 0;                             \\
                for (int l = 0; l < k; l++) {                                                     \\
                    TYPE t = a[(long)i * lda + l] / 2;                                            \\
                    for (int j = 0; j < n; j++) c[(long)i * ldc + j] += t * b[(long)l * ldb + j]; \\
                }                                                                                 \\
            }                                                                                     \\
        }
        GEMM(cblas_dgemm, double)
        GEMM(cblas_sgemm, float)
        double cblas_ddot(int n, const double *x, int incx, const double *y, int incy) {
            double sum = 0;
            for (int i = 0; i < n; i++) sum += x[(long)i * incx] * y[(long)i * incy];
            return sum;
        }
        """
}
