// CompensatedArithmetic.swift: sums and products with twice the digits, from ordinary additions and multiplications.
// It uses no fused multiply-add, so that it shares no instruction with the kernels it judges.

/// The sum of `a` and `b` and exactly what rounding took from it.
///
/// - Source: D. E. Knuth, The Art of Computer Programming, vol. 2, 3rd ed., 4.2.2, theorem B.
@inline(__always)
func twoSum(_ a: Double, _ b: Double) -> (sum: Double, error: Double) {
    let sum = a + b
    let z = sum - a
    return (sum, (a - (sum - z)) + (b - z))
}

@inline(__always)
func twoSum(_ a: SIMD8<Double>, _ b: SIMD8<Double>) -> (sum: SIMD8<Double>, error: SIMD8<Double>) {
    let sum = a + b
    let z = sum - a
    return (sum, (a - (sum - z)) + (b - z))
}

/// `a` as the sum of two numbers of 26 bits each, so that products of halves are exact.
///
/// - Source: T. J. Dekker, A floating-point technique for extending the available precision, Numer. Math. 18 (1971).
@inline(__always)
func split(_ a: Double) -> (high: Double, low: Double) {
    let t = a * 134_217_729  // 2^27 + 1
    let high = t - (t - a)
    return (high, a - high)
}

@inline(__always)
func split(_ a: SIMD8<Double>) -> (high: SIMD8<Double>, low: SIMD8<Double>) {
    let t = a * 134_217_729
    let high = t - (t - a)
    return (high, a - high)
}

/// The product of `a` and `b` and exactly what rounding took from it, barring underflow.
@inline(__always)
func twoProduct(_ a: Double, _ b: Double) -> (product: Double, error: Double) {
    let product = a * b
    let x = split(a)
    let y = split(b)
    return (product, ((x.high * y.high - product) + x.high * y.low + x.low * y.high) + x.low * y.low)
}

/// A running sum of products with an error of about 1e-32 of the sum of their magnitudes.
///
/// - Source: T. Ogita, S. M. Rump, S. Oishi, Accurate sum and dot product, SIAM J. Sci. Comput. 26 (2005), Dot2.
struct CompensatedDot {
    private var high = 0.0
    private var low = 0.0

    @inline(__always)
    mutating func add(_ a: Double, times b: Double) {
        let (product, productError) = twoProduct(a, b)
        let (sum, sumError) = twoSum(high, product)
        high = sum
        low += productError + sumError
    }

    @inline(__always)
    mutating func add(_ a: Double) {
        let (sum, error) = twoSum(high, a)
        high = sum
        low += error
    }

    /// The sum as the unevaluated sum of two numbers.
    var parts: (high: Double, low: Double) {
        let (sum, error) = twoSum(high, low)
        return (sum, error)
    }
}
