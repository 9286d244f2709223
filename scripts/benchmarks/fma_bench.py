# fma_bench.py: the best slice of the fma kernels against cores × flop per cycle × clock.
# Both stand in the same record: the clock is probed around the slices, so there is nothing to interleave.

import harness
import statistics_of_pairs as stats

FILTER = "^fma/(f64|f32)/.*/(core|node)$"


def flop_per_cycle(entry, clock):
    """Per core, from the record's peak. It is a power of two, and the run's median clock is near enough to tell."""
    exact = entry["theoretical_peak"] / entry["params"]["threads"] / clock
    return min((2**power for power in range(1, 9)), key=lambda candidate: abs(candidate / exact - 1))


def measure(command, runs, note):
    found = {}
    for run in range(runs):
        note(f"fma: run {run + 1} of {runs}")
        record, _ = command.run("--quick", "--filter", FILTER)
        clock = (record["observed"]["freq_hz"] or {}).get("median")
        for (name, _), entry in harness.measured(record).items():
            found.setdefault(name, []).append((entry, clock))
    return found


def table(found):
    lines = [
        "| result | threads × flop/cycle | peak, GFLOPS | clock in it, GHz | burst, GFLOPS "
        "| burst / peak, median | min to max | sustained / peak, median | runs |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    clocks, bases = [], set()
    for name, runs in sorted(found.items()):
        with_peak = [(entry, clock) for entry, clock in runs if entry["burst_fraction_of_peak"] and clock]
        if not with_peak:
            lines.append(f"| {name} | the peak of this core is not known | – | – | – | – | – | – | {len(runs)} |")
            continue
        entries = [entry for entry, _ in with_peak]
        clocks += [clock for _, clock in with_peak]
        bases |= {entry["peak_basis"] for entry in entries}
        threads = entries[0]["params"]["threads"]
        per_cycle = flop_per_cycle(*with_peak[0])
        peak = stats.median([entry["theoretical_peak"] for entry in entries])
        burst = stats.median([entry["burst"] for entry in entries])
        share = [entry["burst_fraction_of_peak"] for entry in entries]
        sustained = stats.median([entry["fraction_of_peak"] for entry in entries])
        lines.append(
            f"| {name} | {threads} × {per_cycle} | {peak / 1e9:.1f} | {peak / threads / per_cycle / 1e9:.3f} "
            f"| {burst / 1e9:.1f} | **{stats.median(share):.4f}** | {min(share):.4f} to {max(share):.4f} "
            f"| {sustained:.3f} | {len(share)} |")
    if clocks:
        lines += [
            "",
            f"Peak basis: {', '.join(sorted(bases))}, that is threads × FMA-only flop per cycle × the best clock of "
            f"each CPU around the slices (chain of dependent additions). Median clock of a run (`observed.freq_hz`): "
            f"{stats.median(clocks) / 1e9:.3f} GHz, {min(clocks) / 1e9:.3f} to {max(clocks) / 1e9:.3f}.",
        ]
    return "\n".join(lines)
