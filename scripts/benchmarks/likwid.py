# likwid.py: runs likwid-bench for a chosen time on a chosen number of threads, and reads its rates.

import re

from bench import Missing


def stride(record):
    """Logical CPUs per core: likwid lists the threads of a core next to each other."""
    topology = record["topology"]
    return max(1, topology["threads"] // topology["cores"])


class Likwid:
    def __init__(self, bench):
        self.bench = bench
        self.program = bench.tool("likwid-bench", "likwid")
        listed = bench.call(self.program, "-a", show=False)
        self.tests = {line.split(" - ")[0] for line in listed.splitlines() if " - " in line}

    def prepare(self, test, size, threads, stride, seconds):
        """The words of a call that takes about `seconds`; `size` is in bytes over all vectors and threads."""
        if test not in self.tests:
            raise Missing(f"this likwid-bench has no test {test}")
        place = f"N:{size}B:{threads}" + (f":1:{stride}" if stride > 1 else "")
        words = [self.program, "-t", test, "-W", place]
        # Doubles its iterations until they take a second.
        trial = self._run([*words, "-s", "1"], show=False)
        iterations = max(threads, round(trial["Iterations"] * seconds / trial["Time"]))
        return [*words, "-i", str(iterations // threads)]

    def flops(self, words):
        return self._run(words)["MFlops/s"] * 1e6

    def bytes_per_second(self, words):
        return self._run(words)["MByte/s"] * 1e6

    def _run(self, words, show=True):
        # glibc then asks for 2 MiB pages, as suanli does.
        text = self.bench.call(*words, show=show, GLIBC_TUNABLES="glibc.malloc.hugetlb=1")
        return {key: float(value) for key, value in re.findall(r"^([\w/]+):\s+([\d.e+-]+)", text, re.MULTILINE)}
