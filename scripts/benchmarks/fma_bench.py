# fma_bench.py: the multiply-add kernels against likwid-bench's peakflops, and their best slice against the stated peak.
# The peak stands in the same record as the slices: the clock is probed around them, so there is nothing to interleave.

import harness
import likwid
import statistics_of_pairs as stats
from bench import Missing, giga

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
    try:
        other = likwid.Likwid(bench)
    except Missing as missing:
        # The peak can be compared with all the same.
        bench.leave_out(f"fma, the columns of likwid-bench: {missing}")
        other = None
    calls = {}

    def ours(name):
        record = bench.measure("--quick", "--filter", f"^{name}$")
        entry = harness.measured(record)[name, None]
        if other and name not in calls:
            threads = entry["params"]["threads"]
            calls[name] = other.prepare(
                TESTS[name], BYTES_PER_THREAD * threads, threads, likwid.stride(record), DURATION)
        return entry

    for name in names:
        ours(name)
    found = stats.interleave(
        bench.pairs, names, ours, lambda name: other.flops(calls[name]) if other else 0, bench.note)
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
        rates = [rate for _, rate in pairs if rate]
        ratios = stats.ratio_columns([entry["rate"] / rate for entry, rate in pairs if rate])
        best = f"{max(rates) / 1e9:.1f}" if rates else "–"
        lines.append(
            f"| {name} | {ours[0]['params']['threads']} | {giga([entry['rate'] for entry in ours])} "
            f"| {giga(rates)} | {ratios} | {against_peak} | {max(entry['burst'] for entry in ours) / 1e9:.1f} "
            f"| {best} |")
    lines += [
        "",
        "suanli and likwid-bench: all work over all time of a run, medians over the pairs. The stated peak is threads "
        "× FMA-only operations per cycle × the best clock of each CPU around the slices (`observed`).",
    ]
    return "\n".join(lines)
