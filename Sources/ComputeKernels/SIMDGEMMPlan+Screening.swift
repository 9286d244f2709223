// SIMDGEMMPlan+Screening.swift: products under a guard, and what they must be, bit for bit.

internal import CKernels

extension SIMDGEMMPlan {
    /// Hands `body` the product A·B as a C function and its argument, for a guard that survives a crash in it.
    ///
    /// Several threads may do so at once, each with a workspace of its own: one thread's plan shares nothing.
    ///
    /// - Precondition: The plan is for one thread.
    package func withGuardArguments<Result>(
        a: UnsafeRawPointer, b: UnsafeRawPointer, c: UnsafeMutableRawPointer, workspace: UnsafeMutableRawPointer,
        _ body: (_ function: @convention(c) (UnsafeMutableRawPointer?) -> Void, _ context: UnsafeMutableRawPointer)
            throws -> Result
    ) rethrows -> Result {
        precondition(threads == 1, "the plan is for several threads")
        var product = sl_screen_product(plan: plan, a: a, b: b, c: c, workspace: workspace)
        return try withUnsafeMutablePointer(to: &product) {
            try body(sl_screen_guarded_product, UnsafeMutableRawPointer($0))
        }
    }
}

/// Products that are known to the last bit.
package enum ExactProduct {
    /// A·B for square matrices of order `n`, fused multiply-adds in the order of k, `steps` at a time.
    ///
    /// What each variant but `simd-scalar` leaves, bit for bit, with `steps` its plan's `kc` and `n` a multiple of 16.
    package static func fused(
        order n: Int, steps: Int, _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>,
        _ c: UnsafeMutablePointer<Double>
    ) { sl_screen_product_f64(Int64(n), Int64(steps), a, b, c) }

    /// The same in single precision.
    package static func fused(
        order n: Int, steps: Int, _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ c: UnsafeMutablePointer<Float>
    ) { sl_screen_product_f32(Int64(n), Int64(steps), a, b, c) }

    /// A·B of integers for square matrices of order `n`; exact.
    package static func integers(order n: Int, _ a: [Int32], _ b: [Int32]) -> [Int64] {
        [Int64](unsafeUninitializedCapacity: n * n) { c, count in
            sl_screen_product_exact(Int64(n), a, b, c.baseAddress)
            count = n * n
        }
    }
}
