// HotLoop.swift: disassembles this binary, or another, and finds a function's innermost loop.

import Foundation
import Testing

/// The instructions from the target of a function's first backward branch to that branch, without padding; empty where
/// the function has none, nil where there is no objdump.
///
/// - Parameter file: Object or library; this binary when nil.
func hotLoop(of function: String, in file: String? = nil) throws -> [String]? {
    let objdump = ["/usr/bin/objdump", "/usr/local/bin/objdump"].first(where: FileManager.default.isExecutableFile)
    guard let objdump else {
        print("not run here: the disassembly of \(function), objdump (Debian package binutils) is not installed")
        return nil
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: objdump)
    let binary = try file ?? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    process.arguments = ["-d", "--no-show-raw-insn", "--disassemble=\(try symbol(of: function, in: binary))", binary]
    let text = try output(of: process)

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

private func output(of process: Process) throws -> String {
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return text
}

/// C names are their own symbols; a Swift function's contains its name.
private func symbol(of function: String, in binary: String) throws -> String {
    guard function.hasSuffix("_swift") else { return function }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["nm", "--defined-only", "--format=just-symbols", binary]
    let symbols = try output(of: process).split(separator: "\n").filter { $0.contains("\(function)") }
    return String(try #require(symbols.min { $0.count < $1.count }, "\(function) is not in the binary"))
}

private func isConditionalBranch(_ instruction: String) -> Bool {
    ["jne", "jnz", "ja ", "jb ", "jae", "b.ne", "cbnz"].contains { instruction.hasPrefix($0) }
}
