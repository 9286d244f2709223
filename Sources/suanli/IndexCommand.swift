// IndexCommand.swift: `suanli index`: the store's contributions, added up.

import ArgumentParser
import CapacityConversion
import CapacityIndex
import Glibc
import RecordStore
import ReportRendering

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Add up what the nodes contribute: by site, by region, in total.",
        discussion: """
            Each node counts once, with its newest run that passes the quality gates. Runs that do not count are listed
            with the reason.
            """)

    @Option(help: ArgumentHelp("The index store (default: $XDG_DATA_HOME/suanli/index.sqlite).", valueName: "path"))
    var store: String?

    @Option(help: "text or json.")
    var format = OutputFormat.text

    func run() throws {
        let store = try RecordStore(path: StoreOption.path(store), purpose: .read)
        // To the second, as records are.
        let now = try Timestamp.now.wholeSecond
        let snapshot = try store.snapshot(converter: CapacityConverter(), asOf: now, now: now)
        switch format {
        case .text: Console.data(IndexText.render(snapshot, width: Console.columns(of: STDOUT_FILENO)))
        case .json: Console.data(try IndexJSON.render(snapshot))
        }
    }
}

extension Console {
    /// Columns of the terminal behind `descriptor`; 100 when it is a file or a pipe.
    static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return Int(size.ws_col)
    }
}
