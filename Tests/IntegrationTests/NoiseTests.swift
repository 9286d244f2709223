// NoiseTests.swift: `suanli noise` as users run it: what it prints and keeps, and what later runs take from it.

import Foundation
import ResultRecord
import TestSupport
import Testing

private let short = ["--duration", "3", "--filter", "fma/f64/scalar/core"]

@Suite("Noise profile of this machine", .serialized)
struct NoiseTests {
    @Test("the profile is printed and kept, holds a rate per round, and later records name its scatter")
    func keptAndUsed() throws {
        let program = try Program()
        let noise = try program.run(["noise"] + short + ["--format", "json"])
        #expect(noise.status == 0, "\(noise.errors)")
        let kept = try #require(try program.onlyNoiseProfile())
        let profile = try #require(try NoiseProfileFile.read(kept))
        #expect(try JSONValue(encoding: profile).canonicalText + "\n" == noise.output)
        #expect(profile.kernels.map(\.name) == ["fma/f64/scalar/core"])
        let kernel = profile.kernels[0]
        #expect(kernel.rates.count == profile.rounds && profile.rounds >= 5)
        #expect(kernel.conditions?.visits == profile.rounds)
        let (cv, upper) = (try #require(kernel.cv), try #require(kernel.cvUpper))
        let (drop, dropAtUpper) = (try #require(kernel.resolvableAtCV), try #require(kernel.resolvable))
        #expect(0 < cv && cv < upper && 0 < drop && drop < dropAtUpper && dropAtUpper < 1)

        let run = try program.run(
            "run", "--quick", "--filter", "fma/f64/scalar/core", "--no-submit", "--format", "json")
        let machine = try run.record().record.machine
        #expect(machine.noise.aaCV == cv && machine.unknown["noise.aa_cv"] == nil)
    }

    @Test("as text: each kernel with what it resolves, and where the profile is")
    func text() throws {
        let program = try Program()
        let noise = try program.run(["noise"] + short + ["--output", "here.json"])
        #expect(noise.status == 0, "\(noise.errors)")
        for part in ["fma/f64/scalar/core", "resolves", "The machine meanwhile", "Noise profile: here.json"] {
            #expect(noise.output.contains(part))
        }
        #expect(try program.onlyNoiseProfile() == nil)
    }

    @Test("validates against its schema", .enabled(if: hasJSONSchema, "python3-jsonschema is missing"))
    func schema() throws {
        let program = try Program()
        #expect(try program.run(["noise"] + short + ["--output", "n.json"]).status == 0)
        let check = try Command.run(repository + "/scripts/validate-records", [program.directory.file("n.json")])
        #expect(check.status == 0, "\(check.output)\(check.errors)")
    }

    @Test("a run says that it cannot use a damaged profile, and goes on without")
    func damaged() throws {
        let program = try Program()
        #expect(try program.run(["noise"] + short).status == 0)
        let kept = try #require(try program.onlyNoiseProfile())
        try "{}".write(toFile: kept, atomically: true, encoding: .utf8)
        let run = try program.run(
            "run", "--quick", "--filter", "fma/f64/scalar/core", "--no-submit", "--format", "json")
        #expect(run.status == 0 && run.errors.contains("noise profile \(kept) cannot be used"), "\(run.errors)")
        #expect(try run.record().record.machine.noise.aaCV == nil)
    }

    @Test(
        "wrong input: one message, status 64, nothing written",
        arguments: [
            (["noise", "--filter", "nothing"], "matches no measurement"),
            (["noise", "--duration", "0"], "invalid"),
            (["noise", "--duration", "0.01"], "too short"),
            (["noise", "--cpus", "9999"], "may use CPUs"),
            (["noise", "--blas", "/etc/hostname"], "cannot be loaded"),
        ])
    func wrongInput(arguments: [String], message: String) throws {
        let program = try Program()
        let outcome = try program.run(arguments)
        #expect(outcome.status == ExitStatus.usage.rawValue)
        #expect(outcome.errors.contains(message) && outcome.output == "", "\(outcome.errors)")
        #expect(try program.onlyNoiseProfile() == nil)
    }

    @Test("a place that cannot be written to is found before measuring")
    func notWritable() throws {
        let program = try Program()
        let outcome = try program.run(["noise", "--output", "/proc/none/n.json"])
        #expect(outcome.status != 0 && outcome.errors.contains("/proc/none"), "\(outcome.errors)")
    }
}

extension Program {
    /// The one profile that is kept for later.
    func onlyNoiseProfile() throws -> String? {
        let files = FileManager.default.enumerator(atPath: directory.path)?.compactMap { $0 as? String } ?? []
        let profiles = files.filter { $0.contains("noise/") && $0.hasSuffix(".json") }
        return profiles.count == 1 ? directory.file(profiles[0]) : nil
    }
}
