// IndexCommand.swift: `suanli index`: the store's contributions, added up.

import ArgumentParser
import CapacityConversion
import CapacityIndex
import Glibc
import RecordStore
import ReportRendering
import ResultRecord

struct IndexCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "index",
        abstract: "Add up what the nodes contribute: by site, by region, in total.",
        discussion: """
            Each node counts once, with its newest run that passes the quality gates. Runs that do not count are listed
            with the reason.

            Examples:
              suanli index --policy fp64-only
              suanli index --as-of 2026-06-30 --compare 2025-12-31
              suanli index --what-if intelligent=35%
            """)

    @Option(help: ArgumentHelp("The index store (default: $XDG_DATA_HOME/suanli/index.sqlite).", valueName: "path"))
    var store: String?

    @OptionGroup var conversion: ConversionOptions

    @Option(help: ArgumentHelp("Growth since that date (default: a year before).", valueName: "date"))
    var compare: DateArgument?

    @Option(
        help: ArgumentHelp(
            "How much would have to be added to a class for that share: super=10%. Repeatable.",
            valueName: "class=share"))
    var whatIf: [ShareArgument] = []

    @Option(help: "text or json.")
    var format = OutputFormat.text

    func run() throws {
        let (asOf, now) = try conversion.dates()
        if let earlier = compare?.timestamp, earlier >= asOf {
            throw IndexDateError.notEarlier(date: earlier, asOf: asOf)
        }
        let store = try RecordStore(path: StoreOption.path(store), purpose: .read)
        let snapshot = try store.snapshot(
            converter: conversion.converter, asOf: asOf, now: now, since: compare?.timestamp)
        let wishes = try whatIf.map { wish in
            do throws(MarketError) { return try IndexWish(wish.computeClass, share: wish.share, in: snapshot) } catch {
                throw UnreachableShare(reason: error, wish: wish)
            }
        }
        switch format {
        case .text:
            Console.data(IndexText.render(snapshot, whatIf: wishes, width: Console.columns(of: STDOUT_FILENO)))
        case .json: Console.data(try IndexJSON.render(snapshot, whatIf: wishes))
        }
    }
}

/// A share that adding capacity does not reach.
struct UnreachableShare: UserFacingError {
    let reason: MarketError
    let wish: ShareArgument

    var what: String { "--what-if \(wish.computeClass.rawValue)=\(wish.share): \(reason)" }
    var nextStep: String { "Ask for a share above the present one, which suanli index shows, and below 100 %." }
    var exitStatus: ExitStatus { .usage }
}

extension Console {
    /// Columns of the terminal behind `descriptor`; 100 when it is a file or a pipe.
    static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return Int(size.ws_col)
    }
}
