// PublishedTableTests.swift: published rows that agree with themselves, and one that does not.

import CapacityIndex
import Testing

@Suite("Published tables")
struct PublishedTableTests {
    private func row(_ total: String, _ parts: [String]) throws -> PublishedRow {
        try PublishedRow(
            "row", total: PrintedNumber(total),
            parts: parts.enumerated().map { try PublishedRow.Part("p\($0)", PrintedNumber($1)) })
    }

    @Test("498 + 142 + 10 is 650 and 137 + 41 + 2 is 180")
    func consistent() throws {
        #expect(try row("650", ["498", "142", "10"]).parts.count == 3)
        #expect(try row("180", ["137", "41", "2"]).total.value == 180)
    }

    // Each of three parts may be off by ½, and so may the total: 33.3 · 3 = 99.9 is printed as 33 + 33 + 33 = 100.
    @Test("rounding may make the printed parts miss the printed total by half a unit each")
    func rounding() throws {
        #expect(try row("100", ["33", "33", "33"]).name == "row")
        #expect(try row("101", ["33", "33", "33"]).name == "row")
        #expect(throws: PublishedError.self) { try row("102", ["33", "33", "33"]) }
    }

    @Test("77 + 20 + 2 is not 135, and the refusal has both numbers")
    func inconsistent() throws {
        let error = #expect(throws: PublishedError.self) { try row("135", ["77", "20", "2"]) }
        #expect(
            error
                == .partsDoNotAddUp(
                    row: "row", parts: ["77", "20", "2"], possible: RoundingInterval(97.5, 100.5), total: "135"))
        #expect(error?.description.contains("77 + 20 + 2") == true && error?.description.contains("135") == true)
    }

    @Test("142 of 650 may be 21.752 to 21.940 per cent, so 21.9 is right and 22.1 is not")
    func percentage() throws {
        let interval = try #require(
            PublishedRow.percentage(of: try PrintedNumber("142"), in: try PrintedNumber("650")))
        // As printed to three decimals.
        #expect(abs(interval.lower - 21.752) < 0.0005 && abs(interval.upper - 21.940) < 0.0005)
        #expect(interval.contains(21.9))
        func shared(_ percentage: String) throws -> PublishedRow {
            try PublishedRow(
                "row", total: PrintedNumber("650"),
                parts: [
                    PublishedRow.Part("a", PrintedNumber("142"), percentage: PrintedNumber(percentage)),
                    PublishedRow.Part("b", PrintedNumber("508")),
                ])
        }
        #expect(try shared("21.9").parts[0].percentage?.value == 21.9)
        #expect(throws: PublishedError.self) { try shared("22.1") }
    }

    @Test("910, rounded to tens, after growth by a factor of 1.40 was 644.128 to 655.914 before")
    func growth() throws {
        let before = try #require(
            PrintedNumber("910", step: 10).interval.divided(by: PrintedNumber("1.40").interval))
        #expect(near(before.lower, 644.128, within: 1e-6) && near(before.upper, 655.914, within: 1e-6))
        #expect(before.contains(650))
    }

    @Test(
        "what is no printed decimal is refused", arguments: ["", "1,000", "1e3", "1.2.3", ".5", "5.", "+1", "１", "nan"]
    )
    func notANumber(text: String) {
        #expect(throws: PublishedError.notANumber(text)) { try PrintedNumber(text) }
    }

    @Test("the step is the last printed digit unless stated")
    func steps() throws {
        #expect(try PrintedNumber("21.90").step == 0.01)
        #expect(try PrintedNumber("910").step == 1)
        #expect(throws: PublishedError.notAStep(text: "1", step: 0)) { try PrintedNumber("1", step: 0) }
        #expect(throws: PublishedError.noParts(row: "r")) {
            try PublishedRow("r", total: PrintedNumber("1"), parts: [])
        }
    }
}
