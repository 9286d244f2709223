// RealLoadTests.swift: load that this machine's kernel really counts, made by a process beside ours.

import Foundation
import Glibc
import MachineProbe
import ResultRecord
import Testing

@Suite("Real load")
struct RealLoadTests {
    // Nothing is timed: the child spins until the kernel has charged it with a second on that CPU. However busy the
    // machine is, that second is time of the CPU that was not ours.
    @Test("a process that spins on a CPU is found as competing load of that CPU")
    func spinningProcess() async {
        await #expect(processExitsWith: .success) {
            let cpu = try #require(CPUBinding.current().numbers.last)
            let child = Process()
            child.executableURL = URL(fileURLWithPath: "/bin/sh")
            child.arguments = ["-c", "while :; do :; done"]
            try child.run()
            defer {
                kill(child.processIdentifier, SIGKILL)
                child.waitUntilExit()
            }
            try CPUBinding.bind(thread: child.processIdentifier, to: [cpu])
            let watch = RunMonitor().watch(cpus: [cpu])
            let before = try chargedTicks(child.processIdentifier)
            while try chargedTicks(child.processIdentifier) < before + 100 { usleep(20_000) }
            let found = watch.finish()
            let share = try #require(found.competing)
            // The child's second at least, but for what we used ourselves, and twice the error of counting.
            let ours = found.process?.cpuSeconds ?? 0
            let expected = (1 - ours) / found.seconds
            #expect(share.ratio > expected - 2 * (share.ratio - share.atLeast))
            #expect(share.atLeast > 0)
            #expect((found.otherBusyCPUs ?? 0) > 0)
        }
    }
}

/// User and system time of a process, in ticks.
private func chargedTicks(_ process: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
    // The name, in parentheses, may hold spaces; the state follows it.
    let fields = text[(text.lastIndex(of: ")") ?? text.startIndex)...].split(separator: " ")
    return (Int(fields[12]) ?? 0) + (Int(fields[13]) ?? 0)
}
