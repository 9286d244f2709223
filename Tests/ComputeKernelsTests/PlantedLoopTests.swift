// PlantedLoopTests.swift: kernels whose loops are not what a table claims, compiled here, are told by their disassembly.

#if arch(x86_64)
    import ComputeKernels
    import Quantities
    import TestSupport
    import Testing

    /// A loop that passes itself off as `fma/f64/avx2`, and what must be said of it.
    private struct PlantedLoop: Sendable, CustomTestStringConvertible {
        let name: String
        /// Statements of the function; nil for the loop of `body`.
        var statements: String?
        /// Instructions of one turn.
        var body = right
        var step = "decq %[n]"
        /// Empty for the loop that is as claimed.
        let violations: Set<ClaimedLoop.Violation>

        var testDescription: String { name }

        /// 12 accumulators, each with both signs.
        private static let right = repeated(
            "vfmadd231pd %%ymm14, %%ymm12, %%ymm\\\\i", "vfnmadd231pd %%ymm15, %%ymm13, %%ymm\\\\i")

        private static func repeated(_ instructions: String..., count: Int = 12) -> String {
            let registers = (0..<count).map(String.init).joined(separator: ", ")
            return ".irp i, \(registers)\\n" + instructions.map { $0 + "\\n" }.joined() + ".endr\\n"
        }

        static let all = [
            PlantedLoop(name: "the loop as claimed", violations: []),
            PlantedLoop(
                name: "a loop whose results nobody uses, removed by the compiler",
                statements: "double x = *state; for (uint64_t i = 0; i < n; i++) x = x * 0.5 + 1; (void)x;",
                violations: [.noLoop]),
            PlantedLoop(
                name: "half of the multiply-adds",
                body: repeated(
                    "vfmadd231pd %%ymm14, %%ymm12, %%ymm\\\\i", "vfnmadd231pd %%ymm15, %%ymm13, %%ymm\\\\i", count: 6),
                violations: [.count, .operations]),
            PlantedLoop(name: "half of the turns", step: "subq $2, %[n]", violations: [.step]),
            PlantedLoop(
                name: "multiplications in place of half of the multiply-adds",
                body: repeated("vfmadd231pd %%ymm14, %%ymm12, %%ymm\\\\i", "vmulpd %%ymm15, %%ymm13, %%ymm\\\\i"),
                violations: [.count, .operations, .others]),
            PlantedLoop(
                name: "an accumulator spilled to memory and back",
                body: "vmovapd %%ymm0, (%[state])\\n" + right + "vmovapd (%[state]), %%ymm0\\n",
                violations: [.memory, .others]),
            PlantedLoop(
                name: "operands from memory",
                body: repeated(
                    "vfmadd231pd (%[state]), %%ymm12, %%ymm\\\\i", "vfnmadd231pd %%ymm15, %%ymm13, %%ymm\\\\i"),
                violations: [.memory, .width]),
            PlantedLoop(
                name: "scalar instead of vector instructions",
                body: repeated("vfmadd231sd %%xmm14, %%xmm12, %%xmm\\\\i", "vfnmadd231sd %%xmm15, %%xmm13, %%xmm\\\\i"),
                violations: [.count, .operations, .others]),
            PlantedLoop(
                name: "registers of half the width",
                body: repeated("vfmadd231pd %%xmm14, %%xmm12, %%xmm\\\\i", "vfnmadd231pd %%xmm15, %%xmm13, %%xmm\\\\i"),
                violations: [.width]),
        ]

        /// The function `planted`.
        var source: String {
            let loop = """
                __asm__ volatile(".p2align 6\\n1:\\n" "\(body)" "\(step)\\n" "jnz 1b\\n"
                    : [n] "+r"(n) : [state] "r"(state)
                    : "cc", "memory", \((0..<16).map { "\"xmm\($0)\"" }.joined(separator: ", ")));
                """
            return """
                #include <stdint.h>
                __attribute__((target("avx2,fma"))) void planted(uint64_t n, double *state) { \(statements ?? loop) }
                """
        }
    }

    @Suite(
        "Planted loops",
        .enabled(if: CLibrary.compiler != nil, "there is no C compiler to build the kernels with"),
        .enabled(if: Command.find("objdump") != nil, "objdump (Debian package binutils) is not installed"))
    struct PlantedLoopTests {
        @Test("are refused by their disassembly, and the right one is not", arguments: PlantedLoop.all)
        fileprivate func loop(planted: PlantedLoop) throws {
            let directory = try TemporaryDirectory()
            let path = directory.file("planted.so")
            try CLibrary.build(planted.source, at: path)
            let kernel = try #require(FMAKernel.named(variant: "avx2", elementType: .f64))
            let loop = try #require(try hotLoop(of: "planted", in: path))
            let found = ClaimedLoop(of: kernel).violations(in: loop)
            #expect(Set(found.map(\.violation)) == planted.violations, "\(found)")
            guard !planted.violations.isEmpty else { return }
            PlantedFaultReport(
                subject: "emitted loops", fault: planted.name, place: "a loop passed off as fma/f64/avx2",
                verdict: "disassembly: " + planted.violations.map(\.rawValue).sorted().joined(separator: ", "),
                needs: "x86-64, objdump"
            ).log()
        }
    }
#endif
