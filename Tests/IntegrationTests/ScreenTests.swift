// ScreenTests.swift: `suanli screen` as users run it: a healthy machine, libraries with planted faults, interruption.

import CLinux
import Foundation
import Glibc
import ResultRecord
import TestSupport
import Testing

/// CPUs that this process may use.
private let cpus: [Int] = {
    var mask = [UInt8](repeating: 0, count: 1024)
    let bytes = sl_affinity_get(0, &mask, mask.count)
    return (0..<max(0, Int(bytes)) * 8).filter { mask[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
}()

@Suite("Screen", .serialized)
struct ScreenTests {
    private func findings(_ report: [String: Any]) -> [[String: Any]] { report["findings"] as? [[String: Any]] ?? [] }

    @Test("a healthy machine: exit 0, all identical, every CPU with every work, as text and as JSON")
    func clean() throws {
        let program = try Program()
        let outcome = try program.run("screen", "--duration", "2", "--seed", "5", "--output", "s.json")
        #expect(outcome.status == 0 && outcome.output.contains("all identical (seed 5)"), "\(outcome.output)")
        #expect(outcome.errors == "")
        let text = try program.directory.text("s.json")
        let report = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(report["verdict"] as? String == "clean" && findings(report).isEmpty)
        let cores = try #require(report["cores"] as? [[String: Any]])
        #expect(cores.compactMap { $0["cpu"] as? Int } == cpus)
        let works = try #require(report["works"] as? [[String: Any]]).compactMap { $0["id"] as? String }
        for core in cores {
            let counts = try #require(core["works"] as? [String: Int])
            #expect(Set(counts.keys) == Set(works) && counts.values.allSatisfy { $0 > 0 })
        }
        let coverage = try #require(report["coverage"] as? [[String: Any]])
        #expect(coverage.contains { ($0["screened"] as? Bool) == false && $0["reason"] is String })
    }

    @Test(
        "a library that is wrong on one CPU only: exit 3, that CPU named as the core at fault",
        .enabled(if: CLibrary.compiler != nil && cpus.count > 1, "it takes a C compiler and two CPUs"))
    func wrongOnOneCPU() throws {
        let program = try Program()
        let library = program.directory.file("libbad.so")
        try CLibrary.build(Self.library, definitions: ["BAD_CPU=\(cpus[1])"], at: library)
        let outcome = try program.run([
            "screen", "--duration", "1", "--blas", library, "--format", "json", "--seed", "3",
        ])
        #expect(outcome.status == ExitStatus.measurementFailed.rawValue, "\(outcome.errors)")
        let found = findings(try #require(try outcome.json()))
        #expect(found.allSatisfy { $0["cpu"] as? Int == cpus[1] })
        let exact = found.filter { ($0["work"] as? String)?.hasSuffix("/integers") ?? false }
        #expect(!exact.isEmpty)
        for finding in exact {
            #expect(finding["cpu"] as? Int == cpus[1] && finding["verdict"] as? String == "core")
            let confirmation = try #require(finding["confirmation"] as? [String: Any])
            let own = try #require(confirmation["own_kernel"] as? [String: Any])
            #expect(own["wrong"] as? Int == 0 && (own["runs"] as? Int ?? 0) > 0)
        }
        let text = try program.run(["screen", "--duration", "1", "--blas", library])
        #expect(text.status == ExitStatus.measurementFailed.rawValue)
        #expect(text.output.contains("FINDING on CPU \(cpus[1])") && text.output.contains("verdict core"))
    }

    @Test(
        "a library that is always wrong: exit 3, and no core accused",
        .enabled(if: CLibrary.compiler != nil && cpus.count > 1, "it takes a C compiler and two CPUs"))
    func wrongEverywhere() throws {
        let program = try Program()
        let library = program.directory.file("libbad.so")
        try CLibrary.build(Self.library, definitions: ["BAD_CPU=ALL"], at: library)
        let outcome = try program.run(["screen", "--duration", "1", "--blas", library, "--format", "json"])
        #expect(outcome.status == ExitStatus.measurementFailed.rawValue)
        let found = findings(try #require(try outcome.json()))
        #expect(!found.isEmpty && found.allSatisfy { $0["verdict"] as? String == "library-or-kernel" })
        // Products of other numbers are wrong as well, but alike on all cores, which is all that can be asked of them.
        #expect(found.allSatisfy { ($0["work"] as? String)?.hasSuffix("/integers") ?? false })
    }

    @Test("a signal ends it with the report of what was done, and 128 + n", arguments: [SIGINT, SIGTERM])
    func interrupted(signal: Int32) throws {
        let program = try Program()
        let outcome = try program.run(["screen", "--duration", "10m", "--format", "json"]) { process in
            usleep(3_000_000)
            kill(process, signal)
        }
        #expect(outcome.status == 128 + signal && outcome.signal == nil)
        let report = try #require(try outcome.json())
        #expect(report["completed"] as? Bool == false && report["interrupted_by_signal"] as? Int == Int(signal))
        #expect((report["calls"] as? Int ?? 0) > 0)
    }

    @Test(
        "wrong options exit with 64 and say what to do",
        arguments: [
            (["screen", "--cpus", "9999"], "may use CPUs"), (["screen", "--duration", "0"], "invalid"),
            (["screen", "--blas", "/nonexistent/lib.so"], "does not exist"), (["screen", "--seed", "x"], "seed"),
        ])
    func usage(arguments: [String], message: String) throws {
        let outcome = try Program().run(arguments)
        #expect(outcome.status == ExitStatus.usage.rawValue && outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.output == "")
    }

    @Test("reports validate against their schema", .enabled(if: hasJSONSchema, "python3-jsonschema is missing"))
    func schema() throws {
        let program = try Program()
        try CLibrary.build(Self.library, definitions: ["BAD_CPU=ALL"], at: program.directory.file("libbad.so"))
        _ = try program.run("screen", "--duration", "1", "--output", "clean.json")
        _ = try program.run(
            "screen", "--duration", "1", "--blas", program.directory.file("libbad.so"), "--output", "found.json")
        for file in ["clean.json", "found.json"] {
            let check = try Command.run(repository + "/scripts/validate-records", [program.directory.file(file)])
            #expect(check.status == 0, "\(check.output)\(check.errors)")
        }
    }

    /// A CBLAS library that spoils one element of products on the CPU named, or on all.
    private static let library = """
        #define _GNU_SOURCE
        #include <sched.h>
        #define ALL sched_getcpu()
        #define GEMM(NAME, TYPE)                                                                      \\
        void NAME(int order, int ta, int tb, int m, int n, int k, TYPE alpha, const TYPE *a,          \\
                  int lda, const TYPE *b, int ldb, TYPE beta, TYPE *c, int ldc) {                     \\
            for (int i = 0; i < m; i++) {                                                             \\
                for (int j = 0; j < n; j++) c[(long)i * ldc + j] = 0;                                 \\
                for (int l = 0; l < k; l++) {                                                         \\
                    TYPE t = alpha * a[(long)i * lda + l];                                            \\
                    for (int j = 0; j < n; j++) c[(long)i * ldc + j] += t * b[(long)l * ldb + j];     \\
                }                                                                                     \\
            }                                                                                         \\
            if (sched_getcpu() == BAD_CPU) c[(long)(m / 2) * ldc + n / 2] += 1;                        \\
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
