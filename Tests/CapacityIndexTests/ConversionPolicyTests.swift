// ConversionPolicyTests.swift: one piece of silicon counts once, in one precision, under a named policy.

import CapacityIndex
import Testing

@Suite struct ConversionPolicyTests {
    /// FP64 1, FP32 2, BF16 6 TFLOPS and INT8 14 TOPS on one node.
    let rates: [Precision: Double] = [.fp64: 1e12, .fp32: 2e12, .bf16: 6e12, .int8: 14e12]

    @Test("bitwidth sees 2, 2, 3 and 3.5 TFLOPS of FP32 in one node")
    func bitwidthEquivalents() {
        let expected: [Precision: Double] = [.fp64: 2e12, .fp32: 2e12, .bf16: 3e12, .int8: 3.5e12]
        for (precision, value) in expected {
            #expect(ConversionPolicy.bitwidth.converted(rates[precision]!, of: precision) == value)
        }
    }

    @Test("and counts one of them: by class, or the largest")
    func oneCounts() throws {
        let policy = ConversionPolicy.bitwidth
        #expect(try policy.equivalent(of: rates, as: .general).value == 2e12)
        #expect(try policy.equivalent(of: rates, as: .intelligent).value == 3e12)
        #expect(try policy.equivalent(of: rates, as: .super).precision == .fp64)
        #expect(try policy.takingMaximum.equivalent(of: rates, as: .general).value == 3.5e12)
        #expect(policy.takingMaximum.id == PolicyID("bitwidth-max/1"))
    }

    @Test("the sum 10.5 cannot be reached through the index either: a node and class count once")
    func theSumIsImpossible() throws {
        // Two equivalents have no operation together, so what is left is to submit each as a contribution.
        let parts = try [2e12, 2e12, 3e12, 3.5e12].enumerated().map { index, value in
            try contribution("n1", value, run: "run-\(index)")
        }
        let index = try snapshot(parts)
        #expect(index.total.capacity.value == 3.5e12)
        #expect(index.refused.flatMap(\.findings).map(\.reason) == [.superseded, .superseded, .superseded])
        // Nor by spreading it over the classes: the fractions would be 3.
        let split = try ComputeClass.allCases.map { try contribution("n1", 3.5e12, computeClass: $0) }
        #expect(try snapshot(split).total.capacity.value == 0)
        #expect(try snapshot(split).refused.allSatisfy { $0.rejections[0].reason == .classFractionsExceedOne })
    }

    @Test("a class whose precision the policy does not weigh is counted in the policy's own, flagged")
    func fallback() throws {
        let counted = try ConversionPolicy.fp32Native.equivalent(of: rates, as: .super)
        #expect(counted.precision == .fp32)
        #expect(counted.usedPolicyPrecision)
        #expect(try !ConversionPolicy.fp32Native.equivalent(of: rates, as: .general).usedPolicyPrecision)
        #expect(try ConversionPolicy.fp64Only.equivalent(of: rates, as: .general).precision == .fp64)
    }

    @Test("intelligent computing without 16-bit rates counts as FP32")
    func intelligentWithoutHalf() throws {
        let counted = try ConversionPolicy.bitwidth.equivalent(of: [.fp32: 2e12], as: .intelligent)
        #expect(counted.precision == .fp32)
        #expect(!counted.usedPolicyPrecision)
    }

    @Test("989.4 TFLOPS of BF16 are one accelerator equivalent")
    func acceleratorEquivalents() throws {
        let counted = try ConversionPolicy.h100Equivalents.equivalent(of: [.bf16: 989.4e12], as: .intelligent)
        #expect(near(counted.value, 1))
        #expect(ConversionPolicy.h100Equivalents.unit == "H100-eq")
    }

    @Test("what was not measured is named")
    func notMeasured() {
        #expect(throws: NoEquivalent.notMeasured(wanted: [.fp64])) {
            try ConversionPolicy.bitwidth.equivalent(of: [.fp32: 2e12], as: .super)
        }
        #expect(throws: NoEquivalent.notMeasured(wanted: [.fp32])) {
            try ConversionPolicy.fp32Native.equivalent(of: [.fp32: -2e12], as: .general)
        }
    }

    @Test("a custom policy needs a name of its own, weights above 0, and a weight for its reference")
    func customPolicies() throws {
        let mine = PolicyID("mine/1")!
        #expect(throws: PolicyError.nameIsTaken(PolicyID("bitwidth/9")!)) {
            try ConversionPolicy(id: PolicyID("bitwidth/9")!, referencePrecision: .fp32, weights: [.fp32: 1])
        }
        #expect(throws: PolicyError.badWeight(.fp32, 0)) {
            try ConversionPolicy(id: mine, referencePrecision: .fp32, weights: [.fp32: 0])
        }
        #expect(throws: PolicyError.referenceWithoutWeight(.fp64)) {
            try ConversionPolicy(id: mine, referencePrecision: .fp64, weights: [.fp32: 1])
        }
        let policy = try ConversionPolicy(id: mine, referencePrecision: .fp64, weights: [.fp64: 1, .fp32: 0.25])
        #expect(try policy.equivalent(of: rates, as: .general).value == 0.5e12)
    }

    @Test("names carry a version", arguments: ["fp32-native", "fp32-native/0", "fp32-native/+1", "/1", "a/b/1", "A/1"])
    func malformedNames(text: String) {
        #expect(PolicyID(text) == nil)
    }

    @Test("names read back as they are written")
    func namesRoundTrip() {
        #expect(PolicyID("fp32-native/1")?.description == "fp32-native/1")
        #expect(ConversionPolicy.named("bitwidth") == .bitwidth)
        #expect(ConversionPolicy.named("bitwidth/2") == nil)
    }
}
