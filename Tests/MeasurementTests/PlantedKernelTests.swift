// PlantedKernelTests.swift: register kernels that leave work out or claim more than they do, through the verifier.

import ComputeKernels
import MachineProbe
import Measurement
import ResultRecord
import TestSupport
import Testing

/// What a kernel that miscounts leaves after what should be `iterations`.
private struct KernelFault: Sendable, CustomTestStringConvertible {
    let name: String
    let state: @Sendable (FMAKernel, FMAState, _ iterations: Int) -> FMAState?

    var testDescription: String { name }

    static let all = [
        KernelFault(name: "half of the iterations") { $0.advance($1, iterations: $2 / 2) },
        KernelFault(name: "one iteration fewer") { $0.advance($1, iterations: $2 - 1) },
        KernelFault(name: "returns at once, its loop removed") { _, initial, _ in initial },
        KernelFault(name: "one accumulator not advanced") { kernel, initial, iterations in
            var state = kernel.advance(initial, iterations: iterations)
            let last = initial.bits.count - kernel.lanes
            state?.bits.replaceSubrange(last..., with: initial.bits[last...])
            return state
        },
        KernelFault(name: "the upper half of each register not advanced") { kernel, initial, iterations in
            guard kernel.lanes > 1, var state = kernel.advance(initial, iterations: iterations) else { return nil }
            for index in state.bits.indices where index % kernel.lanes >= kernel.lanes / 2 {
                state.bits[index] = initial.bits[index]
            }
            return state
        },
        KernelFault(name: "the lowest bit of one element flipped") { kernel, initial, iterations in
            var state = kernel.advance(initial, iterations: iterations)
            state?.bits[kernel.elementCount / 2] ^= 1
            return state
        },
    ]
}

@Suite("Planted faults in register kernels", .serialized)
struct PlantedKernelTests {
    private static let iterations = 1000

    private func planned(variant: String? = nil) throws -> MeasurementPlan {
        try shortPlan(filter: "fma/f64/\(variant ?? ".*")/core") { _ in }
    }

    @Test("fail the replay on every kernel that runs here, everywhere or on one thread", arguments: KernelFault.all)
    fileprivate func replay(fault: KernelFault) throws {
        let isa = try MachineProbe(environment: [:]).describe().cpu.isa
        let template = try #require(try planned().measurements.first)
        for kernel in FMAKernel.all where kernel.unavailability(isa: isa) == nil && kernel.prepare() == nil {
            let initial = kernel.initialState(seed: 5)
            guard let wrong = fault.state(kernel, initial, Self.iterations) else { continue }
            var planned = template
            planned.kernel = .fma(kernel)
            func run(_ common: FMAState, _ deviations: [EndStateDeviation]) -> RawRun {
                RawRun(
                    planned: planned, slices: [Slice(start: 0, seconds: 1, cpuSeconds: nil)],
                    iterationsPerSlice: Self.iterations, warmUpPasses: 1, clocks: [],
                    evidence: .endStates([
                        EndStates(
                            initial: initial, iterations: Self.iterations, common: common, slices: 8,
                            deviating: deviations.count, examples: deviations)
                    ]),
                    end: .sampleLimit, boundCPUs: [0, 1], memoryNodes: nil, placementText: "registers", threads: 2,
                    blasCore: nil)
            }
            let right = try #require(kernel.advance(initial, iterations: Self.iterations))
            #expect(throws: Never.self) { try Verifier.verify(run(right, [])).get() }
            for wrongRun in [run(wrong, []), run(right, [EndStateDeviation(cpu: 1, slice: 3, state: wrong)])] {
                let failure = #expect(throws: VerificationFailure.self) { try Verifier.verify(wrongRun).get() }
                #expect(failure?.checks.first?.kind == "scalar-replay" && failure?.kind == .wrongResult)
            }
        }
        PlantedFaultReport(
            subject: "register kernels", fault: fault.name, place: "every kernel, on all threads or one",
            verdict: "scalar-replay"
        ).log()
    }

    private static var peakIsKnown: Bool {
        (try? shortPlan(filter: "fma/f64/.*/core") { _ in })?.measurements.first?.peakPerCycle != nil
    }

    // Right states at twice the rate: only the peak speaks against it. Where a neighbour holds the core at half of its
    // speed, twice that is possible, so a run at more than that is waited for.
    @Test(
        "a data sheet with twice the operations is above the stated peak",
        .enabled(if: peakIsKnown, "the peak of this machine's cores is not known"))
    func twiceTheWork() throws {
        for _ in 0..<50 {
            guard case .verified(let verified, _)? = try outcomes(planned()).first else { continue }
            let honest = try #require(verified.checks.first { $0.kind == "stated-peak" }?.residual)
            guard honest > 0.6 else { continue }
            var run = verified.run
            run.workPerIteration *= 2
            let failure = #expect(throws: VerificationFailure.self) { try Verifier.verify(run).get() }
            #expect(failure?.kind == .abovePeak)
            #expect(failure?.checks.last?.residual == 2 * honest)
            PlantedFaultReport(
                subject: "register kernels", fault: "a data sheet with twice the operations", place: "fma/f64",
                verdict: "stated-peak", needs: "a known peak"
            ).log()
            return
        }
        Issue.record("in 50 runs no core came above 60 % of its peak")
    }
}
