// TypedCapacityTests.swift: what the compiler cannot see is checked when an amount gets its type; what it can see,
// scripts/test-typed-capacity checks.

import CapacityIndex
import Testing

@Suite("Typed capacities")
struct TypedCapacityTests {
    private typealias Total = TypedCapacity<FP32, FP32Native, LocalPerimeter>

    @Test("amounts of one kind add up and compare as capacities do")
    func sum() throws {
        let (a, b) = (try Total(capacity(3, random: 0.1)), try Total(capacity(5)))
        #expect(try a.adding(b).capacity == capacity(3, random: 0.1).adding(capacity(5)))
        #expect(try near(b.compared(to: a).value, 5.0 / 3))
        #expect(Total.isLess(a, than: b) && !Total.isLess(b, than: a))
    }

    @Test("an amount under other terms gets no such type, and the error has both")
    func others() throws {
        for amount in [
            try capacity(1, precision: .fp64), try capacity(1, policy: ConversionPolicy.bitwidth.id),
            try capacity(1, perimeter: Perimeter("shipments/1")!),
        ] {
            #expect(throws: CapacityError.otherTerms(amount, wanted: Total.terms)) { try Total(amount) }
        }
    }
}
