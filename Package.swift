// swift-tools-version: 6.2
// Package.swift: Suanli's modules, in the order of docs/architecture.md; each imports downward only
// (scripts/check-imports compares the imports with this file).

import PackageDescription

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// The commit this tree was checked out at, recorded with every measurement; the Makefile sets it. An evaluated
/// manifest is cached by its text and environment, so asking git from here would give a stale answer.
let commit = Context.environment["SUANLI_COMMIT"] ?? "unknown"

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

func tests(of name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.byName(name: name)] + dependencies, swiftSettings: swiftSettings)
}

let realModule: Target.Dependency = .product(name: "RealModule", package: "swift-numerics")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "suanli",
    products: [
        .executable(name: "suanli", targets: ["suanli"]),
        .library(name: "CapacityIndex", targets: ["CapacityIndex", "CompositeIndex"]),
        // For the package in Benchmarks/ only: what its benchmarks need of the modules' own.
        .library(name: "_BenchmarkSupport", targets: ["_BenchmarkSupport"]),
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
        module("MachineProbe", ["ResultRecord", "CLinux", "CNUMA", "CHwloc"]),
        module("ComputeKernels", ["CKernels", "Quantities", "SampleStatistics"]),
        module("BLASBinding", ["ResultRecord", "CLinux"]),
        module(
            "Measurement",
            [
                "BLASBinding", "ComputeKernels", "MachineProbe", "ResultRecord", "SampleStatistics", "Quantities",
                "CLinux",
            ]),
        module(
            "Screening",
            [
                "Measurement", "BLASBinding", "ComputeKernels", "MachineProbe", "ResultRecord", "SampleStatistics",
                "Quantities", "CLinux",
            ]),

        // From records to the index.
        module("CapacityIndex", ["Quantities", "SampleStatistics", realModule]),
        module("CompositeIndex", ["SampleStatistics", realModule]),
        module("Interchange", ["CompositeIndex"]),
        module("CapacityConversion", ["CapacityIndex", "ResultRecord", "SampleStatistics", "Quantities", realModule]),
        module("RecordStore", ["CapacityIndex", "CapacityConversion", "ResultRecord", grdb]),
        module(
            "ReportRendering",
            [
                "CapacityConversion", "CapacityIndex", "CompositeIndex", "Measurement", "Screening", "ResultRecord",
                "Quantities",
            ]),

        .executableTarget(
            name: "suanli",
            dependencies: [
                "ReportRendering", "RecordStore", "CapacityConversion", "CapacityIndex", "CompositeIndex",
                "Interchange",
                "Measurement", "Screening", "BLASBinding", "MachineProbe", "ResultRecord", "SampleStatistics",
                "CBuildInfo", "CLinux",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: swiftSettings),

        .target(
            name: "CBenchmarkSupport", dependencies: ["CKernels"], path: "Benchmarks/CSupport",
            cSettings: [.headerSearchPath("../../Sources/CKernels/gemm")]),
        .target(
            name: "_BenchmarkSupport",
            dependencies: [
                "CBenchmarkSupport", "CKernels", "CLinux", "ComputeKernels", "MachineProbe", "Measurement",
                "Quantities", "ResultRecord",
            ],
            path: "Benchmarks/Support", swiftSettings: swiftSettings),

        // Simulated times for tests and for scripts/statistics-coverage.
        .target(
            name: "StatisticsSimulation", dependencies: ["Measurement", "SampleStatistics", realModule],
            path: "Benchmarks/Statistics/Simulation", swiftSettings: swiftSettings),
        .executableTarget(
            name: "statistics-coverage", dependencies: ["StatisticsSimulation"],
            path: "Benchmarks/Statistics/Program", swiftSettings: swiftSettings),
        // Our side of scripts/benchmark-index.
        .executableTarget(
            name: "index-benchmark", dependencies: ["CapacityIndex", "SampleStatistics"], path: "Benchmarks/Index",
            swiftSettings: swiftSettings),

        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
    ]
        + [
            tests(of: "CapacityIndex", ["SampleStatistics"]),
            tests(of: "CompositeIndex", ["SampleStatistics", realModule]),
            tests(of: "Interchange", ["CompositeIndex", "SampleStatistics"]),
            tests(of: "CapacityConversion", ["CapacityIndex", "ResultRecord", "Quantities"]),
            tests(
                of: "RecordStore",
                ["CapacityIndex", "CapacityConversion", "ResultRecord", "Quantities", "TestSupport", grdb]),
            tests(of: "ComputeKernels", ["Quantities", "TestSupport"]),
            tests(of: "MachineProbe", ["ResultRecord", "CLinux", "CNUMA", "TestSupport"]),
            tests(of: "BLASBinding", ["ResultRecord", "TestSupport"]),
            tests(of: "Quantities"),
            tests(of: "SampleStatistics", ["StatisticsSimulation"]),
            tests(of: "ResultRecord", ["Quantities", "TestSupport"]),
            tests(
                of: "Measurement",
                [
                    "BLASBinding", "ComputeKernels", "MachineProbe", "ResultRecord", "SampleStatistics", "Quantities",
                    "CLinux", "StatisticsSimulation", "TestSupport",
                ]),
            tests(of: "Screening", ["ComputeKernels", "MachineProbe", "ResultRecord"]),
            .testTarget(
                name: "IntegrationTests", dependencies: ["CLinux", "ResultRecord", "TestSupport"],
                swiftSettings: swiftSettings),
        ]
)
