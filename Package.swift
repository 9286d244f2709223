// swift-tools-version: 6.2
// Package.swift: Suanli's modules, in the order of docs/architecture.md; each imports downward only
// (scripts/check-imports compares the imports with this file).

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// The commit this tree was checked out at, recorded with every measurement.
let commit = Context.gitInformation.map { $0.currentCommit + ($0.hasUncommittedChanges ? "-dirty" : "") } ?? "unknown"

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: swiftSettings)
}

/// Builds one test module only, while others are being written.
let testsOnly = Context.environment["SUANLI_TESTS_ONLY"]

let realModule: Target.Dependency = .product(name: "RealModule", package: "swift-numerics")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")

let package = Package(
    name: "suanli",
    products: [
        .executable(name: "suanli", targets: ["suanli"]),
        .library(name: "CapacityIndex", targets: ["CapacityIndex"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-numerics", from: "1.1.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        // C: instruction-set variants, Linux interfaces, system libraries.
        .target(name: "CKernels"),
        .target(name: "CLinux"),
        .target(name: "CBuildInfo", cSettings: [.define("SUANLI_COMMIT", to: "\"\(commit)\"")]),
        .systemLibrary(name: "CNUMA", providers: [.apt(["libnuma-dev"])]),
        .systemLibrary(name: "CHwloc", pkgConfig: "hwloc", providers: [.apt(["libhwloc-dev"])]),

        // Values and methods.
        module("Quantities"),
        module("SampleStatistics", [realModule]),
        module("ResultRecord", ["Quantities", "SampleStatistics", crypto]),

        // This machine.
        module("MachineProbe", ["ResultRecord", "Quantities", "CLinux", "CNUMA", "CHwloc", crypto]),
        module("ComputeKernels", ["CKernels", "ResultRecord", "Quantities", "SampleStatistics"]),
        module("BLASBinding", ["ResultRecord", "CLinux", crypto]),
        module(
            "Measurement",
            [
                "BLASBinding", "ComputeKernels", "MachineProbe", "ResultRecord", "SampleStatistics", "Quantities",
                "CLinux", "CNUMA",
            ]),

        // From records to the index.
        module("CapacityIndex", ["Quantities", "SampleStatistics", realModule]),
        module("CapacityConversion", ["CapacityIndex", "ResultRecord", "SampleStatistics", "Quantities"]),
        module(
            "RecordStore",
            [
                "CapacityIndex", "CapacityConversion", "ResultRecord",
                .product(name: "GRDB", package: "GRDB.swift"),
            ]),
        module(
            "ReportRendering",
            ["CapacityIndex", "CapacityConversion", "Measurement", "ResultRecord", "Quantities"]),

        .executableTarget(
            name: "suanli",
            dependencies: [
                "ReportRendering", "RecordStore", "CapacityConversion", "CapacityIndex", "Measurement",
                "BLASBinding", "ComputeKernels", "MachineProbe", "ResultRecord", "Quantities", "CBuildInfo", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),
    ]
        + [
            tests(of: "CapacityIndex", ["Quantities"]),
            tests(of: "CapacityConversion", ["CapacityIndex", "ResultRecord", "Quantities"]),
            tests(of: "RecordStore", ["CapacityIndex", "CapacityConversion", "ResultRecord", "Quantities"]),
            tests(of: "ComputeKernels", ["CKernels", "ResultRecord", "Quantities"]),
            tests(of: "MachineProbe", ["ResultRecord", "Quantities"]),
            tests(of: "BLASBinding", ["ResultRecord"]),
            tests(of: "SampleStatistics"),
            tests(of: "ResultRecord", ["Quantities"]),
            tests(of: "Measurement", ["BLASBinding", "ComputeKernels", "MachineProbe", "ResultRecord", "Quantities"]),
        ].filter { testsOnly == nil || $0.name == testsOnly }
)
