# stream_bench.py: the bandwidth kernels on sets in main memory, against likwid-bench (stores past the caches) and
# against a plain STREAM loop (regular stores). All three count the bytes of the formula, as STREAM does.

import json

import harness
import likwid
import statistics_of_pairs as stats
from bench import Missing, giga

SCOPES = ("core", "node")
#: Kernels with stores past the caches, and likwid's tests with the same instructions.
LIKWID = {
    f"{kernel}/f64/{variant}-nt/{scope}": f"{test}{suffix}"
    for kernel, test, suffixes in (
        ("stream-triad", "stream_mem", {"avx2": "_avx_fma"}),
        ("stream-copy", "copy_mem", {"avx2": "_avx"}),
    )
    for variant, suffix in suffixes.items()
    for scope in SCOPES
}
PLAIN_KERNELS = ("stream-copy", "stream-scale", "stream-add", "stream-triad")
PLAIN_VARIANT = "avx2"
SECONDS, SECONDS_PER_PAIR = 20, 24
DURATION = 0.6


def run(bench):
    tables = []
    for measure in (against_likwid, against_plain):
        try:
            tables.append(measure(bench))
        except Missing as missing:
            bench.leave_out(str(missing))
    return bench.section(*tables)


def ours(bench, name):
    record = bench.measure("--filter", f"^{name}$", "--working-set", "dram")
    bench.report_unmeasured(record)
    entries = list(harness.measured(record).values())
    return (entries[0], record) if entries else None


def against_likwid(bench):
    names = bench.runnable(LIKWID)
    other = likwid.Likwid(bench)
    calls = {}
    for name in list(names):
        first = ours(bench, name)
        if first is None:
            raise Missing(f"{name} gave no rate")
        entry, record = first
        params = entry["params"]
        try:
            calls[name] = other.prepare(
                LIKWID[name], touched(name, params["bytes"]), params["threads"], likwid.stride(record), DURATION)
        except Missing as missing:
            bench.leave_out(f"{name}: {missing}")
            names.remove(name)
    found = stats.interleave(
        bench.pairs, names, lambda name: (ours(bench, name) or [None])[0],
        lambda name: other.bytes_per_second(calls[name]), bench.note)
    lines = head("likwid-bench")
    for name, pairs in found.items():
        lines.append(row(name, pairs, "rate", [rate for _, rate in pairs]))
    lines += ["", "All work over all time of a run, on both sides; medians over the pairs."]
    return "\n".join(lines)


def touched(name, size):
    """Bytes of the arrays that a pass touches; copy goes over two of three."""
    return size // 3 * 2 if name.startswith(("stream-copy", "stream-scale")) else size


def against_plain(bench):
    program = bench.compiled(
        "plain-stream.c", "-O3", "-march=native", "-fopenmp", "-fno-tree-loop-distribute-patterns",
        compilers=("gcc", "cc"))
    found = {}
    for scope in SCOPES:
        names = bench.runnable([f"{kernel}/f64/{PLAIN_VARIANT}/{scope}" for kernel in PLAIN_KERNELS])
        if not names:
            continue
        last = {}

        def all_kernels(scope):
            pattern = f"^stream-(copy|scale|add|triad)/f64/{PLAIN_VARIANT}/{scope}$"
            record = bench.measure("--filter", pattern, "--working-set", "dram")
            last["entries"] = {entry["name"]: entry for entry in harness.measured(record).values()}
            return last["entries"]

        def plain(scope):
            entry = next(iter(last["entries"].values()))
            cpus = harness.cpu_numbers(entry["params"]["cpus"])
            # As many passes, since the best of more is better.
            variables = {
                "OMP_NUM_THREADS": str(len(cpus)), "OMP_PROC_BIND": "true",
                "OMP_PLACES": ",".join(f"{{{cpu}}}" for cpu in cpus),
            }
            bench.show(program, entry["params"]["bytes"], "PASSES", **variables)
            return json.loads(bench.call(
                program, entry["params"]["bytes"], len(entry["samples"]), show=False, **variables))

        all_kernels(scope)
        for ours_, theirs in stats.interleave(bench.pairs, [scope], all_kernels, plain, bench.note)[scope]:
            for name in names:
                if name in ours_:
                    found.setdefault(name, []).append((ours_[name], theirs[name.split("/")[0]]))
    lines = head("plain loop")
    for name, pairs in found.items():
        lines.append(row(name, pairs, "burst", [theirs["best"] for _, theirs in pairs]))
    lines += ["", "The best pass of as many, on both sides, as STREAM reports; medians over the pairs."]
    return "\n".join(lines)


def head(other):
    return [
        f"| result | threads | set, MiB | suanli, GB/s | {other}, GB/s | suanli / {other}: {stats.RATIO_HEADS} |",
        "|---|---|---|---|---|---|---|---|",
    ]


def row(name, pairs, key, others):
    params = pairs[0][0]["params"]
    rates = [entry[key] for entry, _ in pairs]
    return (
        f"| {name} | {params['threads']} | {params['bytes'] / 2**20:.0f} | {giga(rates)} | {giga(others)} "
        f"| {stats.ratio_columns([rate / other for rate, other in zip(rates, others)])} |")
