// VersionedName.swift: the names under which numbers may be compared: conversion policies, perimeters, kernel mixes.
// A definition that changes gets a new version, so that figures made by the old one are not added to the new.

/// A name with a version, written `fp32-native/1`; `Subject` keeps names of different things apart.
///
/// The name is 1 … 64 characters of a–z, 0–9, `-`, `.` and `_`; the version is at least 1.
public struct VersionedName<Subject>: Sendable, Hashable, CustomStringConvertible {
    public let name: String
    public let version: Int

    /// Nil when the name has other characters or a length outside 1 … 64, or the version is below 1.
    public init?(name: String, version: Int) {
        let wellFormed = name.utf8.allSatisfy { byte in
            (97...122).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 46 || byte == 95
        }
        guard wellFormed, (1...64).contains(name.utf8.count), version >= 1 else { return nil }
        self.name = name
        self.version = version
    }

    /// Reads `name/version`; nil when malformed.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        // Only the digits that `description` prints: "+1" and "01" would be second spellings of one version.
        guard parts.count == 2, let version = Int(parts[1]), String(version) == parts[1] else { return nil }
        self.init(name: String(parts[0]), version: version)
    }

    public var description: String { "\(name)/\(version)" }
}

extension VersionedName: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let value = Self(text) else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "“\(text)” is not a name and a version such as “fp32-native/1”")
        }
        self = value
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Which conversion policy made a figure.
public typealias PolicyID = VersionedName<PolicySubject>
public enum PolicySubject {}

/// What a figure covers: a free name, for example whose servers and how they were counted.
///
/// Infrastructure and device shipments are two perimeters, and so are two inventories of one operator.
public typealias Perimeter = VersionedName<PerimeterSubject>
public enum PerimeterSubject {}

/// Which kernels, at which sizes and multiplicities, a node's rate was computed from.
public typealias MixID = VersionedName<MixSubject>
public enum MixSubject {}

extension VersionedName where Subject == PerimeterSubject {
    /// `local/1`: what one local store holds, when nothing else was named.
    public static var local: Perimeter { Perimeter("local/1")! }
}
