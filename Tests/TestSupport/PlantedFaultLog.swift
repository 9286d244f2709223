// PlantedFaultLog.swift: what became of faults that tests planted, as lines that scripts/planted-faults reads.

import Foundation

/// A fault, and what caught it.
package struct PlantedFaultReport: Sendable {
    /// What the fault is in: `products`, `register kernels`, …
    package var subject: String
    package var fault: String
    /// Routine, kernel or size.
    package var place: String
    /// Kinds of check that failed, or why it passes.
    package var verdict: String
    /// What a machine must have for the test to run; empty for any machine with a C compiler.
    package var needs: String

    package init(subject: String, fault: String, place: String, verdict: String, needs: String = "") {
        self.subject = subject
        self.fault = fault
        self.place = place
        self.verdict = verdict
        self.needs = needs
    }

    /// Prints `planted | subject | fault | place | verdict | needs` in one piece, whatever else is being printed.
    package func log() {
        let line = "planted | " + [subject, fault, place, verdict, needs].joined(separator: " | ") + "\n"
        FileHandle.standardOutput.write(Data(line.utf8))
    }
}
