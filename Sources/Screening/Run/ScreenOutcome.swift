// ScreenOutcome.swift: what a screening found, as values.

import ComputeKernels

/// One CPU's share of a screening.
package struct ScreenedCPU: Sendable {
    package let cpu: Int
    /// Calls and wrong ones, by place of the work in the plan.
    package let calls: [Int]
    package let wrong: [Int]
    /// Seconds at work by phase; rest is not counted.
    package let seconds: [ScreenPhase: Double]
}

package struct ScreenOutcome: Sendable {
    package let plan: ScreenPlan
    package let rounds: Int
    package let cpus: [ScreenedCPU]
    package let findings: [ScreenFinding]

    package var calls: Int { cpus.reduce(0) { $0 + $1.calls.reduce(0, +) } }
}

extension ScreenEngine {
    /// - Precondition: All threads have ended.
    func outcome() -> ScreenOutcome {
        ScreenOutcome(
            plan: plan, rounds: rounds,
            cpus: seats.map { ScreenedCPU(cpu: $0.cpu, calls: $0.calls, wrong: $0.wrong, seconds: $0.seconds) },
            findings: findings.attributed)
    }
}
