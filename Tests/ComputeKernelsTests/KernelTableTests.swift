// KernelTableTests.swift: the table is complete and consistent, and says why a kernel does not run.

import ComputeKernels
import Foundation
import Quantities
import Testing

@Suite("The table of kernels")
struct KernelTableTests {
    @Test("operations follow from the recurrence, and nothing comes from memory", arguments: FMAKernel.all)
    func dataSheet(kernel: FMAKernel) {
        let perLane =
            switch kernel.recurrence {
            case .unfused, .fused: 4
            case .mix: 3
            case .dot(let depth): 4 * depth
            }
        #expect(kernel.flopPerIteration == kernel.accumulators * kernel.lanes * perLane)
        #expect(kernel.flopPerLane == kernel.accumulators * perLane)
        #expect(kernel.bytesPerIteration == 0)
        #expect(kernel.stateByteCount == kernel.accumulators * kernel.lanes * kernel.accumulator.bytes)
        #expect(!kernel.advancesPairs || kernel.accumulators % 2 == 0)
    }

    @Test("every variant exists once per element type, on every architecture's build")
    func rows() {
        let names = FMAKernel.all.map { "\($0.elementType.rawValue)/\($0.variant)/\($0.architecture)" }
        let both = [
            "scalar/any", "swift/any", "sse2/x86_64", "avx/x86_64", "avx2-mix/x86_64", "avx2/x86_64",
            "avx512-mix/x86_64", "avx512/x86_64", "neon/arm64", "sve/arm64",
        ]
        #expect(names.filter { $0.hasPrefix("f64/") } == both.map { "f64/" + $0 })
        #expect(names.filter { $0.hasPrefix("f32/") } == both.map { "f32/" + $0 })
        #expect(
            names.filter { !$0.hasPrefix("f64/") && !$0.hasPrefix("f32/") } == [
                "f16/avx512-fp16/x86_64", "f16/neon-fp16/arm64",
                "bf16/avx512-bf16/x86_64", "bf16/amx-bf16/x86_64", "bf16/neon-bf16/arm64",
                "i8/avx-vnni/x86_64", "i8/avx512-vnni/x86_64", "i8/amx-int8/x86_64",
                "i8/neon-dotprod/arm64", "i8/neon-i8mm/arm64",
            ])
        #expect(Set(FMAKernel.all).count == names.count)
    }

    // The architectures' register widths in bytes; a tile of AMX is 16 rows of 64, Swift's vectors are as wide as zmm.
    @Test("registers are as wide as their instruction set's", arguments: shaped)
    func widths(kernel: FMAKernel) {
        let bytes: Int? =
            switch kernel.variant {
            case "scalar": kernel.elementType.bytes
            case "sve": nil
            case let name where name.hasPrefix("amx"): 1024
            case let name where name.hasPrefix("avx512"): 64
            case let name where name.hasPrefix("avx"): 32
            case "swift": 64
            default: 16
            }
        if let bytes { #expect(kernel.lanes * kernel.accumulator.bytes == bytes) }
        #expect(kernel.lanes * kernel.accumulator.bytes % 16 == 0 || kernel.variant == "scalar")
    }

    @Test("products are added up in their own format, those of bf16 in f32 and of i8 in 32-bit integers")
    func accumulators() {
        let formats: [ElementType: FMAKernel.Accumulator] = [
            .f64: .f64, .f32: .f32, .f16: .f16, .bf16: .f32, .i8: .i32,
        ]
        for kernel in FMAKernel.all { #expect(kernel.accumulator == formats[kernel.elementType]) }
    }

    @Test("kernels of one architecture are compiled, the other's are rows without code")
    func compiled() {
        #if arch(x86_64)
            let here = "x86_64"
        #elseif arch(arm64)
            let here = "arm64"
        #endif
        for kernel in FMAKernel.all {
            #expect(kernel.isCompiledHere == ["any", here].contains(kernel.architecture))
            #expect((kernel.advance(kernel.initialState(seed: 1), iterations: 0) != nil) == kernel.isCompiledHere)
        }
    }

    @Test("a kernel that cannot run says what it needs")
    func unavailability() throws {
        #if arch(x86_64)
            let avx2 = try #require(FMAKernel.named(variant: "avx2", elementType: .f64))
            #expect(avx2.unavailability(isa: ["sse2"]) == "needs avx2 and fma")
            #expect(avx2.unavailability(isa: ["avx2"]) == "needs fma")
            #expect(avx2.unavailability(isa: ["avx2", "fma"]) == nil)
            let tiles = try #require(FMAKernel.named(variant: "amx-bf16", elementType: .bf16))
            #expect(tiles.unavailability(isa: ["amx_tile", "amx_int8"]) == "needs amx_bf16")
            let neon = try #require(FMAKernel.named(variant: "neon", elementType: .f64))
            #expect(neon.unavailability(isa: ["asimd"]) == "built for arm64")
        #elseif arch(arm64)
            let half = try #require(FMAKernel.named(variant: "neon-fp16", elementType: .f16))
            #expect(half.unavailability(isa: ["asimd"]) == "needs fphp and asimdhp")
            let avx2 = try #require(FMAKernel.named(variant: "avx2", elementType: .f64))
            #expect(avx2.unavailability(isa: ["avx2", "fma"]) == "built for x86_64")
        #endif
        #expect(FMAKernel.named(variant: "sse9", elementType: .f64) == nil)
        #expect(FMAKernel.named(variant: "avx2", elementType: .i8) == nil)
    }

    @Test("where there are no tiles, asking for them gives the kernel's reason, and other kernels ask for nothing")
    func preparation() {
        for kernel in FMAKernel.all {
            let reason = kernel.prepare()
            guard kernel.requiredFeatures.contains("amx_tile"), kernel.isCompiledHere, !isaHere.contains("amx_tile")
            else {
                #expect(reason == nil || isaHere.contains("amx_tile"))
                continue
            }
            #expect(reason?.hasPrefix("the kernel refuses AMX state: ") == true)
            #expect(reason?.hasSuffix(" (arch_prctl)") == true)
        }
    }

    @Test("the best kernel is the fastest whose features are all there, and neither a mix nor Swift's own")
    func best() {
        func best(_ type: ElementType, _ isa: [String]) -> String? { FMAKernel.best(for: type, isa: isa)?.variant }
        for type in ElementType.matrixTypes {
            #expect(best(type, []) == "scalar")
            #if arch(x86_64)
                #expect(best(type, ["sse2"]) == "sse2")
                #expect(best(type, ["sse2", "avx"]) == "avx")
                #expect(best(type, ["sse2", "avx", "avx2"]) == "avx")
                #expect(best(type, ["sse2", "avx", "avx2", "fma"]) == "avx2")
                #expect(best(type, ["sse2", "avx", "avx2", "fma", "avx512f"]) == "avx512")
            #elseif arch(arm64)
                #expect(best(type, ["fp", "asimd"]) == "neon")
                #expect(best(type, ["fp", "asimd", "sve"]) == "sve")
            #endif
        }
        for type in [.f16, .bf16, .i8] as [ElementType] { #expect(best(type, ["sse2", "asimd"]) == nil) }
        #if arch(x86_64)
            #expect(best(.f16, ["avx512_fp16"]) == "avx512-fp16")
            #expect(best(.bf16, ["avx512_bf16"]) == "avx512-bf16")
            #expect(best(.bf16, ["avx512_bf16", "amx_tile", "amx_bf16"]) == "amx-bf16")
            #expect(best(.i8, ["avx_vnni"]) == "avx-vnni")
            #expect(best(.i8, ["avx_vnni", "avx512_vnni"]) == "avx512-vnni")
            #expect(best(.i8, ["avx_vnni", "avx512_vnni", "amx_tile", "amx_int8"]) == "amx-int8")
        #elseif arch(arm64)
            #expect(best(.bf16, ["bf16"]) == "neon-bf16")
            #expect(best(.i8, ["asimddp"]) == "neon-dotprod")
            #expect(best(.i8, ["asimddp", "i8mm"]) == "neon-i8mm")
        #endif
    }

    @Test("the data sheet in one line")
    func sheets() throws {
        func sheet(_ variant: String, _ type: ElementType) throws -> String {
            try #require(FMAKernel.named(variant: variant, elementType: type)).dataSheet
        }
        #expect(
            try sheet("avx2", .f64)
                == "fused multiply-add, 256 bits wide, 12 accumulators; 192 flop, 0 B per iteration")
        #expect(
            try sheet("avx512-mix", .f32)
                == "fused multiply-add and addition by turns, 512 bits wide, 24 accumulators; 1152 flop, 0 B per iteration"
        )
        #expect(
            try sheet("amx-int8", .i8)
                == "sums of 64 products into i32, tiles of 16 × 16, 4 accumulators; 262144 operations, 0 B per iteration"
        )
        #if arch(x86_64)
            #expect(
                try sheet("sve", .f64)
                    == "fused multiply-add, as wide as the processor, 24 accumulators; 96 flop per lane, 0 B per iteration"
            )
        #endif
    }

    @Test("a guard is handed a C function and its argument that make the very same call", arguments: runnable)
    func guarded(kernel: FMAKernel) throws {
        let entry = try #require(kernel.entry)
        let initial = kernel.initialState(seed: 2)
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: kernel.stateByteCount, alignment: FMAKernel.stateAlignment)
        defer { memory.deallocate() }
        initial.copy(to: memory)
        entry.withGuardArguments(iterations: 7, state: memory) { function, context in function(context) }
        #expect(FMAState(of: kernel, copying: memory) == kernel.advance(initial, iterations: 7))
    }
}
