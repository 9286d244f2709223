// FMAKernel+Swift.swift: the unfused recurrence in plain Swift, on the standard library's SIMD types.
// Compiled for the architecture's base, SSE2 or NEON, without fusing: what Swift's vectors deliver as they come.

internal import CKernels
internal import Quantities

extension FMAKernel {
    static let swiftVariant = "swift"

    /// The kernel of the same element type that Swift compiles; `self` is the scalar one.
    ///
    /// Three accumulators of four 128-bit registers each: with the four constants, all that x86-64 has.
    var compiledBySwift: FMAKernel {
        let function: sl_fma_function =
            elementType == .f64
            ? { sl_fma_f64_swift(iterations: $0, state: $1, constants: $2) }
            : { sl_fma_f32_swift(iterations: $0, state: $1, constants: $2) }
        return FMAKernel(
            model: self, variant: Self.swiftVariant, lanes: 64 / accumulator.bytes, accumulators: 3,
            entry: Entry(function: function, constants: constants.address))
    }
}

/// Advances three vectors of the state, held in registers: x = x·m1 + c1; x = x·m2 + c2, rounding after each operation.
@inline(__always)
private func advance<Vector: SIMD>(
    _ type: Vector.Type, iterations: UInt64, state: UnsafeMutableRawPointer?, constants: UnsafeRawPointer?
) where Vector.Scalar: BinaryFloatingPoint {
    guard let vectors = state?.assumingMemoryBound(to: Vector.self),
        let scalars = constants?.assumingMemoryBound(to: Vector.Scalar.self)
    else { return }
    let (m1, c1) = (Vector(repeating: scalars[0]), Vector(repeating: scalars[1]))
    let (m2, c2) = (Vector(repeating: scalars[2]), Vector(repeating: scalars[3]))
    var (x, y, z) = (vectors[0], vectors[1], vectors[2])
    var left = iterations
    while left > 0 {
        (x, y, z) = (x * m1, y * m1, z * m1)
        (x, y, z) = (x + c1, y + c1, z + c1)
        (x, y, z) = (x * m2, y * m2, z * m2)
        (x, y, z) = (x + c2, y + c2, z + c2)
        left &-= 1
    }
    (vectors[0], vectors[1], vectors[2]) = (x, y, z)
}

@inline(never)
private func sl_fma_f64_swift(iterations: UInt64, state: UnsafeMutableRawPointer?, constants: UnsafeRawPointer?) {
    advance(SIMD8<Double>.self, iterations: iterations, state: state, constants: constants)
}

@inline(never)
private func sl_fma_f32_swift(iterations: UInt64, state: UnsafeMutableRawPointer?, constants: UnsafeRawPointer?) {
    advance(SIMD16<Float>.self, iterations: iterations, state: state, constants: constants)
}
