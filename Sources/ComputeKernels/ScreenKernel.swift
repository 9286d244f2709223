// ScreenKernel.swift: the screening kernels as Swift values: what they are, which run here, and their references.

internal import CKernels

/// One loop of integer, bit, cipher, shuffle or copy instructions, for one instruction set.
///
/// A row of the C table. Those of other architectures are values too, so that they can be listed with the reason why
/// they do not run. Each turn maps different states to different ones, so that an error stays (docs/screening.md).
package struct ScreenKernel: InstructionSetKernel, Sendable, Hashable {
    /// `multiply`, `divide`, `count`, `deposit`, `crc`, `clmul`, `aes`, `vector`, `permute256`, `permute512` or `copy`.
    /// Kernels of one name leave the same state from the same start.
    package let name: String
    /// `scalar`, `bmi2`, `avx512`, …; unique within a name.
    package let variant: String
    package let architecture: String
    package let requiredFeatures: [String]
    /// 64-bit words of state, 64-byte aligned.
    package let stateWords: Int
    /// Turns that take a fraction of a millisecond, and their reference some ten.
    package let turns: Int
    /// nil when it belongs to another architecture than this build.
    package let entry: Entry?
    /// The same recurrence in portable C, without the instructions in question.
    package let reference: Entry

    /// Words of constants that a kernel is given: any numbers.
    package static var keyWords: Int { Int(SL_SCREEN_KEYS) }

    package var isCompiledHere: Bool { entry != nil }

    /// Every kernel of the table, other architectures' included.
    package static let all: [ScreenKernel] = {
        var count = 0
        guard let rows = sl_screen_kernels(&count) else { return [] }
        return UnsafeBufferPointer(start: rows, count: count).map(ScreenKernel.init)
    }()

    private init(row: sl_screen_kernel) {
        name = String(cString: row.kernel)
        variant = String(cString: row.variant)
        architecture = String(cString: row.architecture)
        requiredFeatures = String(cString: row.required_features).split(separator: " ").map(String.init)
        stateWords = Int(row.state_words)
        turns = Int(row.turns)
        entry = row.run.map(Entry.init)
        reference = Entry(function: row.reference)
    }

    package static func == (a: ScreenKernel, b: ScreenKernel) -> Bool { a.name == b.name && a.variant == b.variant }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(variant)
    }

    /// A kernel's function.
    ///
    /// `@unchecked Sendable`: the address of a function's code.
    package struct Entry: @unchecked Sendable {
        let function: sl_screen_function

        /// Advances `state` by `turns`.
        ///
        /// - Parameters:
        ///   - state: `stateWords` words, 64-byte aligned.
        ///   - keys: `keyWords` words.
        package func run(turns: Int, state: UnsafeMutablePointer<UInt64>, keys: UnsafePointer<UInt64>) {
            function(UInt64(turns), state, keys)
        }

        /// Hands `body` the same call as a C function and its argument, for a guard that survives a crash in it.
        package func withGuardArguments<Result>(
            turns: Int, state: UnsafeMutablePointer<UInt64>, keys: UnsafePointer<UInt64>,
            _ body: (_ function: @convention(c) (UnsafeMutableRawPointer?) -> Void, _ context: UnsafeMutableRawPointer)
                throws -> Result
        ) rethrows -> Result {
            var call = sl_screen_call(function: function, turns: UInt64(turns), state: state, keys: keys)
            return try withUnsafeMutablePointer(to: &call) {
                try body(sl_screen_guarded_call, UnsafeMutableRawPointer($0))
            }
        }
    }
}
