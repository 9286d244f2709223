// ControlGroups.swift: which control groups a process is in, and their directories as seen from here.
// /proc/self/cgroup names a group from the hierarchy's root, or from the namespace's; a container mounts only a part.
// mountinfo says which part, so the path is taken relative to it; what lies above the mount point stays unseen.

/// One mounted hierarchy of control groups, and this process's place in it.
struct ControlGroupHierarchy: Sendable, Hashable {
    /// 1 or 2.
    let version: Int
    /// The process's own group first, then each group above it up to the mount point.
    let directories: [String]

    /// The directories in words: the first, and the last when there are several.
    var extent: String {
        let own = directories[0]
        return directories.count == 1 ? own : "\(own) or above, up to \(directories[directories.count - 1])"
    }
}

/// The control groups of a process: version 1, version 2, or a hybrid of both.
package struct ControlGroups: Sendable {
    let files: FileTree
    /// 1 or 2 by the hierarchy that holds the cpu controller; nil without control groups.
    let version: Int?
    /// Group path by version-1 controller.
    private let versionOnePaths: [String: String]
    private let versionTwoPath: String?
    private let mounts: [ControlGroupMount]

    /// - Parameter process: `self`, or a process id.
    package init(files: FileTree, process: String = "self") {
        self.files = files
        var paths: [String: String] = [:]
        var unified: String?
        for line in (files.text(at: "/proc/\(process)/cgroup") ?? "").split(separator: "\n") {
            // hierarchy-id:controllers:path; the path may contain colons.
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let path = String(fields[2])
            if fields[0] == "0", fields[1].isEmpty { unified = path }
            for controller in fields[1].split(separator: ",") { paths[String(controller)] = path }
        }
        versionOnePaths = paths
        versionTwoPath = unified
        mounts = ControlGroupMount.all(in: files.text(at: "/proc/\(process)/mountinfo") ?? "")
        version = paths["cpu"] != nil ? 1 : unified != nil ? 2 : paths.isEmpty ? nil : 1
    }

    /// The hierarchy that controls `cpu`, `cpuset` or `memory`; otherwise why there is none to read.
    func hierarchy(of controller: String) -> Finding<ControlGroupHierarchy> {
        if let path = versionOnePaths[controller] {
            let fitting = mounts.filter { $0.version == 1 && $0.options.contains(controller) }
            return locate(path, in: fitting, version: 1, name: "the \(controller) controller (version 1)")
        }
        if let path = versionTwoPath {
            return locate(path, in: mounts.filter { $0.version == 2 }, version: 2, name: "control groups (version 2)")
        }
        return .missing(
            versionOnePaths.isEmpty
                ? "this process is in no control group" : "no control group has a \(controller) controller")
    }

    private func locate(
        _ path: String, in mounts: [ControlGroupMount], version: Int, name: String
    ) -> Finding<ControlGroupHierarchy> {
        guard let first = mounts.first else { return .missing("\(name) is not mounted here") }
        for mount in mounts {
            if let below = mount.relative(path), files.exists(mount.point + below) {
                return .found(ControlGroupHierarchy(version: version, directories: mount.ancestry(of: below)))
            }
        }
        // A container that sees host paths but mounts its own group only: the mount point is that group.
        return .found(ControlGroupHierarchy(version: version, directories: [first.point]))
    }
}

/// One line of mountinfo for a file system of type cgroup or cgroup2.
struct ControlGroupMount: Sendable, Hashable {
    let version: Int
    /// The group that appears at the mount point, as a path in its hierarchy.
    let root: String
    let point: String
    /// Super block options; for version 1 they name the controllers.
    let options: [String]

    /// - Source: Linux, Documentation/filesystems/proc.rst, section 3.5.
    static func all(in mountInfo: String) -> [ControlGroupMount] {
        mountInfo.split(separator: "\n").compactMap { line in
            // id, parent, device, root, mount point, options, optional fields …, "-", type, source, super options.
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, fields.count > dash + 3 else { return nil }
            let type = fields[dash + 1]
            guard type == "cgroup" || type == "cgroup2" else { return nil }
            return ControlGroupMount(
                version: type == "cgroup" ? 1 : 2, root: unescaped(fields[3]), point: unescaped(fields[4]),
                options: fields[dash + 3].split(separator: ",").map(String.init))
        }
    }

    /// The kernel writes space, tab, newline and backslash as `\` and three octal digits.
    private static func unescaped(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "\\"), rest.count >= 3,
                let value = UInt8(String(decoding: rest.prefix(3), as: UTF8.self), radix: 8)
            {
                bytes.append(value)
                rest.removeFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A group's path below the mount point (empty for the mount point itself); nil when it lies outside.
    func relative(_ path: String) -> String? {
        let path = path == "/" ? "" : path
        if root == "/" { return path.hasPrefix("/..") ? nil : path }
        if path == root { return "" }
        return path.hasPrefix(root + "/") ? String(path.dropFirst(root.count)) : nil
    }

    /// The directory of the group `below` the mount point, and of every group above it up to the mount point.
    func ancestry(of below: String) -> [String] {
        var directories: [String] = []
        var rest = below[...]
        while !rest.isEmpty {
            directories.append(point + rest)
            rest = rest[..<(rest.lastIndex(of: "/") ?? rest.startIndex)]
        }
        return directories + [point]
    }
}
