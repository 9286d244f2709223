// EngineTests.swift: healthy cores are not accused, and planted faults are found where they were planted.

import ComputeKernels
import Glibc
import Screening
import Testing

private let hasTwoCPUs = Works.cpus.count > 1

@Suite("Screening engine", .serialized)
struct EngineTests {
    private func screen(
        _ plan: ScreenPlan = Works.plan(), by executor: any WorkExecutor = DirectExecutor()
    ) throws -> ScreenOutcome { try ScreenEngine(plan: plan, executor: executor).run() }

    @Test("healthy cores: every work on every CPU, nothing found")
    func clean() throws {
        let outcome = try screen(Works.plan(Works.runnable))
        #expect(outcome.findings.isEmpty)
        #expect(outcome.rounds >= 1 && outcome.cpus.map(\.cpu) == Works.cpus)
        for cpu in outcome.cpus { #expect(cpu.calls.allSatisfy { $0 > 0 } && cpu.wrong.allSatisfy { $0 == 0 }) }
    }

    @Test(
        "a bit flipped on one CPU in every hundredth call: that core is named",
        .enabled(if: hasTwoCPUs, "there is one CPU only"))
    func rareCoreFault() throws {
        let (calls, bad) = (Counter(), Works.cpus[1])
        let executor = FaultyExecutor { work, _, cpu in
            cpu == bad && work.id == "int/multiply/scalar" && calls.next().isMultiple(of: 100)
        }
        let outcome = try screen(Works.plan(Works.named("int/multiply/scalar"), duration: 2), by: executor)
        let finding = try #require(outcome.findings.first)
        #expect(outcome.findings.count == 1)
        #expect(finding.first.place == 1 && finding.first.work.id == "int/multiply/scalar")
        #expect(finding.verdict == .core)
        #expect(finding.difference?.bits == 1 && finding.difference?.words == 1)
        #expect(finding.first.expected != finding.first.found && finding.first.inputIntact)
        #expect(outcome.cpus[0].wrong == [0] && outcome.cpus[1].wrong[0] > 0)
    }

    @Test(
        "one wrong result and never again is a finding that was not reproduced",
        .enabled(if: hasTwoCPUs, "there is one CPU only"))
    func single() throws {
        let (calls, bad) = (Counter(), Works.cpus[0])
        let executor = FaultyExecutor { work, _, cpu in
            cpu == bad && work.id == "int/divide/scalar" && calls.next() == 5
        }
        let outcome = try screen(by: executor)
        #expect(outcome.findings.map(\.first.work.id) == ["int/divide/scalar"])
        #expect(outcome.findings.first?.verdict == .notReproduced && outcome.findings.first?.times == 1)
    }

    @Test(
        "a memory that spoils what lies in it is told from the core that uses it",
        .enabled(if: hasTwoCPUs, "there is one CPU only"))
    func memoryFault() throws {
        let executor = FaultyExecutor { work, arena, _ in arena.number == 1 && work.id.hasPrefix("gemm") }
        let outcome = try screen(by: executor)
        let finding = try #require(outcome.findings.first)
        #expect(outcome.findings.count == 1 && finding.first.place == 1 && finding.verdict == .memory)
        #expect(finding.confirmation?.freshMemory.wrong == 0 && (finding.confirmation?.elsewhere.wrong ?? 0) > 0)
    }

    @Test(
        "code that is wrong in the same way everywhere is no core's fault",
        .enabled(if: hasTwoCPUs, "there is one CPU only"))
    func kernelFault() throws {
        let executor = FaultyExecutor { work, _, _ in work.id == "fma/f64/scalar" }
        let outcome = try screen(by: executor)
        #expect(Set(outcome.findings.map(\.first.place)) == Set(Works.cpus.indices))
        #expect(outcome.findings.allSatisfy { $0.verdict == .libraryOrKernel && $0.first.work.id == "fma/f64/scalar" })
    }

    @Test(
        "a core that computes the reference wrongly is named by the stored digest",
        .enabled(if: hasTwoCPUs, "there is one CPU only"))
    func referenceFault() throws {
        let bad = Works.cpus[1]
        let executor = FaultyExecutor { work, _, cpu in cpu == bad && work.id == "int/multiply/reference" }
        let outcome = try screen(by: executor)
        let finding = try #require(outcome.findings.first)
        #expect(finding.first.place == 1 && finding.first.phase == .reference && finding.verdict == .core)
    }

    @Test("a call that dies by a signal is a finding", .enabled(if: hasTwoCPUs, "there is one CPU only"))
    func crash() throws {
        struct Crashing: WorkExecutor {
            let bad: Int
            func execute(_ work: any ScreenWork, on arena: ScreenArena, cpu: Int) -> Int32 {
                cpu == bad && work.id == "int/multiply/scalar" ? SIGILL : work.call(on: arena)
            }
        }
        let outcome = try screen(by: Crashing(bad: Works.cpus[1]))
        let finding = try #require(outcome.findings.first)
        #expect(finding.first.signal == SIGILL && finding.first.found == nil && finding.verdict == .core)
        #expect(finding.confirmation?.sameMemory.digests == ["signal \(SIGILL)"])
    }

    @Test("with one CPU a fault that stays is found, and its owner undetermined")
    func oneCPU() throws {
        let executor = FaultyExecutor { work, _, _ in work.id == "int/multiply/scalar" }
        let outcome = try screen(Works.plan(cpus: [Works.cpus[0]]), by: executor)
        #expect(outcome.findings.map(\.verdict) == [.undetermined])
    }

    @Test("a stop signal ends it with what was done until then")
    func stopped() throws {
        let engine = ScreenEngine(plan: Works.plan(duration: 600), stopSignal: { SIGINT })
        #expect(try engine.run().rounds == 1)
    }
}
