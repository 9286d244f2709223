// CapacityCommand.swift: `suanli capacity`: what records contribute and why, step by step, without any store.

import ArgumentParser
import CapacityConversion
import CapacityIndex
import Glibc
import ReportRendering
import ResultRecord

struct CapacityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "capacity",
        abstract: "Show step by step what records contribute to the index, and what the quality gates say of them.",
        discussion: """
            Each record is judged by itself: whether a newer run of the same node counts in its place, the index shows.
            Files that cannot be read are named, the others are shown all the same, and the exit code is 8.

            Examples:
              suanli capacity results/*/*.json
              suanli capacity --policy fp64-only --format json record.json
            """)

    @Argument(help: ArgumentHelp("Records that suanli run wrote.", valueName: "file"))
    var files: [String]

    @OptionGroup var conversion: ConversionOptions

    @Option(help: "text or json.")
    var format = OutputFormat.text

    func run() throws {
        let (asOf, now) = try conversion.dates()
        let converter = conversion.converter
        var entries: [CapacityJSON.Entry] = []
        var texts: [String] = []
        var failure: ExitStatus?
        for file in files {
            do {
                let measurement = try NodeMeasurement(RecordFile.read(file).record, mix: converter.mix)
                let result = converter.convert(measurement, provenance: .verified, asOf: asOf, now: now)
                switch format {
                case .text:
                    texts.append(
                        try CapacityText.render(
                            measurement, result, source: file, converter: converter, asOf: asOf))
                case .json:
                    entries.append(
                        try CapacityJSON.Entry(
                            file: file, measurement, result, asOf: asOf, thresholds: converter.thresholds))
                }
            } catch let error as any UserFacingError {
                Console.error(error)
                failure = failure ?? error.exitStatus
            }
        }
        switch format {
        case .text: Console.data(texts.joined(separator: "\n"))
        case .json: Console.data(try CapacityJSON.render(entries, policy: converter.policy, asOf: asOf))
        }
        if let failure { Glibc.exit(failure.rawValue) }
    }
}
