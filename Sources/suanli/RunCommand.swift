// RunCommand.swift: `suanli run`: its options, and the order of its steps. Each step's work is in its module.

import ArgumentParser
import CapacityIndex
import Glibc
import Measurement
import ReportRendering
import ResultRecord

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure this node, write the record, and add it to the index.",
        discussion: """
            Results are named <kernel>/<dtype>/<variant>/<scope>, for example fma/f64/avx2/core,
            gemm/f64/openblas/node, stream-triad/f64/avx2-nt/node, lu/f64/openblas/node; latency/dram/core has no
            type. --filter chooses among the default variants and those that it names; if none of those match, among
            all variants that can run here (suanli list).

            Examples:
              suanli run --quick
              suanli run --filter '^gemm/f32' --threads 1 --no-submit
              suanli run --filter '^gemm/f64/.*/core' --blas libopenblas.so.0 --blas /opt/blis/libblis.so
              suanli run --filter '^(stream|latency)' --working-set l2,dram
              suanli run --filter '^lu/' --n 8000
              suanli run --site hamburg-2 --region eu-north --tag rack=b7
              suanli run --like results/zen3-64c/20260101T000000Z-n01-1f2e3d4c.json
            """)

    @Flag(help: "Up to 15 s on a small node: enough for the index, wider intervals.")
    var quick = false

    @Flag(help: "All variants and larger matrices, up to ten minutes.")
    var thorough = false

    @Option(help: ArgumentHelp("Measure what matches this regular expression.", valueName: "regex"))
    var filter: String?

    @Option(help: ArgumentHelp("Leave out what matches this regular expression.", valueName: "regex"))
    var skip: String?

    @Option(help: "Threads of scope node (default: one per physical core that we may use).")
    var threads: Int?

    @Option(help: ArgumentHelp("Measure on these CPUs only, for example 0-3,8.", valueName: "list"))
    var cpus: CPUListArgument?

    @Option(help: "Measure on the CPUs and memory of this NUMA node only.")
    var numa: Int?

    @Option(
        help: ArgumentHelp(
            "A CBLAS library to use instead of the system's OpenBLAS; several are measured in turn and compared.",
            valueName: "path"))
    var blas: [String] = []

    @Option(
        name: .customLong("n"),
        help: ArgumentHelp("Orders of the matrices, for example 1000,2000 (default: by tier).", valueName: "list"))
    var orders: OrdersArgument?

    @Option(
        help: ArgumentHelp(
            "Where streams and chains of loads go: of l1, l2, l3, dram (default: by tier).", valueName: "list"))
    var workingSet: LevelsArgument?

    @Option(
        help: ArgumentHelp(
            "Surveys of the machine: per-core, numa, both, or none (default: by tier).", valueName: "list"))
    var map: MapsArgument?

    @Option(name: .customLong("class"), help: "What the node counts as: general, intelligent or super.")
    var computeClass = ComputeClass.general

    @Option(help: "The site the node belongs to.")
    var site: PlaceArgument?

    @Option(help: "The region the site belongs to.")
    var region: PlaceArgument?

    @Option(name: .customLong("tag"), help: ArgumentHelp("A note kept in the record; repeatable.", valueName: "k=v"))
    var tags: [TagArgument] = []

    @Option(help: "0 … 2^53 − 1: same seed, same data and same checks (default: random).")
    var seed: SeedArgument?

    @Option(
        help: ArgumentHelp(
            "Measure as this record's run did: its options and its seed; what is different now is said.",
            valueName: "record"))
    var like: String?

    @Option(help: ArgumentHelp("Time for the whole run: 90, 90s, 2m.", valueName: "time"))
    var duration: DurationArgument?

    @Option(help: ArgumentHelp("Where the record goes (default: results/<machine-class>/…json).", valueName: "file"))
    var output: String?

    @Option(help: ArgumentHelp("The index store (default: $XDG_DATA_HOME/suanli/index.sqlite).", valueName: "path"))
    var store: String?

    @Flag(help: "Write the record only.")
    var noSubmit = false

    @Option(help: "What stdout shows: text, or json for the record itself.")
    var format = OutputFormat.text

    @Flag(help: "Show the plan and stop.")
    var dryRun = false

    func validate() throws {
        if quick && thorough { throw ValidationError("--quick and --thorough exclude each other.") }
        let choices: [(String, Bool)] = [
            ("--quick", quick), ("--thorough", thorough), ("--filter", filter != nil), ("--skip", skip != nil),
            ("--threads", threads != nil), ("--cpus", cpus != nil), ("--numa", numa != nil), ("--blas", !blas.isEmpty),
            ("--n", orders != nil), ("--working-set", workingSet != nil), ("--map", map != nil),
            ("--seed", seed != nil), ("--duration", duration != nil), ("--site", site != nil),
            ("--region", region != nil), ("--tag", !tags.isEmpty), ("--class", computeClass != .general),
        ]
        if like != nil, let choice = choices.first(where: \.1)?.0 {
            throw ValidationError("--like takes the options of the record; \(choice) would change them.")
        }
        if let duplicate = Dictionary(grouping: tags, by: \.key).first(where: { $0.value.count > 1 }) {
            throw ValidationError("--tag \(duplicate.key) is given \(duplicate.value.count) times.")
        }
    }

    func run() throws {
        guard ToolIdentity.isOptimized else { throw UnoptimizedBuild() }
        let repetition = try like.map { try Repetition($0) }
        let session = try RunSession(try repetition?.command(delivery: self) ?? self)
        for difference in try repetition?.differences(from: session) ?? [] { Console.warning(difference) }
        if dryRun {
            Console.data(PlanText.render(session.plan))
            return
        }
        let delivery = try RecordDelivery(
            output: output, machineClass: session.machine.machineClass, runID: session.runID,
            nodeName: session.machine.host.name, startedAt: session.startedAt,
            store: noSubmit ? nil : try StoreOption.path(store),
            coversMix: session.coversMix)
        for note in session.plan.notes { Console.warning(note) }
        let record = try session.measure(arguments: repetition?.arguments ?? CommandLine.arguments)
        let sealed = try SealedRecord(sealing: record)
        let outcome = delivery.deliver(sealed)
        switch format {
        case .text:
            Console.data(
                RunText.render(outcome.record.record, findings: try session.findings(record)) + "\n" + outcome.text)
        case .json:
            Console.data(outcome.record.canonicalJSON + "\n")
            _ = Console.write(outcome.text, to: STDERR_FILENO)
        }
        if let signal = record.interruptedBySignal { Glibc.exit(128 + Int32(signal)) }
        // A wrong figure weighs more than one that was not delivered.
        if record.results.contains(where: { $0.status == .failed }) {
            Glibc.exit(ExitStatus.measurementFailed.rawValue)
        }
        if let failure = outcome.failure { Glibc.exit(failure.rawValue) }
    }

    var request: MeasurementRequest {
        var request = MeasurementRequest()
        request.tier = quick ? .quick : thorough ? .thorough : .standard
        request.filter = filter
        request.skip = skip
        request.threads = threads
        request.cpus = cpus?.cpus
        request.numaNode = numa
        request.orders = orders?.orders
        request.levels = workingSet?.levels
        request.maps = map?.maps
        request.duration = duration?.seconds
        request.seed = seed?.seed ?? Int.random(in: 0..<1 << 53)
        return request
    }
}
