// ProcessEnvironment.swift: this process's environment variables, without Foundation.

import Glibc

package enum ProcessEnvironment {
    /// All variables, read once, at first use. Later changes by setenv are not seen.
    package static let current: [String: String] = {
        var variables: [String: String] = [:]
        var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = environ
        while let text = entry.pointee {
            let variable = String(cString: text)
            if let equals = variable.firstIndex(of: "=") {
                variables[String(variable[..<equals])] = String(variable[variable.index(after: equals)...])
            }
            entry += 1
        }
        return variables
    }()
}
