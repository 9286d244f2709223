// NodeIdentity.swift: a number that is the same for every run on one node and tells nothing about it.
// machine-id is confidential (man 5 machine-id), so only a salted hash leaves the machine.

import ResultRecord

/// The hashed identity of a node and where it was taken from.
struct NodeIdentity: Sendable, Hashable {
    /// SHA-256, hexadecimal.
    let hash: String
    /// `machine-id+board-serial`, `machine-id` or `generated`.
    let source: String

    /// Part of every hash, so that it matches no other program's hash of the same id. Never changes.
    static let salt = "suanli node identity 1"

    private init(id: String, serial: String, source: String) {
        hash = Digest.sha256("\(Self.salt)\n\(id)\n\(serial)\n".utf8)
        self.source = source
    }

    /// The id of /etc/machine-id, or one that is generated once and kept in the user's data directory.
    ///
    /// The board's serial number sets apart machines that were cloned with their machine-id; only root may read it,
    /// so the identity that root sees differs from that of other users, and `source` says which it is.
    static func find(files: FileTree, environment: [String: String]) -> Finding<NodeIdentity> {
        if let id = files.word(at: "/etc/machine-id"), isMachineID(id) {
            let serial = files.word(at: "/sys/class/dmi/id/board_serial") ?? ""
            return .found(
                NodeIdentity(id: id, serial: serial, source: serial.isEmpty ? "machine-id" : "machine-id+board-serial"))
        }
        let noMachineID = files.whyUnread("/etc/machine-id")
        guard let path = generatedPath(environment) else {
            return .missing("\(noMachineID), and neither XDG_DATA_HOME nor HOME says where to keep a generated id")
        }
        if files.word(at: path) == nil, let failure = files.create(newID() + "\n", at: path) {
            return .missing("\(noMachineID), and \(failure)")
        }
        // Read back: another process may have been first, and its id counts.
        guard let id = files.word(at: path), isMachineID(id) else {
            return .missing("\(noMachineID), and \(files.whyUnread(path))")
        }
        return .found(NodeIdentity(id: id, serial: "", source: "generated"))
    }

    /// 32 hexadecimal digits; images that are not booted yet have an empty file or `uninitialized`.
    private static func isMachineID(_ text: String) -> Bool { text.count == 32 && text.allSatisfy(\.isHexDigit) }

    private static func newID() -> String {
        (0..<32).map { _ in String(Int.random(in: 0..<16), radix: 16) }.joined()
    }

    private static func generatedPath(_ environment: [String: String]) -> String? {
        // The XDG specification has relative paths ignored.
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/suanli/node-id" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.local/share/suanli/node-id" }
        return nil
    }
}

extension MachineProbe {
    func describeHost(_ unknown: inout UnknownFields) -> HostDescription {
        var host = HostDescription()
        host.name = unknown.word("host.name", in: files, at: "/proc/sys/kernel/hostname")
        let identity = NodeIdentity.find(files: files, environment: environment)
        host.machineIDHash = unknown.take("host.machine_id_hash", identity.map(\.hash))
        host.machineIDSource = unknown.take("host.machine_id_source", identity.map(\.source))
        let hint = "the firmware or hypervisor offers no DMI table"
        host.vendor = unknown.word("host.vendor", in: files, at: "/sys/class/dmi/id/sys_vendor", hint: hint)
        host.product = unknown.word("host.product", in: files, at: "/sys/class/dmi/id/product_name", hint: hint)
        host.biosVersion = unknown.word(
            "host.bios_version", in: files, at: "/sys/class/dmi/id/bios_version", hint: hint)
        host.bootID = unknown.word("host.boot_id", in: files, at: "/proc/sys/kernel/random/boot_id")
        let uptime = files.text(at: "/proc/uptime")?.split(separator: " ").first.flatMap { Double($0) }
        host.uptimeSeconds = unknown.take(
            "host.uptime_seconds", uptime, otherwise: files.whyUnread("/proc/uptime"))
        return host
    }
}
