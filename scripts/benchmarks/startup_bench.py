# startup_bench.py: seconds from starting the command to its end, as a user at a terminal waits for it.

import subprocess
import time

import harness
import statistics_of_pairs as stats

#: `true` is the floor: what starting any process costs here.
COMMANDS = {"true": None, "suanli --help": ["--help"], "suanli info": ["info"]}
SECONDS, SECONDS_PER_PAIR = 100, 0.1
STARTS_PER_PAIR = 2


def run(bench):
    found = starts(bench.suanli, STARTS_PER_PAIR * bench.pairs)
    return bench.section(table(found, whole_runs(bench)))


def starts(command, count):
    found = {name: [] for name in COMMANDS}
    for turn in range(count):
        # Forward and backward in turn, the pattern A B B A for three.
        for name in list(COMMANDS)[:: 1 if turn % 2 == 0 else -1]:
            arguments = COMMANDS[name]
            call = ["true"] if arguments is None else [command.command, *arguments]
            start = time.perf_counter()
            subprocess.run(call, stdout=subprocess.DEVNULL, check=True, env=harness.environment())
            found[name].append(time.perf_counter() - start)
    return found


def whole_runs(bench):
    """[(command line, wall seconds, measured seconds, results)] of a quick and a default run."""
    found = []
    for arguments in (["--quick"], []):
        line = " ".join(["suanli run", *arguments])
        bench.note(line)
        # 8: measured, but not submitted, when a gate refuses a noisy run; its time is as good.
        record, seconds = bench.suanli.run(*arguments, submit=True, accepted=(0, 8))
        found.append((line, seconds, record["duration_seconds"], len(harness.measured(record))))
        bench.show("suanli", "run", *arguments)
    return found


def table(found, runs):
    lines = ["| command | runs | median, ms | 90th percentile, ms | fastest, ms |", "|---|---|---|---|---|"]
    for name, seconds in found.items():
        lines.append(
            f"| `{name}` | {len(seconds)} | **{stats.median(seconds) * 1e3:.1f}** "
            f"| {stats.percentile(seconds, 0.9) * 1e3:.1f} | {min(seconds) * 1e3:.1f} |")
    lines += ["", "| command | wall, s | `duration_seconds`, s | results |", "|---|---|---|---|"]
    lines += [f"| `{line}` | {wall:.1f} | {inner:.1f} | {results} |" for line, wall, inner, results in runs]
    return "\n".join(lines)
