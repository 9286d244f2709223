// swift-tools-version: 6.2
// Package.swift: benchmarks of Suanli's own hot paths. A package of its own, so that nobody who builds or embeds
// Suanli resolves a benchmark framework; README.md says how it reaches what the modules keep to themselves.

import PackageDescription

let package = Package(
    name: "suanli-benchmarks",
    dependencies: [
        // By name, as the identity of a package at a path is the name of whatever directory it was cloned into.
        .package(name: "suanli", path: ".."),
        // Without its default traits: they replace malloc and the Swift runtime's reference counting by packages of
        // their own. Allocations are counted by CAllocationCount instead.
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .target(name: "CAllocationCount", path: "CAllocationCount"),
        .executableTarget(
            name: "HotPaths",
            dependencies: [
                "CAllocationCount",
                .product(name: "_BenchmarkSupport", package: "suanli"),
                .product(name: "CapacityIndex", package: "suanli"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "HotPaths",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    ]
)
