// KernelTableTests.swift: the table is complete and consistent, and says why a kernel does not run.

import ComputeKernels
import Quantities
import Testing

@Suite("The table of kernels")
struct KernelTableTests {
    @Test(
        "two multiplications and two additions per lane and accumulator, nothing from memory", arguments: FMAKernel.all)
    func dataSheet(kernel: FMAKernel) {
        #expect(kernel.flopPerIteration == kernel.accumulators * kernel.lanes * 4)
        #expect(kernel.bytesPerIteration == 0)
        #expect(kernel.stateByteCount == kernel.accumulators * kernel.lanes * kernel.elementType.bytes)
        #expect(!kernel.isFused || kernel.accumulators % 2 == 0)
    }

    @Test("every variant exists once per element type, on every architecture's build")
    func rows() {
        let names = FMAKernel.all.map { "\($0.variant)/\($0.elementType.rawValue)/\($0.architecture)" }
        #expect(
            names == [
                "scalar/f64/any", "scalar/f32/any", "sse2/f64/x86_64", "sse2/f32/x86_64", "avx2/f64/x86_64",
                "avx2/f32/x86_64", "avx512/f64/x86_64", "avx512/f32/x86_64", "neon/f64/arm64", "neon/f32/arm64",
            ])
        #expect(Set(FMAKernel.all).count == names.count)
    }

    @Test("registers are as wide as their instruction set's", arguments: ElementType.allCases)
    func widths(type: ElementType) {
        let bytes = ["sse2": 16, "avx2": 32, "avx512": 64, "neon": 16, "scalar": type.bytes]
        for kernel in FMAKernel.all where kernel.elementType == type {
            #expect(kernel.lanes * type.bytes == bytes[kernel.variant])
        }
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
            let avx512 = try #require(FMAKernel.named(variant: "avx512", elementType: .f32))
            #expect(avx512.unavailability(isa: ["avx2", "fma"]) == "needs avx512f")
            let neon = try #require(FMAKernel.named(variant: "neon", elementType: .f64))
            #expect(neon.unavailability(isa: ["asimd"]) == "built for arm64")
        #elseif arch(arm64)
            let neon = try #require(FMAKernel.named(variant: "neon", elementType: .f64))
            #expect(neon.unavailability(isa: []) == "needs asimd")
            let avx2 = try #require(FMAKernel.named(variant: "avx2", elementType: .f64))
            #expect(avx2.unavailability(isa: ["avx2", "fma"]) == "built for x86_64")
        #endif
        #expect(FMAKernel.named(variant: "sse9", elementType: .f64) == nil)
    }

    @Test("the best kernel is the widest whose features are all there", arguments: ElementType.allCases)
    func best(type: ElementType) {
        #expect(FMAKernel.best(for: type, isa: [])?.variant == "scalar")
        #if arch(x86_64)
            #expect(FMAKernel.best(for: type, isa: ["sse2"])?.variant == "sse2")
            #expect(FMAKernel.best(for: type, isa: ["sse2", "avx2"])?.variant == "sse2")
            #expect(FMAKernel.best(for: type, isa: ["sse2", "avx2", "fma"])?.variant == "avx2")
            #expect(FMAKernel.best(for: type, isa: ["sse2", "avx2", "fma", "avx512f"])?.variant == "avx512")
        #elseif arch(arm64)
            #expect(FMAKernel.best(for: type, isa: ["fp", "asimd"])?.variant == "neon")
        #endif
    }
}
