// ScreenCatalog.swift: every work of our own, those of other architectures and instruction sets included.

package import ComputeKernels
import Quantities

package enum ScreenCatalog {
    /// A work that could be screened.
    package struct Entry: Sendable {
        package let id: String
        package let kernel: any InstructionSetKernel & Sendable
        /// Why the operating system does not let it run; nil if it does. Asks, so call it before `make`.
        let preparation: @Sendable () -> String?
        /// The work.
        ///
        /// - Precondition: This build contains the kernel.
        package let make: @Sendable () -> any ScreenWork
    }

    /// In the order of the kernels' tables.
    package static let entries: [Entry] = registers + integers + products

    // What Swift compiles of the recurrence are the instructions of the base set once more.
    private static let registers: [Entry] = FMAKernel.all.filter { $0.variant != "swift" }.map { kernel in
        Entry(
            id: "fma/\(kernel.elementType.rawValue)/\(kernel.variant)", kernel: kernel,
            preparation: { kernel.prepare() }, make: { RegisterWork(kernel) })
    }

    private static let integers: [Entry] = ScreenKernel.all.map { kernel in
        Entry(
            id: "int/\(kernel.name)/\(kernel.variant)", kernel: kernel, preparation: { nil },
            make: { KernelWork(kernel) })
    }

    private static let products: [Entry] = SIMDGEMM.all.flatMap { (gemm: SIMDGEMM) -> [Entry] in
        // Whether the scalar one is fused is the compiler's choice, so that its rounding cannot be replayed.
        let data = gemm.variant == "simd-scalar" ? [true] : [true, false]
        return data.map { integers -> Entry in
            let id = "gemm/\(gemm.elementType.rawValue)/\(gemm.variant)/\(integers ? "integers" : "reals")"
            return Entry(
                id: id, kernel: gemm, preparation: { nil }, make: { product(of: gemm, integers: integers) })
        }
    }

    private static func product(of gemm: SIMDGEMM, integers: Bool) -> any ScreenWork {
        if gemm.elementType == .f64 { return ProductWork<Double>(gemm, integers: integers) }
        return ProductWork<Float>(gemm, integers: integers)
    }
}
