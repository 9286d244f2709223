// SIMDGEMMEmittedLoopTests.swift: disassembles this binary and counts what stands in the loop of each tile.

import ComputeKernels
import Foundation
import Quantities
import Testing

/// The loop of `function`: from the target of its first backward branch to that branch; nil without objdump.
private func loop(of function: String) throws -> [String]? {
    let objdump = ["/usr/bin/objdump", "/usr/local/bin/objdump"].first(where: FileManager.default.isExecutableFile)
    guard let objdump else {
        print("not run here: the disassembly of \(function), objdump (Debian package binutils) is not installed")
        return nil
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: objdump)
    let binary = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.arguments = ["-d", "--no-show-raw-insn", "--disassemble=\(function)", binary]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()

    // "  40a0c0:\tvfmadd231pd %zmm24,%zmm27,%zmm0"
    let lines = text.split(separator: "\n").compactMap { line -> (address: UInt64, instruction: String)? in
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let address = UInt64(parts[0].trimmingCharacters(in: .whitespaces), radix: 16) else {
            return nil
        }
        return (address, parts[1].trimmingCharacters(in: .whitespaces))
    }
    for (index, line) in lines.enumerated() {
        let words = line.instruction.split(whereSeparator: \.isWhitespace)
        guard ["jne", "jnz", "b.ne"].contains(words.first.map(String.init) ?? ""), words.count > 1,
            let target = UInt64(words[1], radix: 16), target < line.address,
            let first = lines.firstIndex(where: { $0.address == target })
        else { continue }
        return lines[first...index].map(\.instruction)
    }
    return []
}

@Suite("Emitted loops of the products")
struct SIMDGEMMEmittedLoopTests {
    /// The tiles whose loop is assembly; plain C is what the compiler makes of it.
    private static let written = SIMDGEMM.all.filter { $0.isCompiledHere && $0.variant != "simd-scalar" }

    private func count(_ loop: [String], _ mnemonic: String) -> Int {
        loop.count { $0.prefix { !$0.isWhitespace } == mnemonic }
    }

    @Test(
        "a tile's loop is its multiply-adds, on registers, and few loads; nothing goes to the stack", arguments: written
    )
    func tile(gemm: SIMDGEMM) throws {
        let isa = gemm.variant.dropFirst("simd-".count)
        let most = gemm.tile.columns / gemm.lanes
        for rows in isa == "neon" ? [8] : Array(1...gemm.tile.rows) {
            for vectors in 1...most {
                let function = "sl_gemm_\(gemm.elementType.rawValue)_\(isa)_\(rows)x\(vectors)"
                guard let loop = try loop(of: function) else { return }
                try check(gemm, loop, function, rows: rows, vectors: vectors, steps: 1, extraLoads: 0)
            }
        }
    }

    #if arch(x86_64)
        @Test(
            "a tile with an errand has it in its loop, once per turn; copying takes two steps for it",
            arguments: written)
        func errands(gemm: SIMDGEMM) throws {
            let prefix = "sl_gemm_\(gemm.elementType.rawValue)_\(gemm.variant.dropFirst("simd-".count))_"
            let vectors = gemm.tile.columns / gemm.lanes
            for errand in ["asking", "copying"] {
                guard let loop = try loop(of: prefix + errand) else { return }
                let copies = errand == "copying"
                try check(
                    gemm, loop, prefix + errand, rows: gemm.tile.rows, vectors: vectors, steps: copies ? 2 : 1,
                    extraLoads: copies ? 1 : 0)
                #expect(count(loop, "prefetcht1") == 1)
                let stores = loop.filter { $0.hasPrefix("vmovup") && $0.hasSuffix(")") }
                #expect(stores.count == (copies ? 1 : 0))
            }
        }
    #endif

    private func check(
        _ gemm: SIMDGEMM, _ loop: [String], _ function: String, rows: Int, vectors: Int, steps: Int,
        extraLoads: Int
    ) throws {
        #if arch(arm64)
            let fma = loop.filter { $0.hasPrefix("fmla") }
            #expect(fma.count == steps * rows * vectors, "\(function)")
            #expect(!loop.contains { $0.contains("sp") || $0.hasPrefix("st") }, "\(function)")
            // Loads of A and of B, the pointers and the counter.
            #expect(loop.count - fma.count <= 8, "\(function)")
        #else
            let suffix = gemm.elementType == .f64 ? "pd" : "ps"
            let register = gemm.variant == "simd-avx512" ? "%zmm" : "%ymm"
            let fma = loop.filter { $0.hasPrefix("vfmadd231\(suffix)") }
            #expect(fma.count == steps * rows * vectors, "\(function)")
            #expect(fma.allSatisfy { $0.split(separator: ",").count == 3 && !$0.contains("(") }, "\(function)")
            #expect(fma.allSatisfy { $0.components(separatedBy: register).count == 4 }, "\(function)")
            // Each accumulator once, so that none waits for itself within a step.
            #expect(Set(fma.compactMap { $0.split(separator: ",").last }).count == rows * vectors, "\(function)")
            #expect(count(loop, "vbroadcasts\(suffix.last!)") == steps * rows, "\(function)")
            let loads = loop.filter { $0.hasPrefix("vmovup\(suffix.last!)") && !$0.hasSuffix(")") }
            #expect(loads.count == steps * vectors + extraLoads, "\(function)")
            #expect(!loop.contains { $0.contains("(%rsp") || $0.contains("(%rbp") }, "\(function)")
        #endif
    }
}
