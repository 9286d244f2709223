// TypedCapacity.swift: a capacity whose precision, policy and perimeter the compiler knows, so that a mixture is no program.
// For code that deals with one known kind of figure; what is read from files is a `Capacity`, which checks when it is used.

/// A type that stands for a precision.
public protocol PrecisionTag: Sendable { static var precision: Precision { get } }
/// A type that stands for a conversion policy.
public protocol PolicyTag: Sendable { static var policy: PolicyID { get } }
/// A type that stands for a perimeter.
public protocol PerimeterTag: Sendable { static var perimeter: Perimeter { get } }

/// Amounts of one precision, under one policy, over one perimeter.
///
/// Two of the same type can be added and compared; two of different types cannot, and a program that tries does not
/// compile. There is no `+` here either: a sum may overflow, and then it throws.
public struct TypedCapacity<P: PrecisionTag, Policy: PolicyTag, Over: PerimeterTag>: Sendable, Hashable {
    /// Under the terms of the type.
    public let capacity: Capacity

    /// What every amount of this type is counted in and over.
    public static var terms: CapacityTerms {
        CapacityTerms(precision: P.precision, policy: Policy.policy, perimeter: Over.perimeter)
    }

    /// - Throws: `CapacityError.otherTerms` for a capacity under others.
    public init(_ capacity: Capacity) throws(CapacityError) {
        guard capacity.terms == Self.terms else { throw .otherTerms(capacity, wanted: Self.terms) }
        self.capacity = capacity
    }

    private init(unchecked capacity: Capacity) { self.capacity = capacity }

    /// The sum; see `Capacity.sum(of:)`.
    ///
    /// - Throws: `CapacityError.notACapacity` when the sum overflows.
    public func adding(_ other: Self) throws(CapacityError) -> Self {
        Self(unchecked: try capacity.adding(other.capacity))
    }

    /// This amount over the other; see `Capacity.compared(to:)`.
    ///
    /// - Throws: `CapacityError.noRatioToZero`.
    public func compared(to other: Self) throws(CapacityError) -> CapacityRatio {
        try capacity.compared(to: other.capacity)
    }

    /// By value alone: whether a difference means anything, its uncertainty says.
    public static func isLess(_ left: Self, than right: Self) -> Bool { left.capacity.value < right.capacity.value }
}

public enum FP64: PrecisionTag { public static var precision: Precision { .fp64 } }
public enum FP32: PrecisionTag { public static var precision: Precision { .fp32 } }
public enum FP16: PrecisionTag { public static var precision: Precision { .fp16 } }

/// `ConversionPolicy.fp32Native`.
public enum FP32Native: PolicyTag { public static var policy: PolicyID { ConversionPolicy.fp32Native.id } }
/// `ConversionPolicy.bitwidth`.
public enum Bitwidth: PolicyTag { public static var policy: PolicyID { ConversionPolicy.bitwidth.id } }
/// `ConversionPolicy.fp64Only`.
public enum FP64Only: PolicyTag { public static var policy: PolicyID { ConversionPolicy.fp64Only.id } }
/// `Perimeter.local`.
public enum LocalPerimeter: PerimeterTag { public static var perimeter: Perimeter { .local } }
