// Packing.swift: the copies that a matrix product makes of its operands, beside plain copies of as many bytes.

internal import CBenchmarkSupport
internal import CKernels
internal import ComputeKernels
internal import MachineProbe
internal import Quantities
internal import ResultRecord

/// One block of A or B of the best product of our own, as large as half of a second-level cache of 1 MiB.
public final class Packing {
    /// The operand that the block is of: A in panels of rows, B in panels of columns.
    public enum Operand: String, Sendable, CaseIterable { case a, b }

    private let kernel: UnsafePointer<sl_gemm_kernel>
    private let operand: Operand
    private let matrix: UnsafeMutableRawPointer
    private let packed: UnsafeMutableRawPointer
    /// Elements of a row of the matrix that the block is cut out of, and of the block.
    private static let leading = 2048
    private static let columns = 256
    private let rows: Int
    private let elementBytes: Int

    /// - Parameter elementType: `f64` or `f32`.
    /// - Throws: When the machine cannot be described. Nil where there is no such product.
    public init?(_ operand: Operand, elementType: String) throws {
        guard let type = ElementType(rawValue: elementType) else { return nil }
        let isa = try MachineProbe(environment: [:]).describe().cpu.isa
        guard let gemm = SIMDGEMM.best(for: type, isa: isa), let kernel = sl_gemm_named(gemm.variant, elementType)
        else {
            return nil
        }
        self.kernel = kernel
        self.operand = operand
        elementBytes = type.bytes
        rows = (512 << 10) / (Self.columns * elementBytes)
        matrix = .allocate(byteCount: rows * Self.leading * elementBytes, alignment: 64)
        matrix.initializeMemory(as: UInt8.self, repeating: 1, count: rows * Self.leading * elementBytes)
        // Whole panels: a panel's width is below 64 in either operand.
        packed = .allocate(byteCount: (rows + 64) * (Self.columns + 64) * elementBytes, alignment: 64)
    }

    deinit {
        matrix.deallocate()
        packed.deallocate()
    }

    /// Packs the block once.
    public func pack() {
        sl_gemm_pack_block(
            kernel, operand == .b ? 1 : 0, Int64(rows), Int64(Self.columns), Int64(Self.leading), matrix, packed)
    }

    /// Copies the block once, row by row.
    public func copy() {
        let row = Self.columns * elementBytes
        for index in 0..<rows {
            (packed + index * row).copyMemory(
                from: matrix + index * Self.leading * elementBytes, byteCount: row)
        }
    }
}
