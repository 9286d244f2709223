# sampler_bench.py: what measuring costs. Empty slices say it to the nanosecond; two plain C loops, over the same FMA
# kernel and over the same library, say whether anything else is lost.

import json
import shutil
import subprocess

import harness
import library_loop
import statistics_of_pairs as stats
from bench import ROOT, Missing, giga

KERNELS = tuple(f"fma/{dtype}/{variant}/core" for variant in ("avx512", "avx2", "neon") for dtype in ("f64", "f32"))
SECONDS, SECONDS_PER_PAIR = 30, 20


def run(bench):
    tables = []
    for measure in (empty_slices, kernel_loop, lambda bench: library_loop.table(library_loop.measure(bench))):
        try:
            tables.append(measure(bench))
        except Missing as missing:
            bench.leave_out(str(missing))
    return bench.section(*tables)


def empty_slices(bench):
    """From the package in Benchmarks/, which is not built here: that takes minutes."""
    if not (ROOT / "Benchmarks" / ".build").exists():
        raise Missing("the slices around an empty kernel: their package is not built; run make bench first")
    folder = bench.directory / "empty-slices"
    folder.mkdir()
    call = [
        shutil.which("swift") or "swift", "package", "--package-path", str(ROOT / "Benchmarks"),
        "--allow-writing-to-directory", str(folder), "benchmark", "--filter", "EmptySlices.*", "--no-progress",
        "--format", "metricP90AbsoluteThresholds", "--path", str(folder),
    ]
    bench.show("swift", "package", "--package-path", "Benchmarks", "benchmark", "--filter", "EmptySlices.*")
    done = subprocess.run(call, capture_output=True, text=True)
    files = sorted(folder.glob("*EmptySlices*.json"))
    if not files:
        raise Missing(f"the slices around an empty kernel: {(done.stderr or done.stdout).strip()[-300:]}")
    lines = [
        "| threads | time beside the kernel in a slice, share of 0.25 ms | from one slice to the next, µs "
        "| allocations |",
        "|---|---|---|---|",
    ]
    for file in files:
        values = {key.split(" (")[0]: value for key, value in json.loads(file.read_text()).items()}
        threads = file.name.split("EmptySlices-")[1].split(".")[0]
        lines.append(
            f"| {threads} | **{values['Share of a slice'] / 1e4:.3f} %** | {values['Whole empty slice'] / 1e3:.2f} "
            f"| {values['Allocations']} |")
    lines += ["", "90th percentiles of 100 series of 1000 slices around 0 iterations."]
    return "\n".join(lines)


def kernel_loop(bench):
    can = set(bench.suanli.runnable())
    names = [name for name in KERNELS if name in can]
    if not names:
        raise Missing("the FMA loop: none of the fused kernels runs here")
    folder = ROOT / "Sources" / "CKernels"
    program = bench.compiled(
        "plain-fma-loop.c", "-O2", "-std=gnu11", "-I", folder / "include",
        further=sorted(folder.rglob("*.c")), libraries=["-lm"])
    last = {}

    def ours(name):
        last[name] = harness.measured(bench.measure("--quick", "--filter", f"^{name}$"))[name, None]
        return last[name]

    def plain(name):
        entry = last[name]
        _, dtype, variant, _ = name.split("/")
        cpu = entry["params"]["cpus"]
        bench.show(program, dtype, variant, "ITERATIONS", "SLICES", cpu)
        return json.loads(bench.call(
            program, dtype, variant, entry["iterations_per_sample"], len(entry["samples"]), cpu, show=False))

    for name in names:
        ours(name)
    found = stats.interleave(bench.pairs, names, ours, plain, bench.note)
    lines = [
        f"| result | median slice: suanli, GFLOPS | plain loop, GFLOPS | suanli / plain: {stats.RATIO_HEADS} "
        "| best slice: suanli / plain |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, pairs in found.items():
        ratios = stats.ratio_columns([a["stats"]["median"] / b["median"] for a, b in pairs])
        best = stats.median([a["burst"] / b["best"] for a, b in pairs])
        lines.append(
            f"| {name} | {giga([a['stats']['median'] for a, _ in pairs])} | {giga([b['median'] for _, b in pairs])} "
            f"| {ratios} | {best:.4f} |")
    lines += ["", "As many slices of as many iterations on the same CPU; medians over the pairs."]
    return "\n".join(lines)
