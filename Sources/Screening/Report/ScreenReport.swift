// ScreenReport.swift: what a screening writes down: the node, what was done where, what was not, and what was wrong.
// SI units; null means unknown, with the reason under `unknown`. schemas/screen-report.schema.json describes it.

import ComputeKernels
package import ResultRecord

package struct ScreenReport: Sendable, Hashable, Codable {
    package static let format = "suanli-screen-report"

    package var format = ScreenReport.format
    package var schema = 1
    package var runID: String
    /// RFC 3339, UTC.
    package var startedAt: String
    package var endedAt: String
    package var durationSeconds: Double
    package var tool: ToolDescription
    package var argv: [String]
    package var seed: Int
    package var completed = true
    @OrNull package var interruptedBySignal: Int?
    package var host: HostDescription
    package var cpu: CPUDescription
    package var topology: TopologyDescription
    package var virt: VirtualizationDescription
    package var libraries: [BLASDescription] = []
    /// `clean` or `findings`.
    package var verdict: String
    package var rounds: Int
    package var calls: Int
    package var works: [Work]
    package var coverage: [ScreenCoverage]
    package var cores: [Core]
    package var findings: [Finding]
    /// Why fields are null: path to reason.
    package var unknown: [String: String]

    /// A work that was screened.
    package struct Work: Sendable, Hashable, Codable {
        package var id: String
        package var golden: GoldenSource
        /// Whether the right result for the first round's data is stored in the program.
        package var stored: Bool
        /// Over all CPUs.
        package var calls: Int
        package var wrong: Int
    }

    /// What one CPU did.
    package struct Core: Sendable, Hashable, Codable {
        package var cpu: Int
        /// CPUs on the same core that were screened too.
        package var siblings: [Int]
        package var calls: Int
        package var wrong: Int
        /// Seconds at work by phase.
        package var seconds: [String: Double]
        /// Calls by work.
        package var works: [String: Int]
    }

    /// Wrong results of one work on one CPU.
    package struct Finding: Sendable, Hashable, Codable {
        package var cpu: Int
        package var work: String
        package var variant: String
        /// Wrong results in all, and rounds with any.
        package var times: Int
        package var rounds: Int
        /// Of the first one.
        package var round: Int
        package var phase: ScreenPhase
        package var dataSeed: Int
        @OrNull package var expected: String?
        @OrNull package var found: String?
        @OrNull package var signal: Int?
        @OrNull package var temperatureCelsius: Double?
        @OrNull package var frequencyHertz: Double?
        @OrNull package var difference: WordDifference?
        package var verdict: Verdict
        @OrNull package var confirmation: Confirmation?

        enum CodingKeys: String, CodingKey {
            case cpu, work, variant, times, rounds, round, phase, expected, found, signal, difference, verdict
            case confirmation
            case dataSeed = "data_seed"
            case temperatureCelsius = "temperature_c"
            case frequencyHertz = "frequency_hz"
        }
    }

    enum CodingKeys: String, CodingKey {
        case format, schema, tool, argv, seed, completed, host, cpu, topology, virt, libraries, verdict, rounds, calls
        case works, coverage, cores, findings, unknown
        case runID = "run_id"
        case startedAt = "started_at"
        case endedAt = "ended_at"
        case durationSeconds = "duration_seconds"
        case interruptedBySignal = "interrupted_by_signal"
    }
}

extension ScreenReport {
    /// - Parameters:
    ///   - started: When, RFC 3339; likewise `ended`.
    ///   - signal: That stopped it; 0 for none.
    package init(
        _ outcome: ScreenOutcome, machine: MachineDescription, tool: ToolDescription, runID: String, started: String,
        ended: String, seconds: Double, argv: [String], signal: Int32
    ) {
        let plan = outcome.plan
        self.init(
            runID: runID, startedAt: started, endedAt: ended, durationSeconds: seconds, tool: tool, argv: argv,
            seed: Int(plan.seed), host: machine.host, cpu: machine.cpu, topology: machine.topology, virt: machine.virt,
            verdict: outcome.findings.isEmpty ? "clean" : "findings", rounds: outcome.rounds, calls: outcome.calls,
            works: plan.works.indices.map { place in
                Work(
                    id: plan.works[place].id, golden: plan.works[place].golden,
                    stored: KnownDigests.digest(of: plan.works[place].dataSet) != nil,
                    calls: outcome.cpus.reduce(0) { $0 + $1.calls[place] },
                    wrong: outcome.cpus.reduce(0) { $0 + $1.wrong[place] })
            },
            coverage: plan.coverage,
            cores: outcome.cpus.map { cpu in
                Core(
                    cpu: cpu.cpu, siblings: plan.siblings[cpu.cpu] ?? [], calls: cpu.calls.reduce(0, +),
                    wrong: cpu.wrong.reduce(0, +),
                    seconds: Dictionary(uniqueKeysWithValues: cpu.seconds.map { ($0.key.rawValue, $0.value) }),
                    works: Dictionary(uniqueKeysWithValues: zip(plan.works.map(\.id), cpu.calls)))
            },
            findings: outcome.findings.map { Finding($0, plan) },
            unknown: machine.unknown.filter { path, _ in
                ["host.", "cpu.", "topology.", "virt."].contains { path.hasPrefix($0) }
            })
        if !findings.isEmpty { unknown.merge(CoreConditions.unknown()) { $1 } }
        if signal != 0 {
            completed = false
            interruptedBySignal = Int(signal)
        }
    }
}

extension ScreenReport.Finding {
    init(_ finding: ScreenFinding, _ plan: ScreenPlan) {
        let first = finding.first
        self.init(
            cpu: plan.cpus[first.place], work: first.work.id, variant: first.work.variant, times: finding.times,
            rounds: finding.rounds, round: first.round, phase: first.phase, dataSeed: Int(first.dataSeed),
            verdict: finding.verdict ?? .undetermined)
        expected = first.expected?.description
        found = first.found?.description
        signal = first.signal == 0 ? nil : Int(first.signal)
        temperatureCelsius = first.conditions.temperatureCelsius
        frequencyHertz = first.conditions.frequencyHertz
        difference = finding.difference
        confirmation = finding.confirmation
    }
}
