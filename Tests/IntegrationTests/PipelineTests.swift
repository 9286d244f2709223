// PipelineTests.swift: from the probe to the index on this machine, with the command that users run.
// Runs are short and share the machine with other tests: nothing here is said about speed.

import Foundation
import ResultRecord
import TestSupport
import Testing

@Suite("Pipeline", .serialized)
struct PipelineTests {
    @Test("a quick run is verified, recorded, submitted once, and counted in the index")
    func endToEnd() throws {
        let program = try Program()
        let run = try program.run(
            "run", "--quick", "--site", "lab", "--region", "north", "--tag", "rack=b7", "--seed", "42")
        #expect(run.status == 0, "\(run.errors)")
        let path = try #require(try program.onlyRecord())
        let sealed = try RecordFile.read(path)
        let record = sealed.record
        #expect(record.completed && record.seed == 42 && record.tags == ["rack": "b7"])
        #expect(record.site == "lab" && record.region == "north")
        #expect(record.submission?.acceptedAt != nil)
        #expect(record.contribution?.computeClass == "general")
        let measured = record.results.filter { $0.status == .ok }
        let names = Set(measured.map(\.name))
        for name in ["fma/f64", "fma/f32"] { #expect(names.contains { $0.hasPrefix(name) && $0.hasSuffix("/core") }) }
        #expect(names.isSuperset(of: ["gemm/f64/openblas/node", "gemm/f32/openblas/node", "gemm/f64/openblas/core"]))
        for result in measured {
            #expect(!result.checks.isEmpty && result.checks.allSatisfy(\.passed))
            #expect(result.params.cpus != "" && result.stats?.n == result.samples.count)
        }
        #expect(
            run.output.contains("gemm/f64/openblas/node")
                && run.output.contains(path.components(separatedBy: "/").last ?? "?"))

        // The same file again, and the index, which may refuse a run on a busy machine but never loses it.
        let again = try program.run("submit", path)
        #expect(again.status == 0 && again.output.contains("counts once"))
        let index = try #require(try program.run("index", "--format", "json").json())
        let text = try program.run("index").output
        let counted = record.contribution?.valueFLOPS != nil
        #expect(text.contains(counted ? "lab" : "Not counted"))
        #expect(index["total"] != nil)
    }

    @Test("run --format json prints the record itself, without a word of progress")
    func json() throws {
        let program = try Program()
        let run = try program.run(
            "run", "--quick", "--filter", "fma/f64/scalar/core", "--format", "json", "--no-submit", "--output", "r.json"
        )
        #expect(run.status == 0, "\(run.errors)")
        let printed = try run.record()
        #expect(try RecordFile.read(program.directory.file("r.json")) == printed)
        #expect(printed.record.results.map(\.name) == ["fma/f64/scalar/core"])
        #expect(run.errors == "Record: r.json\n")
    }

    @Test("info --format json is what the record holds")
    func info() throws {
        let program = try Program()
        let info = try #require(try program.run("info", "--format", "json").json())
        let run = try program.run(
            "run", "--quick", "--filter", "fma/f64/scalar/core", "--format", "json", "--no-submit")
        let record = try #require(try run.json())
        for key in ["os", "cpu", "topology", "memory", "limits", "virt", "scheduler"] {
            let (a, b) = (info[key] as? NSDictionary, record[key] as? NSDictionary)
            #expect(a != nil && a == b, "\(key)")
        }
    }

    @Test("the same seed gives the same end states and the same plan")
    func seeded() throws {
        let program = try Program()
        func record() throws -> ResultRecord {
            try program.run(
                "run", "--quick", "--filter", "gemm/f64/openblas/core", "--seed", "7", "--no-submit", "--format", "json"
            ).record().record
        }
        let (first, second) = (try record(), try record())
        #expect(first.configHash == second.configHash)
        // Same data on the same library: the worst residual is the same to the last bit when the sums are made in the
        // same order, which one thread does.
        #expect(first.results[0].checks.first?.residual == second.results[0].checks.first?.residual)
    }

    @Test(
        "records and info validate against their schemas", .enabled(if: hasJSONSchema, "python3-jsonschema is missing"))
    func schemas() throws {
        let program = try Program()
        let run = try program.run("run", "--quick", "--skip", "fma", "--output", "r.json", "--no-submit")
        #expect(run.status == 0, "\(run.errors)")
        try program.directory.write(try program.run("info", "--format", "json").output, to: "info.json")
        for file in ["r.json", "info.json"] {
            let check = try Command.run(repository + "/scripts/validate-records", [program.directory.file(file)])
            #expect(check.status == 0, "\(check.output)\(check.errors)")
        }
    }

    @Test("list says what runs here and why the rest does not")
    func list() throws {
        let output = try Program().run("list").output
        #expect(output.contains("core* "))
        #expect(output.contains("no: built for"))
        #expect(output.contains("accumulators"))
    }

    @Test("a dry run measures and writes nothing")
    func dryRun() throws {
        let program = try Program()
        let run = try program.run("run", "--dry-run")
        #expect(run.status == 0 && run.output.contains("Nothing was measured"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: program.directory.path) == [])
    }
}

/// The checkout these tests were built in.
let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path

let hasJSONSchema =
    Command.find("python3") != nil
    && (try? Command.run("/usr/bin/env", ["python3", "-c", "import jsonschema"]).status) == 0
