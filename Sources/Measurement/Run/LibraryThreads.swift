// LibraryThreads.swift: brings a library's threads, the calling one first, to the CPUs of a measurement.

import BLASBinding
import MachineProbe
import ResultRecord

/// Where a library's threads run.
struct LibraryThreads {
    /// Threads that one call uses.
    let count: Int
    /// Where the calling thread must be bound during calls.
    let caller: CPUSet
    /// CPUs of the workers.
    let workers: CPUSet
    /// Whether each worker is bound to one CPU.
    let areBound: Bool

    /// Binds this thread and the library's workers to `cpus`, one each where the library allows it.
    init(of library: BLASLibrary, on cpus: [Int]) throws {
        let everywhere = CPUSet(cpus)
        // Workers that start anew with each call run where this thread may run.
        let roams = cpus.count > 1 && library.workerBinding == .unbindable
        try CPUBinding.bindCurrentThread(to: roams ? everywhere : [cpus[0]])
        let prepared = try library.prepare(threads: cpus.count, workerCPUs: Array(cpus.dropFirst()))
        count = prepared.threads
        areBound = prepared.boundWorkerCPUs != nil
        caller = areBound ? [cpus[0]] : everywhere
        workers = prepared.boundWorkerCPUs.map { CPUSet($0) } ?? everywhere
        if !areBound { try CPUBinding.bindCurrentThread(to: everywhere) }
    }
}
