// Suanli.swift: the command's root, and how every error ends it.

import ArgumentParser
import Glibc
import ResultRecord

@main
struct Suanli: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "suanli",
        abstract: "Measures what this node's CPUs really deliver and adds it to an index of computing capacity.",
        discussion: """
            Examples:
              suanli run --quick                    measure, check, and add this node to the index
              suanli run --filter gemm/f64          only the products in double precision
              suanli screen                         whether all cores compute the same, bit for bit
              suanli info                           what this machine is, and what it may use
              suanli capacity record.json           what a record contributes, step by step
              suanli index --format json            totals by site and region

            Exit codes: 0 pass, 1 internal error, 3 wrong or failed measurement, 6 permission,
            8 not submitted (the record is kept), 64 usage, 128+n stopped by signal n.
            """,
        version: ToolIdentity.version,
        subcommands: [
            RunCommand.self, NoiseCommand.self, ScreenCommand.self, InfoCommand.self, ListCommand.self,
            SubmitCommand.self, CapacityCommand.self, IndexCommand.self, ComposeCommand.self, VersionCommand.self,
        ])

    static func main() {
        // A reader that closes the pipe early (head) is not worth a crash report.
        signal(SIGPIPE, SIG_DFL)
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch let error as any UserFacingError {
            Console.error(error)
            Glibc.exit(error.exitStatus.rawValue)
        } catch {
            exit(withError: error)
        }
    }
}

/// The two streams: data on stdout, everything else on stderr.
enum Console {
    static func data(_ text: String) {
        let code = write(text, to: STDOUT_FILENO)
        guard code != 0 else { return }
        error(OutputError(code: code))
        Glibc.exit(ExitStatus.submitFailed.rawValue)
    }

    static func message(_ text: String) { _ = write(text + "\n", to: STDERR_FILENO) }

    /// - Returns: 0, or errno. What stderr does not take is lost: there is nobody left to tell.
    static func write(_ text: String, to descriptor: Int32) -> Int32 {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                if errno == EINTR { continue }
                return errno
            }
            bytes = bytes.dropFirst(count)
        }
        return 0
    }

    static func warning(_ text: String) { message("warning: \(text)") }

    /// `error: what.` and, below it, what to do next.
    static func error(_ error: any UserFacingError) {
        message("error: \(error.what).\n       \(error.nextStep)")
    }

    static var isTerminal: Bool { isatty(STDERR_FILENO) == 1 }
}

/// stdout did not take the data: a full disk behind a redirection, most often.
struct OutputError: UserFacingError {
    let code: Int32
    var what: String { "cannot write the output: \(String(cString: strerror(code)))" }
    var nextStep: String { "Free some space or write elsewhere; records are also in the file named with --output." }
    var exitStatus: ExitStatus { .submitFailed }
}
