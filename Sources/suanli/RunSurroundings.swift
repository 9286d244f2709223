// RunSurroundings.swift: the repository and the CI job a run was started in, where variables or git's files tell.

import Glibc
import ResultRecord

enum RunSurroundings {
    static func ci(_ environment: [String: String]) -> CIDescription {
        var ci = CIDescription()
        if environment["GITHUB_ACTIONS"] == "true" {
            ci.provider = "github"
            ci.runner = environment["RUNNER_NAME"]
            if let server = environment["GITHUB_SERVER_URL"], let repository = environment["GITHUB_REPOSITORY"],
                let run = environment["GITHUB_RUN_ID"]
            {
                ci.runURL = "\(server)/\(repository)/actions/runs/\(run)"
            }
        } else if environment["GITLAB_CI"] == "true" {
            ci.provider = "gitlab"
            ci.runURL = environment["CI_JOB_URL"]
            ci.runner = environment["CI_RUNNER_DESCRIPTION"]
        } else if environment["JENKINS_URL"] != nil {
            ci.provider = "jenkins"
            ci.runURL = environment["BUILD_URL"]
            ci.runner = environment["NODE_NAME"]
        } else if environment["CI"] == "true" {
            ci.provider = "other"
        }
        return ci
    }

    /// Commit and branch from the CI's variables, else from git's own files in the current directory or above it.
    /// Whether the tree is dirty takes a git process to find out; it is left unknown.
    static func versionControl(_ environment: [String: String]) -> VersionControlDescription {
        var vcs = VersionControlDescription()
        if let commit = environment["GITHUB_SHA"] ?? environment["CI_COMMIT_SHA"] ?? environment["GIT_COMMIT"] {
            vcs.commit = commit
            vcs.branch =
                environment["GITHUB_REF_NAME"] ?? environment["CI_COMMIT_REF_NAME"] ?? environment["GIT_BRANCH"]
            return vcs
        }
        guard let folder = gitFolder(), let head = line(folder + "/HEAD") else { return vcs }
        guard head.hasPrefix("ref: ") else {
            vcs.commit = head
            return vcs
        }
        let reference = String(head.dropFirst(5))
        vcs.branch = reference.hasPrefix("refs/heads/") ? String(reference.dropFirst(11)) : reference
        vcs.commit = line(folder + "/" + reference) ?? packed(reference, in: folder)
        return vcs
    }

    private static func gitFolder() -> String? {
        guard let path = getcwd(nil, 0) else { return nil }
        defer { free(path) }
        var directory = String(cString: path)[...]
        while true {
            let candidate = directory + "/.git"
            if access(candidate + "/HEAD", R_OK) == 0 { return String(candidate) }
            guard let slash = directory.lastIndex(of: "/") else { return nil }
            directory = directory[..<slash]
        }
    }

    private static func packed(_ reference: String, in folder: String) -> String? {
        let lines = (try? RecordFile.text(folder + "/packed-refs"))?.split(separator: "\n") ?? []
        return lines.first { $0.hasSuffix(" " + reference) }.map { String($0.prefix { $0 != " " }) }
    }

    private static func line(_ path: String) -> String? {
        guard let text = try? RecordFile.text(path) else { return nil }
        return text.split(separator: "\n").first.map(String.init)
    }
}
