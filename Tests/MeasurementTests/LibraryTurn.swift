// LibraryTurn.swift: lets suites that call OpenBLAS run one after the other: it has one pool of threads in a process, and
// a suite that sets their number or binds them would disturb another's measurements.

import BLASBinding
import Testing

struct LibraryTurn: SuiteTrait, TestScoping {
    /// Opened before any library that loads it too: its workers are known as the threads that start when it is opened.
    private static let openBLAS = try? BLASLibrary.openDefault()

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        await Turn.library.take()
        _ = Self.openBLAS
        do { try await function() } catch {
            await Turn.library.pass()
            throw error
        }
        await Turn.library.pass()
    }
}

extension Trait where Self == LibraryTurn {
    /// For suites that measure with OpenBLAS.
    static var librariesInTurn: LibraryTurn { LibraryTurn() }
}

private actor Turn {
    static let library = Turn()

    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    func take() async {
        if isTaken { await withCheckedContinuation { waiting.append($0) } }
        isTaken = true
    }

    func pass() {
        guard !waiting.isEmpty else {
            isTaken = false
            return
        }
        waiting.removeFirst().resume()
    }
}
