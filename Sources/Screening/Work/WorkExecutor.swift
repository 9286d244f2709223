// WorkExecutor.swift: the seam at which tests plant faults: one call of a work, on one core, in one memory.

/// Makes a call and leaves its result in the arena.
package protocol WorkExecutor: Sendable {
    /// - Parameters:
    ///   - arena: Holds the input.
    ///   - cpu: The CPU that the calling thread is bound to.
    /// - Returns: 0, or the signal by which the call crashed.
    func execute(_ work: any ScreenWork, on arena: ScreenArena, cpu: Int) -> Int32
}

/// The call and nothing else.
package struct DirectExecutor: WorkExecutor {
    package init() {}

    package func execute(_ work: any ScreenWork, on arena: ScreenArena, cpu: Int) -> Int32 { work.call(on: arena) }
}
