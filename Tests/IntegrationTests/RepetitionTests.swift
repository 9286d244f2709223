// RepetitionTests.swift: `suanli run --like RECORD`: the same work again, and what is different said.

import Foundation
import ResultRecord
import TestSupport
import Testing

@Suite("Runs made again", .serialized)
struct RepetitionTests {
    private func first(_ program: Program) throws {
        let run = try program.run(
            "run", "--quick", "--filter", "fma/f64/scalar/core|gemm/f64/openblas/core", "--n", "200", "--seed", "9",
            "--no-submit", "--output", "first.json")
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test("same plan, seed and data; the new record makes it again without the old one")
    func again() throws {
        let program = try Program()
        try first(program)
        let run = try program.run("run", "--like", "first.json", "--no-submit", "--output", "second.json")
        #expect(run.status == 0 && !run.errors.contains("is not measured"), "\(run.errors)")
        let before = try RecordFile.read(program.directory.file("first.json")).record
        let after = try RecordFile.read(program.directory.file("second.json")).record
        #expect(after.seed == 9 && after.configHash == before.configHash)
        #expect(after.results.map(\.name) == before.results.map(\.name))
        #expect(!after.argv.contains("--like") && after.argv.contains("--seed"))
        let residuals = [before, after].map { $0.results.last?.checks.first?.residual }
        #expect(residuals[0] == residuals[1] && residuals[0] != nil)

        try FileManager.default.removeItem(atPath: program.directory.file("first.json"))
        let third = try program.run(
            "run", "--like", "second.json", "--no-submit", "--format", "json", "--output", "third.json")
        #expect(third.status == 0, "\(third.errors)")
        #expect(try third.record().record.configHash == before.configHash)
    }

    @Test("what is different is said before measuring")
    func differences() throws {
        let program = try Program()
        try first(program)
        let text = try program.directory.text("first.json")
        let kernel = try #require(
            try RecordFile.read(program.directory.file("first.json")).record.machine.os.kernel)
        // As the machine was before an update.
        try program.directory.write(try resealed(text.replacing(kernel, with: "5.0-before")), to: "other.json")
        let run = try program.run("run", "--like", "other.json", "--no-submit", "--output", "o.json")
        #expect(run.status == 0 && run.errors.contains("the kernel is \(kernel), it was 5.0-before"), "\(run.errors)")
    }

    private func resealed(_ text: String) throws -> String {
        let record = try JSONDecoder().decode(ResultRecord.self, from: Data(text.utf8))
        return try SealedRecord(sealing: record).canonicalJSON
    }

    @Test("wrong input: one message, status 64")
    func wrongInput() throws {
        let program = try Program()
        try first(program)
        let missing = try program.run("run", "--like", "none.json")
        #expect(missing.status != 0 && missing.errors.contains("none.json"), "\(missing.errors)")
        let mixed = try program.run("run", "--like", "first.json", "--quick")
        #expect(mixed.status == ExitStatus.usage.rawValue && mixed.errors.contains("--like"), "\(mixed.errors)")
        let text = try program.directory.text("first.json")
        let record = try JSONDecoder().decode(ResultRecord.self, from: Data(text.utf8))
        var foreign = record
        foreign.argv = ["suanli", "screen"]
        try program.directory.write(try SealedRecord(sealing: foreign).canonicalJSON, to: "foreign.json")
        let other = try program.run("run", "--like", "foreign.json")
        #expect(other.status == ExitStatus.usage.rawValue && other.errors.contains("not made by suanli run"))
    }
}
