// ComposeCommand.swift: `suanli compose`: a composite index from COINr's two tables, or from a definition that ships.

public import ArgumentParser
public import CompositeIndex
import Dispatch
import Interchange
import ReportRendering
import ResultRecord
import Synchronization

struct ComposeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compose",
        abstract: "Compute a composite index from tables of indicators.",
        discussion: """
            The tables are those of COINr: iData has a row per unit (uCode, uName, Time in a panel, then indicator, group
            and denominator columns), iMeta a row per column and aggregate. docs/composite-index.md has every method.

            Examples:
              suanli compose --data iData.csv --meta iMeta.csv --normalise minmax:0,100 --aggregate arithmetic
              suanli compose --data iData.csv --meta iMeta.csv --impute group-mean:Region --treat winsorise:5 \\
                  --normalise minmax:1,100 --aggregate-level 3=geometric --robustness --format json
              suanli compose --data cities.csv --definition caict-shaped
            """)

    @Option(help: ArgumentHelp("The data: COINr's iData.", valueName: "file"))
    var data: String

    @Option(help: ArgumentHelp("The metadata: COINr's iMeta.", valueName: "file"))
    var meta: String?

    @Option(help: "A definition that ships instead of metadata: caict-shaped.")
    var definition: ShippedDefinition?

    @Flag(help: "Divide indicators by the denominators that the metadata names.")
    var denominate = false

    @Option(help: ArgumentHelp("Fill missing cells: \(MethodNames.imputations).", valueName: "method"))
    var impute = "none"

    @Option(help: ArgumentHelp("Leave out units with a smaller share of their data.", valueName: "share"))
    var screen: Double?

    @Option(help: ArgumentHelp("Treat outliers: \(MethodNames.treatments).", valueName: "method"))
    var treat = "none"

    @Option(
        help: ArgumentHelp(
            "Bring indicators to one scale: \(MethodNames.normalisations). Unless given: goalposts where every indicator "
                + "has them, else minmax:1,100.", valueName: "method"))
    var normalise: String?

    @Option(help: ArgumentHelp("The same for one indicator; may be repeated.", valueName: "code=method"))
    var normaliseIndicator: [TagArgument] = []

    @Option(help: ArgumentHelp("Weights: \(MethodNames.weightings).", valueName: "method"))
    var weights = "given"

    @Option(
        help: ArgumentHelp(
            "Aggregate at every level: \(MethodNames.aggregations). Unless given: geometric at the top, arithmetic below; "
                + "with bod arithmetic.", valueName: "method"))
    var aggregate: String?

    @Option(
        help: ArgumentHelp("The same for one level, 2 being the lowest; may be repeated.", valueName: "level=method"))
    var aggregateLevel: [TagArgument] = []

    @Option(help: ArgumentHelp("Share of an aggregate's weight that must be present.", valueName: "share"))
    var availability = 2.0 / 3

    @Option(
        help: ArgumentHelp(
            "Print what a stage left instead of the index: "
                + Stage.allCases.map(\.rawValue).joined(separator: ", ") + ".", valueName: "stage"))
    var stage: Stage?

    @Flag(help: "Add each part's contribution to its aggregate.")
    var decompose = false

    @Flag(help: "Vary normalisation, weights, aggregation and imputation, and tell what that does to the ranks.")
    var robustness = false

    @Option(help: ArgumentHelp("Base points of the robustness analysis.", valueName: "count"))
    var samples = 256

    @Option(help: ArgumentHelp("Seed of the robustness analysis.", valueName: "number"))
    var seed = SeedArgument(argument: "1")!

    @Option(help: "text, csv or json.")
    var format = TableFormat.text

    func validate() throws {
        if (meta == nil) == (definition == nil) { throw ValidationError("Give either --meta or --definition.") }
        if stage != nil, robustness || decompose {
            throw ValidationError("--stage prints one table; leave out --robustness and --decompose.")
        }
    }

    func run() throws {
        do {
            try compose()
        } catch let error as TableError {
            throw ComposeError(what: error.description, nextStep: "Correct the table.")
        } catch let error as CompositeError {
            throw ComposeError(what: error.description, nextStep: "Change the options or the tables.")
        }
    }

    private func compose() throws {
        let (metadata, shipped) = try metadata()
        for column in metadata.ignoredColumns { Console.warning("\(meta ?? ""): the column \(column) is ignored") }
        let input = try metadata.data(bytes(data), file: data)
        let chosen = CompositeDefinition(tree: metadata.tree, method: try method(for: metadata.tree, from: shipped))
        let sha256 = Digest.sha256(chosen.canonicalText.utf8)
        let result = try chosen.result(for: input)
        for indicator in result.unscored {
            Console.warning("\(indicator.code) takes no part: it is \(indicator.reason.text)")
        }
        if let stage {
            let report = CompositeReport(result: result, definitionSHA256: sha256)
            switch format {
            case .text: Console.data(CompositeText.render(stage, of: report, data: input))
            case .csv: Console.data(CompositeCSV.render(stage, of: report, data: input))
            case .json: Console.data(try CompositeJSON.render(stage, of: report, data: input))
            }
            return
        }
        var analysis: (plan: RobustnessPlan, result: RobustnessResult)?
        if robustness {
            var plan = RobustnessPlan(alternativesTo: chosen, for: input)
            plan.samples = samples
            plan.seed = UInt64(seed.seed)
            analysis = (plan, try Self.wait { [plan] in try await chosen.robustness(for: input, plan: plan) })
        }
        let report = CompositeReport(
            result: result, definitionSHA256: sha256, robustness: analysis?.result, plan: analysis?.plan,
            decomposes: decompose)
        switch format {
        case .text: Console.data(CompositeText.render(report))
        case .csv: Console.data(CompositeCSV.render(report))
        case .json: Console.data(try CompositeJSON.render(report))
        }
    }

    private func metadata() throws -> (COINrMeta, CompositeDefinition?) {
        if definition != nil {
            let shipped = try CompositeDefinition.caictShaped
            return (COINrMeta(tree: shipped.tree), shipped)
        }
        let file = meta ?? ""
        return (try COINrMeta(bytes(file), file: file), nil)
    }

    private func method(for tree: IndicatorTree, from shipped: CompositeDefinition?) throws -> CompositeMethod {
        var method = shipped?.method ?? CompositeMethod()
        method.denominates = denominate
        method.imputation = try MethodNames.imputation(impute)
        method.screening = screen
        method.treatment = try MethodNames.treatment(treat)
        if let normalise {
            method.normalisation = try MethodNames.normalisation(normalise)
            method.normalisationByIndicator = [:]
        } else if !tree.indicators.allSatisfy({ $0.goalposts != nil }) {
            method.normalisation = .minMax(lower: 1, upper: 100)
        }
        for assignment in normaliseIndicator {
            method.normalisationByIndicator[assignment.key] = try MethodNames.normalisation(assignment.value)
        }
        if weights.hasPrefix("ahp:") {
            let file = String(weights.dropFirst("ahp:".count))
            method.weighting = .analyticHierarchy(try PairComparisonTable.read(bytes(file), file: file))
        } else {
            method.weighting = try MethodNames.weighting(weights)
        }
        if let aggregate {
            method.aggregation = try MethodNames.aggregation(aggregate)
        } else if method.weighting == .benefitOfTheDoubt {
            method.aggregation = .arithmetic
        }
        for assignment in aggregateLevel {
            guard let level = Int(assignment.key) else {
                throw CompositeError.badParameter(
                    method: "aggregate-level", value: assignment.key, allowed: "a level, as in 3=geometric")
            }
            method.aggregationByLevel[level] = try MethodNames.aggregation(assignment.value)
        }
        method.dataAvailability = availability
        return method
    }

    private func bytes(_ path: String) throws -> [UInt8] {
        do {
            return try RecordFile.bytes(path)
        } catch let error as RecordError {
            throw ComposeError(what: error.what, nextStep: "Check the path.")
        }
    }

    /// Runs `body` on the other threads and waits; the command itself has nothing else to do.
    private static func wait<Value: Sendable>(for body: @Sendable @escaping () async throws -> Value) throws -> Value {
        let outcome = Outcome<Value>()
        let done = DispatchSemaphore(value: 0)
        Task {
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            outcome.result.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = outcome.result.withLock({ $0 }) else { throw ComposeError.interrupted }
        return try result.get()
    }

    /// Where the one task leaves what the command waits for.
    private final class Outcome<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }
}

enum ShippedDefinition: String, ExpressibleByArgument, CaseIterable {
    case caictShaped = "caict-shaped"
}

enum TableFormat: String, ExpressibleByArgument, CaseIterable {
    case text, csv, json
}

extension Stage: ExpressibleByArgument {}

/// Tables, options or both give no index.
struct ComposeError: UserFacingError {
    let what: String
    let nextStep: String
    var exitStatus: ExitStatus { .usage }

    static let interrupted = ComposeError(
        what: "the robustness analysis ended without a result", nextStep: "Try again.")
}
