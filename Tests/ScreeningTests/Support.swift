// Support.swift: works that run here, small plans, and executors that plant faults.

import ComputeKernels
import MachineProbe
import ResultRecord
import Screening
import Synchronization

enum Works {
    static let isa = Set((try? MachineProbe().describe().cpu.isa) ?? [])

    /// All that this processor runs, tiles apart, which need the kernel's leave.
    static let runnable: [any ScreenWork] = ScreenCatalog.entries
        .filter { $0.kernel.unavailability(isa: isa) == nil && !$0.id.contains("amx") }.map { $0.make() }

    static func named(_ ids: String...) -> [any ScreenWork] {
        ids.compactMap { id in runnable.first { $0.id == id } }
    }

    /// Quick ones of each family, on every architecture.
    static let few = named(
        "int/multiply/scalar", "int/divide/scalar", "fma/f64/scalar", "gemm/f32/simd-scalar/integers")

    static let cpus = CPUBinding.current().numbers

    static func plan(_ works: [any ScreenWork] = few, cpus: [Int] = Works.cpus, duration: Double = 0.2) -> ScreenPlan {
        ScreenPlan(cpus: cpus, works: works, duration: duration, seed: 7)
    }
}

/// Flips a bit of the result of calls that `isFaulty` picks.
struct FaultyExecutor: WorkExecutor {
    let isFaulty: @Sendable (_ work: any ScreenWork, _ arena: ScreenArena, _ cpu: Int) -> Bool
    var bit: UInt64 = 1 << 17

    func execute(_ work: any ScreenWork, on arena: ScreenArena, cpu: Int) -> Int32 {
        let signal = work.call(on: arena)
        if isFaulty(work, arena, cpu) { arena.result[work.resultWords / 2] ^= bit }
        return signal
    }
}

/// Counts from 1.
final class Counter: Sendable {
    private let count = Atomic<Int>(0)

    func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
