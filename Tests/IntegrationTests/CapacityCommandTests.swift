// CapacityCommandTests.swift: `suanli capacity` and the options of `suanli index` on a recorded run, as users call them.

import Foundation
import ResultRecord
import TestSupport
import Testing

/// A record that counts, measured on 2026-11-24.
private let recorded = repository + "/results/amd-epyc-zen4-2c-kvm/20261124T003154Z-vm-2d945a01.json"
private let dayAfter = ["--as-of", "2026-11-25"]

@Suite("Capacity, step by step", .serialized)
struct CapacityCommandTests {
    // S anew from the samples: the median time of one multiplication of each order, 2 n³ operations each.
    @Test("the rate is all work over the median times, and the capacity is that rate under the default policy")
    func rate() throws {
        let record = try RecordFile.read(recorded).record
        var (work, time) = (0.0, 0.0)
        for n in [1024, 2048] {
            let result = try #require(
                record.results.first { $0.name == "gemm/f32/openblas/node" && $0.params.n == n })
            let operations = 2 * Double(n * n * n)
            let times = result.samples.map { operations / $0.value }.sorted()
            work += operations
            time += (times[(times.count - 1) / 2] + times[times.count / 2]) / 2
        }
        let program = try Program()
        let found = try program.run(["capacity", recorded, "--format", "json"] + dayAfter)
        #expect(found.status == 0, "\(found.errors)")
        let json = try #require(try found.json())
        let entry = try #require((json["records"] as? [[String: Any]])?.first)
        let contribution = try #require(entry["contribution"] as? [String: Any])
        #expect(entry["counts"] as? Bool == true && json["format"] as? String == "suanli-capacity/1")
        let capacity = try #require(contribution["capacity"] as? Double)
        #expect(abs(capacity / (work / time) - 1) < 1e-12)

        let text = try program.run(["capacity", recorded] + dayAfter).output
        for part in ["S = Σ work / Σ time = 180.1 GFLOPS", "K = E · a · φ", "a = 1 (assumed)", "The record counts."] {
            #expect(text.contains(part), "\(part) is missing in \(text)")
        }
    }

    @Test("an old record is shown with its steps, and why it does not count")
    func refused() throws {
        let old = try Program().run(
            "capacity", repository + "/results/amd-epyc-zen4-2c-kvm/20261123T174830Z-vm-6a7f552b.json", "--policy",
            "h100eq", "--as-of", "2026-11-25")
        #expect(old.status == 0 && old.output.contains("precision-not-measured"))
        #expect(old.output.contains("The record does not count.") && old.output.contains("rate of gemm/f32"))
    }

    @Test("a file that is no record is named, the others are shown, and the status says so")
    func mixed() throws {
        let program = try Program()
        try program.directory.write("{}", to: "none.json")
        let found = try program.run(["capacity", "none.json", recorded] + dayAfter)
        #expect(found.status == ExitStatus.submitFailed.rawValue, "\(found.status)")
        #expect(found.errors.contains("none.json") && found.output.contains("The record counts."))
    }

    @Test(
        "wrong options: one message, status 64",
        arguments: [
            (["capacity", recorded, "--policy", "nonsense"], "bitwidth"),
            (["capacity", recorded, "--as-of", "2999-01-01"], "lies in the future"),
            (["capacity", recorded, "--as-of", "2026-02-30"], "--as-of"),
            (["capacity"], "file"),
        ])
    func wrong(arguments: [String], message: String) throws {
        let found = try Program().run(arguments)
        #expect(found.status == ExitStatus.usage.rawValue && found.output == "")
        #expect(found.errors.contains(message), "\(found.errors)")
    }
}

@Suite("Index options", .serialized)
struct IndexOptionTests {
    private func indexed() throws -> Program {
        let program = try Program()
        let submitted = try program.run("submit", recorded)
        #expect(submitted.status == 0, "\(submitted.errors)")
        return program
    }

    @Test("the index of a date holds what was measured by then, under the policy asked for")
    func dateAndPolicy() throws {
        let program = try indexed()
        let weighted = try program.run(["index", "--policy", "bitwidth"] + dayAfter).output
        #expect(weighted.contains("FLOPS of FP32, policy bitwidth/1") && weighted.contains("180.1 GFLOPS"))
        // The FP64 part of that run was disturbed.
        let double = try program.run(["index", "--policy", "fp64-only"] + dayAfter).output
        #expect(double.contains("FLOPS of FP64, policy fp64-only/1") && double.contains("G3 unstable-cv"))
        let before = try program.run("index", "--as-of", "2026-11-20").output
        #expect(before.contains("no run counts"))
        let largest = try program.run(["index", "--policy", "bitwidth-max"] + dayAfter).output
        #expect(largest.contains("bitwidth-max/1"))
    }

    // 180.1 of one class: b = 35 % of another takes x = .35/.65 · 180.1 = 97.0, and 277.1 in all.
    @Test("what a class would need for a share")
    func whatIf() throws {
        let program = try indexed()
        let found = try program.run(["index", "--what-if", "intelligent=35%", "--format", "json"] + dayAfter)
        let json = try #require(try found.json())
        let answer = try #require((json["what_if"] as? [[String: Any]])?.first)
        let total = try #require(
            ((json["total"] as? [String: Any])?["capacity"] as? [String: Any])?["value"] as? Double)
        let added = try #require(answer["added"] as? Double)
        #expect(abs(added / (0.35 / 0.65 * total) - 1) < 1e-12 && answer["class"] as? String == "intelligent")
        let text = try program.run(["index", "--what-if", "intelligent=0.35"] + dayAfter).output
        #expect(text.contains("intelligent had 35.0 %") && text.contains("277.1 GFLOPS in all"), "\(text)")
    }

    @Test("growth since a date with nothing in it is not stated, and why")
    func noGrowth() throws {
        let found = try indexed().run(["index", "--compare", "2026-11-01"] + dayAfter)
        #expect(found.status == 0 && found.output.contains("not stated") && found.output.contains("2026-11-01"))
    }

    @Test(
        "wrong options: one message, status 64",
        arguments: [
            (["--as-of", "2999-01-01"], "lies in the future"),
            (["--compare", "2026-11-26"] + dayAfter, "not before the index's date"),
            (["--what-if", "general=50%"] + dayAfter, "must lie above the present 1.0"),
            (["--what-if", "quantum=50%"] + dayAfter, "--what-if"),
            (["--policy", "none"], "fp32-native"),
        ])
    func wrong(arguments: [String], message: String) throws {
        let found = try indexed().run(["index"] + arguments)
        #expect(found.status == ExitStatus.usage.rawValue && found.output == "", "\(found.status) \(found.output)")
        #expect(found.errors.contains(message), "\(found.errors)")
    }
}
