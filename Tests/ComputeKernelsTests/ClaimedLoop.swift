// ClaimedLoop.swift: what a kernel's table says of its hot loop, and where a disassembled loop differs from it.
// Inline assembly can still be moved, duplicated or surrounded by spills; this looks at what came out.

import ComputeKernels
import Quantities

/// What one iteration of a kernel should be made of.
struct ClaimedLoop {
    private let kernel: FMAKernel
    /// How often each instruction stands in it.
    private let counts: [String: Int]
    /// What each operand's name contains.
    private let registers: String
    /// Operations of one instruction per accumulator element of its registers; fused mnemonics of x86-64 count twice.
    private let operations: Int
    /// Registers that one accumulator of the kernel takes.
    private let registersPerAccumulator: Int

    private init(
        _ kernel: FMAKernel, counts: [String: Int], registers: String, operations: Int = 1,
        registersPerAccumulator: Int = 1
    ) {
        self.kernel = kernel
        self.counts = counts
        self.registers = registers
        self.operations = operations
        self.registersPerAccumulator = registersPerAccumulator
    }

    /// A way in which a loop is not what was claimed.
    enum Violation: String {
        case noLoop = "there is no loop"
        case count = "count of an instruction"
        case memory = "a memory operand"
        case width = "width of a register"
        case others = "instructions that are not the kernel's"
        case step = "step of the counter"
        case operations = "number of operations"
    }

    /// - Parameter loop: As `hotLoop` gives it.
    /// - Returns: What is wrong, with the instruction it shows in.
    func violations(in loop: [String]) -> [(violation: Violation, at: String)] {
        guard !loop.isEmpty else { return [(.noLoop, "")] }
        var wrong: [(Violation, String)] = []
        var found: [String: Int] = [:]
        for line in loop {
            // objdump tells the two encodings of one instruction apart by a word in braces.
            let instruction = line.hasPrefix("{") ? String(line.drop { $0 != " " }.dropFirst()) : line
            if (line != instruction) != (kernel.variant == "avx-vnni" && instruction.hasPrefix("vp")) {
                wrong.append((.width, line))
            }
            let mnemonic = String(instruction.prefix { !$0.isWhitespace })
            found[mnemonic, default: 0] += 1
            // Parentheses or brackets would be a memory operand: a load or a spill.
            if instruction.contains("(") || instruction.contains("[") { wrong.append((.memory, instruction)) }
            if counts[mnemonic] != nil {
                let operands = instruction.dropFirst(mnemonic.count).split(separator: ",")
                if !operands.allSatisfy({ registers.isEmpty || $0.contains(registers) }) {
                    wrong.append((.width, instruction))
                }
            } else if ["add", "sub", "lea", "inc", "dec"].contains(where: mnemonic.hasPrefix), !Self.stepsByOne(line) {
                wrong.append((.step, instruction))
            }
        }
        for (mnemonic, count) in counts.sorted(by: { $0.key < $1.key }) where found[mnemonic] != count {
            wrong.append((.count, "\(mnemonic): \(found[mnemonic] ?? 0) of \(count)"))
        }
        // Of everything else only the counter and the branch; comparing and branching may be one or two.
        if loop.count - counts.keys.reduce(0, { $0 + (found[$1] ?? 0) }) > 3 {
            wrong.append((.others, loop.suffix(4).joined(separator: "; ")))
        }
        // The operations of the table, counted in the loop.
        let lanes = kernel.lanes / registersPerAccumulator
        let performed = counts.keys.map { mnemonic in
            (found[mnemonic] ?? 0) * (mnemonic.hasPrefix("vf") ? 2 : operations) * lanes
        }
        if performed.reduce(0, +) != kernel.flopPerIteration {
            wrong.append((.operations, "\(performed.reduce(0, +)) of \(kernel.flopPerIteration)"))
        }
        return wrong
    }

    /// Whether an instruction that counts turns does so by one, up or down.
    private static func stepsByOne(_ instruction: String) -> Bool {
        guard let sign = instruction.firstIndex(where: { $0 == "$" || $0 == "#" }) else {
            return instruction.hasPrefix("inc") || instruction.hasPrefix("dec")
        }
        let digits = instruction[sign...].dropFirst().prefix { $0 != "," && !$0.isWhitespace }
        return ["1", "0x1", "-1", "-0x1", "0xffffffffffffffff"].contains(String(digits))
    }
}

extension ClaimedLoop {
    init(of kernel: FMAKernel) {
        let n = kernel.accumulators
        let depth = if case .dot(let depth) = kernel.recurrence { depth } else { 1 }
        // Swift's vectors are made of four registers.
        let registers = kernel.variant == "swift" ? 4 : 1
        #if arch(arm64)
            let form = [.f64: ".2d", .f32: ".4s", .f16: ".8h"][kernel.elementType] ?? ".4s"
            self =
                switch kernel.variant {
                case "scalar":
                    ClaimedLoop(
                        kernel, counts: ["fmul": 2 * n, "fadd": 2 * n],
                        registers: kernel.elementType == .f64 ? "d" : "s")
                case "swift":
                    ClaimedLoop(
                        kernel, counts: ["fmul": 8 * n, "fadd": 8 * n], registers: form,
                        registersPerAccumulator: registers)
                case "sve": ClaimedLoop(kernel, counts: ["fmla": n, "fmls": n], registers: "", operations: 2)
                case "neon-bf16": ClaimedLoop(kernel, counts: ["bfmmla": 2 * n], registers: "v", operations: 2 * depth)
                case "neon-i8mm": ClaimedLoop(kernel, counts: ["smmla": 2 * n], registers: "v", operations: 2 * depth)
                case "neon-dotprod": ClaimedLoop(kernel, counts: ["sdot": 2 * n], registers: "v", operations: 2 * depth)
                default: ClaimedLoop(kernel, counts: ["fmla": n, "fmls": n], registers: form, operations: 2)
                }
        #else
            let p = [.f64: "pd", .f32: "ps", .f16: "ph"][kernel.elementType] ?? ""
            let wide = kernel.variant.hasPrefix("avx512") ? "%zmm" : "%ymm"
            switch kernel.variant {
            case "scalar":
                let s = kernel.elementType == .f64 ? "sd" : "ss"
                self = ClaimedLoop(kernel, counts: ["mul" + s: 2 * n, "add" + s: 2 * n], registers: "%xmm")
            case "sse2", "swift":
                let count = 2 * n * registers
                self = ClaimedLoop(
                    kernel, counts: ["mul" + p: count, "add" + p: count], registers: "%xmm",
                    registersPerAccumulator: registers)
            case "avx": self = ClaimedLoop(kernel, counts: ["vmul" + p: 2 * n, "vadd" + p: 2 * n], registers: wide)
            case "avx2-mix", "avx512-mix":
                let names = ["vfmadd231", "vfnmadd231", "vadd", "vsub"].map { $0 + p }
                self = ClaimedLoop(
                    kernel, counts: Dictionary(uniqueKeysWithValues: names.map { ($0, n / 2) }), registers: wide)
            case "avx512-bf16":
                self = ClaimedLoop(kernel, counts: ["vdpbf16ps": 2 * n], registers: wide, operations: 2 * depth)
            case "avx-vnni", "avx512-vnni":
                self = ClaimedLoop(kernel, counts: ["vpdpbusd": 2 * n], registers: wide, operations: 2 * depth)
            case "amx-bf16":
                self = ClaimedLoop(kernel, counts: ["tdpbf16ps": 2 * n], registers: "%tmm", operations: 2 * depth)
            case "amx-int8":
                self = ClaimedLoop(kernel, counts: ["tdpbssd": 2 * n], registers: "%tmm", operations: 2 * depth)
            default:
                self = ClaimedLoop(
                    kernel, counts: ["vfmadd231" + p: n, "vfnmadd231" + p: n], registers: wide, operations: 2)
            }
        #endif
    }
}
