// EmittedLoopTests.swift: disassembles this binary and holds each kernel's hot loop against what its table claims.

import ComputeKernels
import Quantities
import Testing

@Suite("Emitted loops")
struct EmittedLoopTests {
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
        let violations = ClaimedLoop(of: kernel).violations(in: loop)
        #expect(violations.isEmpty, "\(function): \(violations)")
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
