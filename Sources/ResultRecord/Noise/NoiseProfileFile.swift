// NoiseProfileFile.swift: where a node's noise profile lies, and reading it with its faults named.

import FoundationEssentials

public enum NoiseProfileFile {
    /// `noise/<first 16 digits of the node's id>.json` beside the index store, so that nodes that share a home directory
    /// keep theirs apart.
    ///
    /// - Parameter store: Path of the index store.
    public static func path(besideStore store: String, host: HostDescription) -> String {
        let folder = store.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let node = host.machineIDHash.map { String($0.prefix(16)) } ?? host.name ?? "node"
        return "\(folder.isEmpty ? (store.hasPrefix("/") ? "" : ".") : folder)/noise/\(node).json"
    }

    /// - Returns: nil when there is no file.
    /// - Throws: `NoiseProfileUnreadable`.
    public static func read(_ path: String) throws -> NoiseProfile? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text = try RecordFile.text(path)
        let profile: NoiseProfile
        do { profile = try JSONDecoder().decode(NoiseProfile.self, from: Data(text.utf8)) } catch {
            throw NoiseProfileUnreadable(path: path, reason: "it is not a noise profile: \(error)")
        }
        guard profile.schema == NoiseProfile.schemaVersion else {
            throw NoiseProfileUnreadable(
                path: path, reason: "it has version \(profile.schema), this program reads \(NoiseProfile.schemaVersion)"
            )
        }
        return profile
    }
}

/// A noise profile that is there and says nothing.
public struct NoiseProfileUnreadable: UserFacingError {
    public let path: String
    public let reason: String

    public var what: String { "the noise profile \(path) cannot be used: \(reason)" }
    public var nextStep: String { "Delete it and run suanli noise again." }
    public var exitStatus: ExitStatus { .submitFailed }
}
