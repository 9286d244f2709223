# harness.py: runs the built suanli command and reads the records it writes.

import json
import os
import pathlib
import re
import subprocess
import time

#: They change how many threads a library starts with; no side shall depend on the caller's.
THREAD_VARIABLES = (
    "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")


class Missing(Exception):
    """A part, or a side of one, cannot run; the text says why and what to do."""


def environment(**further):
    kept = {name: value for name, value in os.environ.items() if name not in THREAD_VARIABLES}
    return {**kept, **further}


class Harness:
    """One suanli command, a directory for what it writes, and the records read so far."""

    def __init__(self, command, directory):
        self.command = str(command)
        self.directory = pathlib.Path(directory)
        self.records = []

    def run(self, *arguments, submit=False, accepted=(0,), variables=None):
        """Runs `suanli run` and returns (record, wall seconds); raises Missing when it fails."""
        output = self.directory / f"record-{len(self.records)}.json"
        call = [self.command, "run", *arguments, "--format", "json", "--output", str(output)]
        call += ["--store", str(self.directory / "index.sqlite")] if submit else ["--no-submit"]
        start = time.perf_counter()
        done = subprocess.run(
            call, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment(**(variables or {})))
        seconds = time.perf_counter() - start
        if done.returncode not in accepted or not output.exists():
            raise Missing(f"`{' '.join(call)}` ended with status {done.returncode}: {done.stderr.strip()[-400:]}")
        record = json.loads(output.read_text())
        self.records.append(record)
        return record, seconds

    def runnable(self):
        """The full names of all that can be measured here. `suanli list` has the scopes of a kernel in one row."""
        done = subprocess.run([self.command, "list"], capture_output=True, text=True, check=True, env=environment())
        rows = [re.split(r"\s{2,}", line, maxsplit=2) for line in done.stdout.splitlines()[1:]]
        return [
            f"{row[0]}/{scope.rstrip('*')}"
            for row in rows
            if len(row) > 1 and not row[1].startswith("no")
            for scope in row[1].split()
        ]


def measured(record):
    """The entries that have a rate, by (name, n)."""
    return {
        (entry["name"], entry["params"]["n"]): entry
        for entry in record["results"]
        if entry["status"] == "ok" and entry["rate"]
    }


def cpu_numbers(text):
    """CPUs of a record's list: "0-2,5" is [0, 1, 2, 5]."""
    numbers = []
    for part in text.split(","):
        first, _, last = part.partition("-")
        numbers += range(int(first), int(last or first) + 1)
    return numbers
