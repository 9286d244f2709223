// CLibrary.swift: shared libraries compiled on the spot, for tests that need one which behaves in a given way.

import Foundation

/// A C compiler and what it makes.
package enum CLibrary {
    /// The first C compiler on PATH; nil without one.
    package static let compiler = Command.find("cc", "clang", "gcc")

    package struct CompilerFailure: Error {
        package let errors: String
    }

    /// Compiles `source` as a shared library.
    ///
    /// - Parameters:
    ///   - definitions: Preprocessor definitions, `NAME` or `NAME=VALUE`.
    ///   - path: Where the library goes; the source is left beside it.
    package static func build(_ source: String, definitions: [String] = [], at path: String) throws {
        guard let compiler else { throw CompilerFailure(errors: "no C compiler on PATH") }
        try source.write(toFile: path + ".c", atomically: true, encoding: .utf8)
        let outcome = try Command.run(
            compiler,
            ["-O2", "-shared", "-fPIC"] + definitions.map { "-D" + $0 } + ["-o", path, path + ".c", "-ldl", "-lm"])
        guard outcome.status == 0 else { throw CompilerFailure(errors: outcome.errors) }
    }
}
