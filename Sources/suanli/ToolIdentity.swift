// ToolIdentity.swift: which program this is, for records and `suanli version`.

import CBuildInfo
import ResultRecord

enum ToolIdentity {
    static let version = "0.1.0"

    static var commit: String? { suanli_commit().map { String(cString: $0) } }

    static var compiler: String {
        let c = String(cString: suanli_c_compiler())
        #if compiler(>=6.4)
            let swift = "Swift 6.4 or later"
        #elseif compiler(>=6.3)
            let swift = "Swift 6.3"
        #else
            let swift = "Swift 6.2"
        #endif
        return "\(swift), C: \(c)"
    }

    /// Both languages must be optimised: a kernel in C, or the check of its results in Swift, would crawl otherwise.
    static var isOptimized: Bool {
        var debug = false
        assert(
            {
                debug = true
                return true
            }())
        return suanli_is_optimized() && !debug
    }

    static var description: ToolDescription {
        ToolDescription(
            version: version, gitCommit: commit, buildConfig: isOptimized ? "release" : "debug", compiler: compiler,
            sha256: Digest.sha256(ofFile: "/proc/self/exe"))
    }
}

/// A build that must not measure.
struct UnoptimizedBuild: UserFacingError {
    var what: String { "this suanli was built without optimisation, so its figures would say nothing" }
    var nextStep: String { "Build it with swift build -c release, or use make run." }
    var exitStatus: ExitStatus { .measurementFailed }
}
