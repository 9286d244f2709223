// IndexCommand.swift: `suanli index`: the store's contributions, added up.

import ArgumentParser
import CapacityConversion
import CapacityIndex
import RecordStore
import ReportRendering

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Add up what the nodes contribute: by site, by region, in total.")

    @Option(help: ArgumentHelp("The index store (default: $XDG_DATA_HOME/suanli/index.sqlite).", valueName: "path"))
    var store: String?

    @Option(help: "text or json.")
    var format = OutputFormat.text

    func run() throws {
        let store = try RecordStore(path: StoreOption.path(store), purpose: .read)
        _ = store
    }
}
