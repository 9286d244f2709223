# fma_bench.py: the multiply-add kernels against likwid-bench's peakflops, and their best slice against the stated peak.
# The peak stands in the same record as the slices: the clock is probed around them, so there is nothing to interleave.

import harness
import likwid
import statistics_of_pairs as stats
from bench import giga

#: Result names and the tests of likwid-bench with the same instructions.
TESTS = {
    f"fma/{dtype}/{variant}/{scope}": f"peakflops_{prefix}{suffix}"
    for variant, suffix in (("avx2", "avx_fma"), ("avx512", "avx512_fma"))
    for dtype, prefix in (("f64", ""), ("f32", "sp_"))
    for scope in ("core", "node")
}
SECONDS, SECONDS_PER_PAIR = 20, 13
#: Seconds of one run of likwid-bench: about what the harness measures with --quick.
DURATION = 0.4
#: Its vectors stay in the first-level cache.
BYTES_PER_THREAD = 16_000


def run(bench):
    names = bench.runnable(TESTS)
    other = likwid.Likwid(bench)
    last, calls = {}, {}

    def ours(name):
        record = bench.measure("--quick", "--filter", f"^{name}$")
        last[name] = entry = harness.measured(record)[name, None]
        if name not in calls:
            threads = entry["params"]["threads"]
            calls[name] = other.prepare(
                TESTS[name], BYTES_PER_THREAD * threads, threads, likwid.stride(record), DURATION)
        return entry

    for name in names:
        ours(name)
    found = stats.interleave(
        bench.pairs, names, ours, lambda name: other.flops(calls[name]), bench.note)
    return bench.section(table(found))


def table(found):
    lines = [
        f"| result | threads | suanli, GFLOPS | likwid-bench, GFLOPS | suanli / likwid: {stats.RATIO_HEADS} "
        "| best slice / stated peak, median | lowest to highest | best slice of all, GFLOPS "
        "| best run of likwid-bench |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, pairs in found.items():
        ours = [entry for entry, _ in pairs]
        shares = [entry["burst_fraction_of_peak"] for entry in ours if entry["burst_fraction_of_peak"]]
        against_peak = (
            f"**{stats.median(shares):.4f}** | {min(shares):.4f} to {max(shares):.4f}"
            if shares else "the peak of this core is not known | –")
        ratios = stats.ratio_columns([entry["rate"] / rate for entry, rate in pairs])
        lines.append(
            f"| {name} | {ours[0]['params']['threads']} | {giga([entry['rate'] for entry in ours])} "
            f"| {giga([rate for _, rate in pairs])} | {ratios} | {against_peak} "
            f"| {max(entry['burst'] for entry in ours) / 1e9:.1f} | {max(rate for _, rate in pairs) / 1e9:.1f} |")
    lines += [
        "",
        "suanli and likwid-bench: all work over all time of a run, medians over the pairs. The stated peak is threads × "
        "FMA-only operations per cycle × the best clock of each CPU around the slices (`observed`).",
    ]
    return "\n".join(lines)
