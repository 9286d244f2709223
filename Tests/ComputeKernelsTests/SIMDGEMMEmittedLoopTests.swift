// SIMDGEMMEmittedLoopTests.swift: disassembles this binary and counts what stands in the loop of each tile.

import ComputeKernels
import Foundation
import Quantities
import Testing

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
                guard let loop = try hotLoop(of: function) else { return }
                try check(gemm, loop, function, rows: rows, vectors: vectors, steps: 1, extraLoads: 0)
                #expect(!loop.contains { $0.contains("{%k") }, "\(function)")
                guard isa == "avx512", let partial = try hotLoop(of: function + "m") else { continue }
                try check(gemm, partial, function + "m", rows: rows, vectors: vectors, steps: 1, extraLoads: 0)
                // The last vector of B is read by the mask, and nothing else costs more for it.
                let masked = partial.filter { $0.contains("{%k") }
                #expect(
                    masked.count == 1 && masked[0].hasPrefix("vmovup") && masked[0].hasSuffix("{%k1}{z}"),
                    "\(function)m")
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
                guard let loop = try hotLoop(of: prefix + errand) else { return }
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
