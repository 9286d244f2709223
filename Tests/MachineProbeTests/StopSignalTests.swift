// StopSignalTests.swift: the first signal is a request, the second ends the process; each in a process of its own.

import CLinux
import Foundation
import Testing

/// Sends this process a signal and waits until its handler ran, at most a second.
///
/// `kill`, not `raise`: worker threads block signals, so that one sent to the caller alone would never arrive.
private func send(_ signal: Int32, until handled: () -> Bool) {
    kill(getpid(), signal)
    for _ in 0..<1000 where !handled() { usleep(1000) }
}

@Suite("Stop signal")
struct StopSignalTests {
    @Test("the first signal sets the flag and the process goes on")
    func firstSignal() async {
        await #expect(processExitsWith: .success) {
            guard sl_stop_signal() == 0, sl_install_stop_handler() == 0 else { exit(1) }
            send(SIGTERM) { sl_stop_signal() != 0 }
            exit(sl_stop_signal() == SIGTERM ? 0 : 2)
        }
    }

    @Test("a signal that follows at once is the same request")
    func doubledSignal() async {
        await #expect(processExitsWith: .success) {
            guard sl_install_stop_handler() == 0 else { exit(1) }
            send(SIGINT) { sl_stop_signal() != 0 }
            kill(getpid(), SIGTERM)
            // Enough for the second signal to have ended the process, if it did.
            usleep(300_000)
            exit(sl_stop_signal() == SIGINT ? 0 : 2)
        }
    }

    @Test("a later second signal ends the process at once")
    func secondSignal() async {
        await #expect(processExitsWith: .signal(SIGINT)) {
            guard sl_install_stop_handler() == 0 else { exit(1) }
            send(SIGTERM) { sl_stop_signal() != 0 }
            usleep(300_000)
            send(SIGINT) { false }
            exit(0)
        }
    }
}
