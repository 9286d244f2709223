// EmittedLoopTests.swift: disassembles this binary and counts what stands in each kernel's hot loop.
// Inline assembly could still be moved, duplicated or surrounded by spills; this looks at what came out.

import ComputeKernels
import Quantities
import Testing

@Suite("Emitted loops")
struct EmittedLoopTests {
    /// What one iteration is made of.
    private struct Loop {
        /// How often each instruction stands in it.
        var counts: [String: Int]
        /// What each operand's name contains.
        var registers: String
        /// Operations of one instruction per accumulator element of its registers.
        var operations = 1
        /// Registers that one accumulator of the kernel takes.
        var registersPerAccumulator = 1
    }

    private func claimed(_ kernel: FMAKernel) -> Loop {
        let n = kernel.accumulators
        let depth = if case .dot(let depth) = kernel.recurrence { depth } else { 1 }
        // Swift's vectors are made of four registers.
        let registers = kernel.variant == "swift" ? 4 : 1
        #if arch(arm64)
            let form = [.f64: ".2d", .f32: ".4s", .f16: ".8h"][kernel.elementType] ?? ".4s"
            return switch kernel.variant {
            case "scalar":
                Loop(counts: ["fmul": 2 * n, "fadd": 2 * n], registers: kernel.elementType == .f64 ? "d" : "s")
            case "swift":
                Loop(counts: ["fmul": 8 * n, "fadd": 8 * n], registers: form, registersPerAccumulator: registers)
            case "sve": Loop(counts: ["fmla": n, "fmls": n], registers: "", operations: 2)
            case "neon-bf16": Loop(counts: ["bfmmla": 2 * n], registers: "v", operations: 2 * depth)
            case "neon-i8mm": Loop(counts: ["smmla": 2 * n], registers: "v", operations: 2 * depth)
            case "neon-dotprod": Loop(counts: ["sdot": 2 * n], registers: "v", operations: 2 * depth)
            default: Loop(counts: ["fmla": n, "fmls": n], registers: form, operations: 2)
            }
        #else
            let p = [.f64: "pd", .f32: "ps", .f16: "ph"][kernel.elementType] ?? ""
            let wide = kernel.variant.hasPrefix("avx512") ? "%zmm" : "%ymm"
            switch kernel.variant {
            case "scalar":
                let s = kernel.elementType == .f64 ? "sd" : "ss"
                return Loop(counts: ["mul" + s: 2 * n, "add" + s: 2 * n], registers: "%xmm")
            case "sse2", "swift":
                let count = 2 * n * registers
                return Loop(
                    counts: ["mul" + p: count, "add" + p: count], registers: "%xmm",
                    registersPerAccumulator: registers)
            case "avx": return Loop(counts: ["vmul" + p: 2 * n, "vadd" + p: 2 * n], registers: wide)
            case "avx2-mix", "avx512-mix":
                let names = ["vfmadd231", "vfnmadd231", "vadd", "vsub"].map { $0 + p }
                return Loop(counts: Dictionary(uniqueKeysWithValues: names.map { ($0, n / 2) }), registers: wide)
            case "avx512-bf16": return Loop(counts: ["vdpbf16ps": 2 * n], registers: wide, operations: 2 * depth)
            case "avx-vnni", "avx512-vnni":
                return Loop(counts: ["vpdpbusd": 2 * n], registers: wide, operations: 2 * depth)
            case "amx-bf16": return Loop(counts: ["tdpbf16ps": 2 * n], registers: "%tmm", operations: 2 * depth)
            case "amx-int8": return Loop(counts: ["tdpbssd": 2 * n], registers: "%tmm", operations: 2 * depth)
            default:
                return Loop(counts: ["vfmadd231" + p: n, "vfnmadd231" + p: n], registers: wide, operations: 2)
            }
        #endif
    }

    private func function(of kernel: FMAKernel) -> String {
        let type = kernel.elementType.rawValue
        let instructionSet =
            switch kernel.variant {
            case "avx512-fp16", "avx512-bf16", "avx512-vnni": "avx512"
            case "neon-fp16", "neon-bf16": "neon"
            case "neon-i8mm", "neon-dotprod": String(kernel.variant.dropFirst("neon-".count))
            case "amx-bf16", "amx-int8": "amx"
            default: kernel.variant.split(separator: "-").joined(separator: "_")
            }
        return "sl_fma_\(type)_\(instructionSet)"
    }

    @Test(
        "a kernel's loop is the arithmetic claimed, in registers, and two instructions to count",
        arguments: FMAKernel.all.filter(\.isCompiledHere))
    func loop(kernel: FMAKernel) throws {
        let function = function(of: kernel)
        guard let loop = try hotLoop(of: function) else { return }
        let claimed = claimed(kernel)
        var found: [String: Int] = [:]
        for line in loop {
            // objdump tells the two encodings of one instruction apart by a word in braces.
            let instruction = line.hasPrefix("{") ? String(line.drop { $0 != " " }.dropFirst()) : line
            #expect((line != instruction) == (kernel.variant == "avx-vnni" && instruction.hasPrefix("vp")))
            let mnemonic = String(instruction.prefix { !$0.isWhitespace })
            found[mnemonic, default: 0] += 1
            // Parentheses or brackets would be a memory operand: a load or a spill.
            #expect(!instruction.contains("(") && !instruction.contains("["), "\(function): \(instruction)")
            if claimed.counts[mnemonic] != nil {
                let operands = instruction.dropFirst(mnemonic.count).split(separator: ",")
                #expect(
                    operands.allSatisfy { claimed.registers.isEmpty || $0.contains(claimed.registers) },
                    "\(function): \(instruction)")
            }
        }
        for (mnemonic, count) in claimed.counts { #expect(found[mnemonic] == count, "\(function): \(mnemonic)") }
        // Of everything else only the counter and the branch; comparing and branching may be one or two.
        #expect(loop.count - claimed.counts.values.reduce(0, +) <= 3, "\(function): \(loop.suffix(4))")
        // The operations of the table, counted in the loop.
        let lanes = kernel.lanes / claimed.registersPerAccumulator
        let operations = claimed.counts.keys.map { mnemonic in
            let each = mnemonic.hasPrefix("vf") ? 2 : claimed.operations
            return (found[mnemonic] ?? 0) * each * lanes
        }
        #expect(operations.reduce(0, +) == kernel.flopPerIteration)
    }

    @Test(
        "an iteration of a clock chain is 64 additions to one register, and two instructions to count",
        arguments: ClockProbe.chains)
    func clockChain(_ chain: ClockProbe.Chain) throws {
        let (function, mnemonic) = chain == .integer ? ("sl_clock_chain", "add") : ("sl_clock_chain_vector", "paddq")
        guard let loop = try hotLoop(of: function) else { return }
        let additions = loop.filter { $0.hasPrefix(mnemonic) }
        #expect(additions.count == ClockProbe.cyclesPerIteration)
        #expect(Set(additions).count == 1)
        // An immediate would be folded at rename by Golden Cove, and the chain would take no time.
        #expect(additions.allSatisfy { !$0.contains("$") && !$0.contains("#") })
        #expect(loop.count == additions.count + 2)
    }
}
