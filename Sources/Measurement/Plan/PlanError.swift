// PlanError.swift: requests that cannot be planned on this machine.

package import ResultRecord

package enum PlanError: UserFacingError, Hashable {
    case cpuNotAllowed(Int, allowed: CPUSet, reason: String)
    case noCPUs
    case tooManyThreads(asked: Int, available: CPUSet)
    case threadsNotPositive(Int)
    case noSuchNUMANode(Int, present: [Int])
    case numaNodeWithoutCPUs(Int, allowed: CPUSet)
    case invalidPattern(option: String, pattern: String)
    case nothingMatches(pattern: String, names: [String])
    case everythingSkipped(pattern: String)
    case nothingFits(name: String, reason: String)
    case durationTooShort(asked: Double, needed: Double, name: String)

    package var what: String {
        switch self {
        case .cpuNotAllowed(let cpu, let allowed, let reason):
            "cannot measure on CPU \(cpu): this process may use CPUs \(allowed) only (\(reason))"
        case .noCPUs: "the CPU list is empty"
        case .tooManyThreads(let asked, let available):
            "cannot place \(asked) threads: there \(available.count == 1 ? "is 1 CPU" : "are \(available.count) CPUs") "
                + "to use (\(available)), and a CPU takes one measured thread"
        case .threadsNotPositive(let asked): "cannot run \(asked) threads"
        case .noSuchNUMANode(let node, let present):
            "there is no NUMA node \(node): this machine has \(present.map(String.init).joined(separator: ", "))"
        case .numaNodeWithoutCPUs(let node, let allowed):
            "NUMA node \(node) has none of the CPUs that this process may use (\(allowed))"
        case .invalidPattern(let option, let pattern): "--\(option) '\(pattern)' is not a regular expression"
        case .nothingMatches(let pattern, _): "--filter '\(pattern)' matches no measurement"
        case .everythingSkipped(let pattern): "--skip '\(pattern)' leaves nothing to measure"
        case .nothingFits(let name, let reason): "nothing is left to measure: \(name): \(reason)"
        case .durationTooShort(let asked, let needed, let name):
            "--duration \(asked) s is too short: \(name) alone takes about \(needed.rounded(.up)) s"
        }
    }

    package var nextStep: String {
        switch self {
        case .cpuNotAllowed(_, let allowed, _): "Start suanli outside that limit, or pass --cpus \(allowed)."
        case .noCPUs: "Pass --cpus with a list such as 0-3,8."
        case .tooManyThreads(_, let available): "Pass --threads \(available.count) or fewer, or widen --cpus."
        case .threadsNotPositive: "Pass --threads with 1 or more."
        case .noSuchNUMANode: "Pass one of the nodes that suanli info lists."
        case .numaNodeWithoutCPUs: "Pass a node that has some of them: suanli info lists the nodes' CPUs."
        case .invalidPattern: "Write it as for grep -E, for example 'gemm/f64' or '(fma|gemm)/.*/node'."
        case .nothingMatches(_, let names):
            "Names are <kernel>/<dtype>/<variant>/<scope>, for example \(names.joined(separator: ", ")). "
                + "suanli list shows them all."
        case .everythingSkipped: "Narrow --skip, or leave it out."
        case .nothingFits: "Pass smaller orders with --n, or another --working-set."
        case .durationTooShort: "Pass a longer --duration, or a --filter that names smaller work."
        }
    }

    package var exitStatus: ExitStatus { .usage }
}
