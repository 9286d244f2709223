// SIFormatTests.swift: numbers as people read them.

import Quantities
import Testing

@Suite("SI format")
struct SIFormatTests {
    @Test(
        "four significant digits and a prefix",
        arguments: [
            (49.93e9, "49.93 GFLOPS"), (1.5e12, "1.500 TFLOPS"), (999.96e9, "1.000 TFLOPS"), (0, "0 FLOPS"),
            (1, "1.000 FLOPS"), (0.25, "250.0 mFLOPS"), (2.31e20, "231.0 EFLOPS"), (-3.2e3, "-3.200 kFLOPS"),
        ])
    func text(value: Double, expected: String) {
        #expect(SIFormat.text(value, unit: "FLOPS") == expected)
    }

    @Test("an interval is told in the prefix of the value it belongs to")
    func interval() {
        #expect(SIFormat.interval(998e6, 1.02e9, like: 1.01e9) == "0.9980 to 1.020")
    }

    @Test(
        "rounding is half away from zero and keeps every decimal",
        arguments: [
            (0.125, 2, "0.13"), (-0.125, 2, "-0.13"), (2, 3, "2.000"), (-0.001, 1, "0.0"), (12345.6, 0, "12346"),
        ])
    func fixed(value: Double, decimals: Int, expected: String) {
        #expect(SIFormat.fixed(value, decimals: decimals) == expected)
    }

    @Test("what is not a finite number is said to be so", arguments: [Double.nan, .infinity])
    func notFinite(value: Double) {
        #expect(SIFormat.significant(value, digits: 4) == value.description)
    }

    @Test("numbers beyond 64-bit integers keep their value")
    func huge() {
        #expect(SIFormat.fixed(1e25, decimals: 2) == "1e+25")
    }

    @Test("percentages")
    func percent() {
        #expect(SIFormat.percent(0.9871) == "98.7 %")
    }
}
