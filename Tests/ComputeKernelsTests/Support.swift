// Support.swift: which kernels this machine can run, found without the probe that is under test elsewhere.

import ComputeKernels
import Foundation
import Quantities
import Testing

/// Features of the first processor in /proc/cpuinfo; empty where there is no such file.
let isaHere: Set<String> = {
    guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return [] }
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") || $0.hasPrefix("Features") }
    return Set(line?.split(separator: ":").last?.split(separator: " ").map(String.init) ?? [])
}()

/// The kernels that this machine can run; prints why the others are left out, once.
let runnable: [FMAKernel] = {
    FMAKernel.all.filter { kernel in
        guard let reason = kernel.unavailability(isa: isaHere) ?? kernel.prepare() else { return true }
        print("not run here: \(kernel.elementType.rawValue)/\(kernel.variant), \(reason)")
        return false
    }
}()

/// Kernels whose registers have a known width here: all but those of scalable vectors on other machines.
let shaped: [FMAKernel] = FMAKernel.all.filter { $0.lanes > 0 }

/// Tests name a kernel by element type and variant.
extension FMAKernel: CustomTestStringConvertible {
    public var testDescription: String { "\(elementType.rawValue)/\(variant)" }
}

/// One unit in the last place of values within [1, 2).
func unit(_ type: ElementType) -> Double {
    switch type {
    case .f64: 0x1p-52
    case .f32: 0x1p-23
    default: 0x1p-10
    }
}
