// EmittedLoopTests.swift: disassembles this binary and counts what stands in each kernel's hot loop.
// Inline assembly could still be moved, duplicated or surrounded by spills; this looks at what came out.

import ComputeKernels
import Foundation
import Quantities
import Testing

/// The instructions between the target of a function's backward branch and that branch, without padding.
private func hotLoop(of function: String) throws -> [String]? {
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

    // "  40a0c0:\tvfmadd231pd %ymm14,%ymm12,%ymm0"
    var addresses: [UInt64] = []
    var instructions: [String] = []
    for line in text.split(separator: "\n") {
        let parts = line.split(separator: ":", maxSplits: 1)
        guard parts.count == 2, let address = UInt64(parts[0].trimmingCharacters(in: .whitespaces), radix: 16) else {
            continue
        }
        addresses.append(address)
        instructions.append(parts[1].trimmingCharacters(in: .whitespaces))
    }
    for (index, instruction) in instructions.enumerated() where isConditionalBranch(instruction) {
        let words = instruction.split(whereSeparator: \.isWhitespace)
        guard words.count > 1, let target = UInt64(words[1], radix: 16), target < addresses[index],
            let first = addresses.firstIndex(of: target)
        else { continue }
        return instructions[first...index].filter { !$0.hasPrefix("nop") && !$0.hasPrefix("data16") }
    }
    return []
}

private func isConditionalBranch(_ instruction: String) -> Bool {
    ["jne", "jnz", "ja ", "jb ", "jae", "b.ne", "cbnz"].contains { instruction.hasPrefix($0) }
}

@Suite("Emitted loops")
struct EmittedLoopTests {
    /// Mnemonic → how often, for one iteration; with the register names that the operands must have.
    private func claimed(_ kernel: FMAKernel) -> (counts: [String: Int], registers: String) {
        let double = kernel.elementType == .f64
        let half = kernel.accumulators
        #if arch(arm64)
            return kernel.variant == "neon"
                ? (["fmla": half, "fmls": half], double ? ".2d" : ".4s")
                : (["fmul": 2 * half, "fadd": 2 * half], double ? "d" : "s")
        #else
            switch kernel.variant {
            case "scalar":
                return (["muls" + (double ? "d" : "s"): 2 * half, "adds" + (double ? "d" : "s"): 2 * half], "%xmm")
            case "sse2":
                return (["mulp" + (double ? "d" : "s"): 2 * half, "addp" + (double ? "d" : "s"): 2 * half], "%xmm")
            default:
                let suffix = double ? "pd" : "ps"
                return (
                    ["vfmadd231" + suffix: half, "vfnmadd231" + suffix: half],
                    kernel.variant == "avx512" ? "%zmm" : "%ymm"
                )
            }
        #endif
    }

    @Test(
        "a kernel's loop is the arithmetic claimed, in registers, and two instructions to count",
        arguments: FMAKernel.all.filter(\.isCompiledHere))
    func loop(kernel: FMAKernel) throws {
        let function = "sl_fma_\(kernel.elementType.rawValue)_\(kernel.variant)"
        guard let loop = try hotLoop(of: function) else { return }
        let (counts, registers) = claimed(kernel)
        var found: [String: Int] = [:]
        for instruction in loop {
            let mnemonic = String(instruction.prefix { !$0.isWhitespace })
            found[mnemonic, default: 0] += 1
            // Parentheses or brackets would be a memory operand: a load or a spill.
            #expect(!instruction.contains("(") && !instruction.contains("["), "\(function): \(instruction)")
            if counts[mnemonic] != nil {
                let operands = instruction.dropFirst(mnemonic.count).split(separator: ",")
                #expect(operands.allSatisfy { $0.contains(registers) }, "\(function): \(instruction)")
            }
        }
        for (mnemonic, count) in counts { #expect(found[mnemonic] == count, "\(function): \(mnemonic)") }
        // Of everything else only the counter and the branch; comparing and branching may be one or two.
        #expect(loop.count - counts.values.reduce(0, +) <= 3, "\(function): \(loop.suffix(4))")
        // Two flop per lane for a fused instruction, one for others: the flop count of the table, from the loop.
        let flopPerLane = counts.keys.contains { $0.hasPrefix("vf") || $0.hasPrefix("fml") } ? 2 : 1
        #expect(
            counts.keys.compactMap { found[$0] }.reduce(0, +) * flopPerLane * kernel.lanes == kernel.flopPerIteration)
    }

    @Test("an iteration of the clock chain is 64 additions of one register, and two instructions to count")
    func clockChain() throws {
        guard let loop = try hotLoop(of: "sl_clock_chain") else { return }
        let additions = loop.filter { $0.hasPrefix("add") }
        #expect(additions.count == ClockProbe.cyclesPerIteration)
        #expect(Set(additions).count == 1)
        // An immediate would be folded at rename by Golden Cove, and the chain would take no time.
        #expect(additions.allSatisfy { !$0.contains("$") && !$0.contains("#") })
        #expect(loop.count == additions.count + 2)
    }
}
