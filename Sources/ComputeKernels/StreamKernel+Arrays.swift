// StreamKernel+Arrays.swift: the arrays of one thread: where they lie, what they hold at first, and what they must
// hold after any number of passes.

internal import CKernels
internal import Quantities

/// The arrays that one thread runs one kernel on, in memory of the caller's that must outlive them.
///
/// All elements are integers small enough that each sum and product is exact, so that what a correct kernel leaves is
/// known to the last bit, and every pass changes every element that it stores.
package struct StreamArrays {
    /// Elements of each array.
    package let count: Int
    /// Passes since `fill()`.
    package private(set) var passes = 0

    private let formula: StreamKernel.Formula
    private let entry: StreamKernel.Entry
    private let seed: UInt64
    private var task: sl_stream_task

    /// Elements per array such that `bytes` hold all arrays of `kernel`, in whole turns of its loop; at least one turn.
    package static func count(for kernel: StreamKernel, bytes: Int) -> Int {
        let turn = max(kernel.elementsPerTurn, lineBytes / kernel.elementType.bytes)
        return max(1, bytes / kernel.arrayCount / kernel.elementType.bytes / turn) * turn
    }

    /// Bytes of memory that the arrays take.
    package static func byteCount(for kernel: StreamKernel, count: Int) -> Int {
        (kernel.arrayCount - 1) * stride(for: kernel, count: count)
            + roundedUp(
                count * kernel.elementType.bytes, to: lineBytes)
    }

    /// Bytes from one array to the next: without a gap, or for large arrays so that each starts `skewBytes` further into
    /// a large page than the one before. At the same place they would take turns at the same banks of main memory.
    private static func stride(for kernel: StreamKernel, count: Int) -> Int {
        let bytes = count * kernel.elementType.bytes
        return bytes < skewedBytes ? roundedUp(bytes, to: lineBytes) : roundedUp(bytes, to: largePageBytes) + skewBytes
    }

    private static func roundedUp(_ bytes: Int, to unit: Int) -> Int { (bytes + unit - 1) / unit * unit }

    private static let lineBytes = 64
    private static let skewedBytes = 1 << 20
    private static let skewBytes = 8 << 10
    private static let largePageBytes = 2 << 20

    /// - Parameters:
    ///   - kernel: One that this build contains and this processor can run.
    ///   - count: Elements of each array, > 0; whole turns of the loop for full speed.
    ///   - memory: `byteCount(for:count:)` bytes, 64-byte aligned.
    ///   - seed: Arrays with different seeds hold different elements.
    /// - Returns: nil when this build does not contain the kernel.
    package init?(kernel: StreamKernel, count: Int, memory: UnsafeMutableRawPointer, seed: UInt64) {
        guard let entry = kernel.entry else { return nil }
        precondition(count > 0 && kernel.elementType == .f64, "arrays are of f64 and hold elements")
        precondition(Int(bitPattern: memory) % Self.lineBytes == 0, "arrays start on cache lines")
        self.entry = entry
        self.count = count
        self.seed = seed
        formula = kernel.formula
        let stride = Self.stride(for: kernel, count: count)
        let arrays = (0..<3).map { index in
            index < kernel.arrayCount
                ? (memory + index * stride).bindMemory(to: Double.self, capacity: count) : nil
        }
        task = sl_stream_task(a: arrays[0], b: arrays[1], c: arrays[2], count: UInt64(count), s: 0)
    }

    /// Writes the first elements, and so touches every page that is used. The passes start from 0.
    package mutating func fill() {
        passes = 0
        task.s = formula == .write ? firstWritten : factor
        for (role, array) in roles {
            for index in 0..<count { array[index] = expected(role, index) }
        }
    }

    /// Makes passes over the arrays.
    ///
    /// - Returns: The sum over all elements and passes for read, which must be `expectedSum(passes:)`; else 0.
    @inline(__always)
    package mutating func run(passes: Int) -> Double {
        self.passes &+= passes
        return entry.run(passes: passes, task: &task)
    }
}

// What a correct kernel leaves. Let B and C be the first elements of b and c, and n the passes since.
//
// Copy and scale write y(n) = s·y(n−2), starting from y(−1) = B and y(0) = C, s = ±1, and the oldest of the three is
// overwritten. Add and triad write x(n) = x(n−1) + s·c, starting from x(0) = B, over x(n−2). Write stores the number of
// the pass. In each case the element written differs from the one that was there: |B| ≠ |C|, and c > 0. What a pass
// leaves wrong, the next ones carry on: the last two arrays determine all before them.
extension StreamArrays {
    /// The part an array plays in the next pass.
    private enum Role: String { case a, b, c }

    private var roles: [(Role, UnsafeMutablePointer<Double>)] {
        [(Role.a, task.a), (.b, task.b), (.c, task.c)].compactMap { role, array in array.map { (role, $0) } }
    }

    /// Factor of scale and triad.
    private var factor: Double {
        switch formula {
        case .scale: -1
        case .triad: 3
        case .copy, .add, .read, .write: 1
        }
    }

    /// What the first pass of write stores.
    private var firstWritten: Double { Double(seed % 4096 + 1) }

    /// An integer from 1 to 1024.
    @inline(__always)
    private func random(_ index: Int, stream: UInt64) -> UInt64 {
        var z = (UInt64(truncatingIfNeeded: index) &* 3 &+ stream) &* 0x9E37_79B9_7F4A_7C15 &+ seed
        z = (z ^ (z >> 29)) &* 0xBF58_476D_1CE4_E5B9
        return z >> 54 &+ 1
    }

    /// First elements of b, from 1025 to 2048, and of c, from 1 to 1024.
    @inline(__always)
    private func firstB(_ index: Int) -> Double { Double(random(index, stream: 0) &+ 1024) }
    @inline(__always)
    private func firstC(_ index: Int) -> Double { Double(random(index, stream: 1)) }

    /// What an array must hold before pass number `passes` + 1.
    @inline(__always)
    private func expected(_ role: Role, _ index: Int) -> Double {
        switch formula {
        case .copy, .scale:
            let written = passes - (role == .a ? 2 : role == .b ? 1 : 0)
            let isOdd = written & 1 != 0
            // Half the passes before it, each of which multiplied by s.
            let isFlipped = (isOdd ? (written + 1) >> 1 : written >> 1) & 1 != 0
            return (isOdd ? firstB(index) : firstC(index)) * (isFlipped ? factor : 1)
        case .add, .triad:
            let c = firstC(index)
            if role == .c { return c }
            return firstB(index) + Double(passes - (role == .a ? 1 : 0)) * factor * c
        case .read: return firstC(index)
        case .write: return firstWritten + Double(passes - 1)
        }
    }

    /// Passes up to which all elements are exact: x(n) ≤ 2048 + n·3·1024 ≤ 2⁵³.
    package static var longestExactRun: Int { 1 << 41 }

    /// What `run(passes:)` of read must return; exact as long as it is below 2⁵³.
    ///
    /// - Complexity: O(`count`).
    package func expectedSum(passes: Int) -> Double {
        Double((0..<count).reduce(UInt64(0)) { $0 + random($1, stream: 1) } * UInt64(passes))
    }

    /// Compares elements of all arrays with what a correct kernel has left there.
    ///
    /// - Parameter range: Which elements of each array; nil for all.
    /// - Returns: How many were compared, how many are wrong, and the first of those.
    /// - Complexity: O(elements), about a nanosecond each.
    package func compare(_ range: Range<Int>? = nil) -> StreamComparison {
        precondition(passes <= Self.longestExactRun, "the elements are no longer exact")
        var result = StreamComparison()
        for (role, array) in roles {
            for index in range ?? 0..<count {
                let right = expected(role, index)
                if array[index] != right {
                    result.wrong += 1
                    if result.firstDifference == nil {
                        result.firstDifference =
                            "array \(role.rawValue), element \(index), after \(passes) passes: expected \(right), "
                            + "found \(array[index])"
                    }
                }
            }
            result.checked += range?.count ?? count
        }
        return result
    }

    /// Changes one element, so that a test can see whether it is noticed.
    ///
    /// - Parameter array: 0 for the array that the next pass writes, 1 and 2 for those that it reads.
    package func corrupt(array: Int, element: Int) { roles[array].1[element] += 1 }
}

/// The outcome of looking at elements.
package struct StreamComparison: Sendable, Hashable {
    package var checked = 0
    package var wrong = 0
    package var firstDifference: String?

    package init() {}

    package static func += (sum: inout StreamComparison, part: StreamComparison) {
        sum.checked += part.checked
        sum.wrong += part.wrong
        sum.firstDifference = sum.firstDifference ?? part.firstDifference
    }
}
