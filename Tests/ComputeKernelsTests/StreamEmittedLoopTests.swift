// StreamEmittedLoopTests.swift: disassembles this binary and looks at the loops over arrays and the chain of loads.
// A spill, a second loop or a store of the wrong kind would show in no result, only in the rate.

import ComputeKernels
import Testing

@Suite("Emitted loops over arrays")
struct StreamEmittedLoopTests {
    /// Mnemonic and whether it has a memory operand → how often per element-wide vector, of `vectors` in a turn.
    private func claimed(_ kernel: StreamKernel) -> [String: Int] {
        let vectors = kernel.elementsPerTurn / kernel.lanes
        let stream = kernel.formula
        #if arch(arm64)
            // Loads and stores take two registers each.
            let loads = kernel.bytesLoadedPerElement / 8 * vectors / 2
            let stores = kernel.bytesStoredPerElement / 8 * vectors / 2
            let arithmetic = [.scale: "fmul", .add: "fadd", .triad: "fmla", .read: "fadd"][stream]
            return ["ldp": loads, (kernel.isNonTemporal ? "stnp" : "stp"): stores, arithmetic ?? "": vectors]
                .filter { $0.value > 0 && !$0.key.isEmpty }
        #else
            let v = kernel.variant.hasPrefix("sse2") ? "" : "v"
            let store = "\(v)mov\(kernel.isNonTemporal ? "nt" : "a")pd to memory"
            var counts = stream == .read ? [:] : [store: vectors]
            switch stream {
            case .copy: counts["\(v)movapd from memory"] = vectors
            case .scale where v.isEmpty:
                counts["movapd from memory"] = vectors
                counts["mulpd"] = vectors
            case .scale: counts["vmulpd from memory"] = vectors
            case .add:
                counts["\(v)movapd from memory"] = vectors
                counts["\(v)addpd from memory"] = vectors
            case .triad where v.isEmpty:
                counts["movapd from memory"] = vectors
                counts["mulpd"] = vectors
                counts["addpd from memory"] = vectors
            case .triad:
                counts["vmovapd from memory"] = vectors
                counts["vfmadd231pd from memory"] = vectors
            case .read: counts["\(v)addpd from memory"] = vectors
            case .write: break
            }
            return counts
        #endif
    }

    @Test(
        "a turn loads and stores what is claimed, as wide as claimed, and nothing else",
        arguments: StreamKernel.all.filter { $0.entry != nil && $0.variant != "scalar" })
    func loop(kernel: StreamKernel) throws {
        let variant = kernel.variant.replacing("-", with: "_")
        let function = "sl_stream_\(kernel.formula.rawValue)_f64_\(variant)"
        guard let loop = try hotLoop(of: function) else { return }
        let register = ["sse2": "%xmm", "avx2": "%ymm", "avx512": "%zmm"].first { kernel.variant.hasPrefix($0.key) }
        var found: [String: Int] = [:]
        var others: [String] = []
        for instruction in loop {
            let mnemonic = String(instruction.prefix { !$0.isWhitespace })
            guard
                instruction.contains("%xmm") || instruction.contains("%ymm") || instruction.contains("%zmm")
                    || ["ldp", "stp", "stnp"].contains(mnemonic) || mnemonic.hasPrefix("fm")
                    || mnemonic.hasPrefix("fadd")
            else {
                others.append(instruction)
                continue
            }
            #if arch(arm64)
                found[mnemonic, default: 0] += 1
                #expect(instruction.contains("q") || instruction.contains(".2d"), "\(function): \(instruction)")
            #else
                let direction =
                    instruction.hasSuffix(")") ? " to memory" : instruction.contains("(") ? " from memory" : ""
                found[mnemonic + direction, default: 0] += 1
                #expect(instruction.contains(register?.value ?? ""), "\(function): \(instruction)")
            #endif
        }
        #expect(found == claimed(kernel), "\(function)")
        // Pointers move, the counter counts, and the branch returns; none of them touches memory.
        #expect(others.count <= 5, "\(function): \(others)")
        #expect(!others.contains { $0.contains("(") || $0.contains("[") }, "\(function): \(others)")
    }

    @Test("a turn of the chain is 32 loads through one register, and two instructions to count")
    func chain() throws {
        guard let loop = try hotLoop(of: "sl_pointer_chase") else { return }
        let loads = loop.filter { $0.contains("(") || $0.contains("[") }
        #expect(loads.count == PointerChase.loadsPerTurn)
        #expect(Set(loads).count == 1)
        let words = loads.first?.split { !$0.isLetter && !$0.isNumber }.map(String.init) ?? []
        #expect(words.count == 3 && words[1] == words[2], "\(loads.first ?? "")")
        #expect(loop.count == loads.count + 2)
    }
}
