# harness.py: runs the built suanli command and reads the records it writes.

import json
import os
import pathlib
import subprocess
import sys
import time

#: They change how many threads OpenBLAS starts with; neither side shall depend on the caller's.
THREAD_VARIABLES = ("OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "OMP_NUM_THREADS")


def environment():
    return {name: value for name, value in os.environ.items() if name not in THREAD_VARIABLES}


class Harness:
    """One suanli command, a directory for what it writes, and the records read so far."""

    def __init__(self, command, directory):
        self.command = str(command)
        self.directory = pathlib.Path(directory)
        self.records = []

    def run(self, *arguments, submit=False, accepted=(0,)):
        """Runs `suanli run` and returns (record, wall seconds). Ends the script when it fails."""
        output = self.directory / f"record-{len(self.records)}.json"
        call = [self.command, "run", *arguments, "--format", "json", "--output", str(output)]
        call += ["--store", str(self.directory / "index.sqlite")] if submit else ["--no-submit"]
        start = time.perf_counter()
        done = subprocess.run(
            call, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment())
        seconds = time.perf_counter() - start
        if done.returncode not in accepted or not output.exists():
            sys.exit(f"error: {' '.join(call)} ended with status {done.returncode}:\n{done.stderr}")
        record = json.loads(output.read_text())
        self.records.append(record)
        return record, seconds


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
