# bench.py: what all parts share: the command, tools of others, what was left out, and the text around a table.

import os
import pathlib
import shlex
import shutil
import subprocess
import sys

import harness
import machine
import statistics_of_pairs as stats
from harness import Missing

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
INSTALL = "scripts/install-dependencies benchmarks"


class Bench:
    """One session: options, the measured command, a temporary directory, and what is said about it all."""

    def __init__(self, options, command, directory):
        self.pairs = options.pairs
        self.options = options
        self.directory = pathlib.Path(directory)
        self.suanli = harness.Harness(command, directory)
        self.cache = pathlib.Path(os.environ.get("SUANLI_BENCH_CACHE") or "~/.cache/suanli-benchmarks").expanduser()
        #: Sentences, over all parts.
        self.left_out = []
        self.begin()

    def begin(self):
        """Starts a part: its conditions, commands and omissions."""
        self.watch = machine.Watch()
        self.load = os.getloadavg()
        self.first_record = len(self.suanli.records)
        self.commands = []
        self.remarks = []
        self.warnings = machine.disturbances(with_load=False)

    def note(self, text):
        print(text, file=sys.stderr, flush=True)

    def leave_out(self, text):
        self.note(f"left out: {text}")
        self.left_out.append(text)
        self.remarks.append(f"Left out: {text}")

    def show(self, *call, **variables):
        """Keeps a command line for the document, once, without this machine's paths."""
        words = [f"{name}={value}" for name, value in variables.items()]
        words += [shlex.quote(str(word)) for word in call]
        line = " ".join(words)
        for path, name in {
            self.suanli.command: "suanli", f"{self.directory}/": "", f"{ROOT}/": "", "/usr/bin/": "",
            str(pathlib.Path.home()): "~",
        }.items():
            line = line.replace(path, name)
        if line not in self.commands:
            self.commands.append(line)

    def measure(self, *arguments, shown=None, **options):
        """One `suanli run`; its record. `shown` stands for the arguments in the document."""
        self.show(self.suanli.command, "run", *(shown or arguments), "--no-submit", "--output", "FILE")
        return self.suanli.run(*arguments, **options)[0]

    def report_unmeasured(self, record):
        """Names what a record has no rate for, and why."""
        for entry in record["results"]:
            if entry["status"] != "ok":
                n = entry["params"]["n"]
                size = f" n = {n}" if n else ""
                self.leave_out(f"{entry['name']}{size}: {entry['status']}, {entry['status_reason']}")

    def call(self, *words, show=True, cwd=None, **variables):
        """A tool of others: its standard output."""
        words = [str(word) for word in words]
        if show:
            self.show(*words, **variables)
        done = subprocess.run(
            words, capture_output=True, text=True, cwd=cwd, env=harness.environment(**variables))
        if done.returncode != 0:
            raise Missing(f"`{' '.join(words)}` ended with status {done.returncode}: {done.stderr.strip()[-400:]}")
        return done.stdout

    def tool(self, name, package):
        path = shutil.which(name)
        if path is None:
            raise Missing(f"there is no {name}; run {INSTALL}, or install the package {package}")
        return path

    def compiled(self, source, *flags, compilers=("cc", "gcc", "clang"), further=(), libraries=()):
        """Builds one C program beside this file; returns the program."""
        compiler = next(filter(None, map(shutil.which, compilers)), None)
        if compiler is None:
            raise Missing(f"no C compiler was found ({', '.join(compilers)}); install gcc")
        program = self.directory / pathlib.Path(source).stem
        sources = [ROOT / "scripts" / "benchmarks" / source, *further]
        call = [compiler, *flags, "-o", program, *sources, *libraries]
        named = [sources[0], f"({len(further)} more)"] if further else sources
        self.show(compiler, *flags, "-o", program, *named, *libraries)
        done = subprocess.run([str(word) for word in call], capture_output=True, text=True)
        if done.returncode != 0:
            raise Missing(f"{source} does not compile:\n{done.stderr}")
        return program

    def runnable(self, names):
        """Those of `names` that can run here; the others are left out by name."""
        can = set(self.suanli.runnable())
        for name in names:
            if name not in can:
                self.leave_out(f"{name} cannot run here (suanli list says why)")
        return [name for name in names if name in can]

    def section(self, *tables):
        """A part's text: a warning if there is reason for one, conditions, tables, remarks and commands."""
        others, steal = self.watch.others(), self.watch.steal()
        warnings = [*self.warnings, *machine.disturbances(with_load=False)]
        if others > machine.QUIET_SHARE:
            warnings.append(f"other processes used {others:.0%} of a CPU during the part")
        lines = []
        if warnings:
            lines += ["> **WARNING: the machine was not quiet, so these figures are not to be relied on.**", ">"]
            lines += [f"> - {warning}" for warning in warnings] + [""]
        lines += [self.conditions(others, steal), ""]
        for table in tables:
            lines += [table, ""]
        for remark in self.remarks:
            lines += [remark, ""]
        lines += ["```", *self.commands, "```"]
        return "\n".join(lines)

    def conditions(self, others, steal):
        records = self.suanli.records[self.first_record :]
        facts = [machine.today(), machine.cpu_model()]
        if records:
            design, tool = records[0]["cpu"]["microarchitecture"], records[0]["tool"]
            facts[1] += f" ({design or 'unknown design'}, {records[0]['topology']['cores']} cores)"
            facts.append(f"suanli {(tool['git_commit'] or 'unknown')[:12]}, {tool['build_config']}")
        facts += [
            machine.kernel(), f"load before {self.load[0]:.2f}", f"others {others:.1%} of a CPU",
            f"steal {steal:.2%} of the CPU time", f"{self.pairs} pairs",
        ]
        return "Conditions: " + "; ".join(facts) + "."


def giga(values):
    """A median in 10⁹ of its unit."""
    return f"{stats.median(values) / 1e9:.1f}" if values else "–"
