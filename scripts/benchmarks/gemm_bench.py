# gemm_bench.py: our own matrix product against BLAS libraries, product by product in one run of suanli.
# The run takes one product of each in turn (a round), so that every minute meets all of them; ratios are formed within
# the rounds. Shares are of the multiply-add peak at the clock seen behind each product, the record's check stated-peak.

import pathlib
import subprocess
import sys

import harness
import statistics_of_pairs as stats
from bench import INSTALL, Missing

ORDERS = (64, 97, 128, 192, 256, 1024, 2048, 4096)
DTYPES = ("f64", "f32")
SCOPES = ("core", "node")
SECONDS, SECONDS_PER_PAIR = 150, 33
#: Where Debian has them; the first that is there is taken.
LIBRARIES = {
    "OpenBLAS": (
        "libopenblas0-pthread", ("*/openblas-pthread/libopenblasp-r*.so", "*/openblas-pthread/libopenblas.so.0")),
    "BLIS": ("libblis4-openmp", ("*/blis-openmp/libblis.so.4", "*/blis-pthread/libblis.so.4")),
}
MKL = "mkl"
#: With --prefix and not --target, which leaves out what a wheel puts into lib/.
PIP = ("-m", "pip", "install", "--quiet", "--ignore-installed")
#: Verdicts in a sentence.
PHRASES = {"ahead": "ahead of", "level": "level with", "behind": "behind", "open": "compared with too few rounds to"}


def installed(bench):
    """{name: path} of the libraries that are here, OpenBLAS first."""
    found = {}
    for name, (package, patterns) in LIBRARIES.items():
        paths = [path for pattern in patterns for path in sorted(pathlib.Path("/usr/lib").glob(pattern))]
        if paths:
            found[name] = paths[0]
        else:
            bench.leave_out(f"{name}: it is not installed; run {INSTALL}, or install the package {package}")
    try:
        found["MKL"] = mkl(bench)
    except Missing as missing:
        bench.leave_out(str(missing))
    return found


def mkl(bench):
    """MKL from PyPI, in the cache; fetched once, 220 MB."""
    folder = bench.cache / MKL
    libraries = sorted(folder.glob("lib/libmkl_rt.so.*"))
    if not libraries:
        bench.note(f"fetching {MKL} from PyPI into {folder}")
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            [sys.executable, *PIP, "--prefix", str(folder), MKL],
            capture_output=True, text=True)
        libraries = sorted(folder.glob("lib/libmkl_rt.so.*"))
        if not libraries:
            reason = done.stderr.strip()[-300:] or "it brought no libmkl_rt"
            raise Missing(f"MKL: python3 {' '.join(PIP)} --prefix {folder} {MKL} failed: {reason}")
    return libraries[0]


def run(bench):
    libraries = installed(bench)
    orders = bench.options.n or ORDERS
    # MKL opens its threads' library by name.
    variables = {"LD_LIBRARY_PATH": str(libraries["MKL"].parent)} if "MKL" in libraries else {}
    choice = [word for path in libraries.values() for word in ("--blas", str(path))]
    found = {}
    for scope in SCOPES:
        for dtype in DTYPES:
            bench.note(f"gemm: {dtype}, {scope}")
            fma = fma_rate(bench, dtype, scope)
            for n in orders:
                bench.note(f"n = {n}")
                what = [*choice, "--filter", f"^gemm/{dtype}/.*/{scope}$"]
                time = duration(n, fma, len(libraries) + 1, bench.pairs)
                record = bench.measure(
                    *what, "--n", str(n), "--duration", f"{time:.0f}s", variables=variables,
                    shown=["--blas", "LIBRARY", "…", *what[-2:], "--n", "N", "--duration", "TIME"])
                bench.report_unmeasured(record)
                for (name, _), entry in harness.measured(record).items():
                    found[dtype, scope, n, contender(name)] = entry
    bench.remarks.append("Libraries: " + ", ".join(f"{name} `{path}`" for name, path in shown(libraries)) + ".")
    return bench.section(*tables(found))


def shown(libraries):
    """Without the user's name in the path of the cache."""
    home = str(pathlib.Path.home())
    return [(name, str(path).replace(home, "~")) for name, path in libraries.items()]


def duration(n, fma, contenders, rounds):
    """Time for a run that gets that many rounds of products at three quarters of the FMA rate.

    The planner takes five products and a second of each contender at the least, and promises half of what time is left
    to them (docs/sampling.md).
    """
    product = 2 * n**3 / (0.75 * fma)
    return 2 + contenders * (max(6 * product, 1 + product) + 2 * max(0, rounds - 5) * product)


def fma_rate(bench, dtype, scope):
    """The median slice of the best FMA kernel, FLOPS: what a product's time is estimated from."""
    record = bench.measure("--quick", "--filter", f"^fma/{dtype}/[^/]*/{scope}$", "--skip", "mix/")
    return max(entry["stats"]["median"] for entry in harness.measured(record).values())


def contender(name):
    """The third part of a result's name: openblas, blis, mkl, simd-avx512."""
    return name.split("/")[2]


def is_own(name):
    return name.startswith("simd-")


def ratios_in_rounds(own, other):
    """own / other of each round that both have: work over time, as a round may hold several samples."""
    mine, theirs = rates_by_round(own), rates_by_round(other)
    return [mine[number] / theirs[number] for number in sorted(mine) if number in theirs]


def rates_by_round(entry):
    """Each round's harmonic mean: all samples of an entry do the same work."""
    values = {}
    for sample in entry["samples"]:
        values.setdefault(sample["round"], []).append(sample["value"])
    return {number: len(rates) / sum(1 / rate for rate in rates) for number, rates in values.items()}


def tables(found):
    others = sorted({name for *_, name in found if not is_own(name)}, key="openblas blis mkl".split().index)
    own = sorted({name for *_, name in found if is_own(name)})
    if not own or not others:
        raise Missing("gemm: there is nothing to compare: " + ("no library" if own else "no product of our own"))
    for scope in SCOPES:
        for dtype in DTYPES:
            verdicts = {}
            lines = [
                f"gemm/{dtype}, {scope}, GFLOPS (share of the multiply-add peak at the clock seen):",
                "",
                "| n | " + " | ".join([*own, *others]) + " | "
                + " | ".join(f"{name} / {other}" for name in own for other in others) + " | rounds |",
                "|" + "---|" * (2 + len(own) + len(others) + len(own) * len(others)),
            ]
            for n in sorted({n for d, s, n, _ in found if (d, s) == (dtype, scope)}):
                entries = {name: found.get((dtype, scope, n, name)) for name in [*own, *others]}
                cells = [cell(entry) for entry in entries.values()]
                compared, counts = [], []
                for name in own:
                    for other in others:
                        both = entries[name] and entries[other]
                        ratios = ratios_in_rounds(entries[name], entries[other]) if both else []
                        counts.append(len(ratios))
                        compared.append(ratio(ratios))
                        if ratios:
                            verdicts.setdefault((name, other, stats.verdict(ratios)), []).append(n)
                lines.append(f"| {n} | " + " | ".join([*cells, *compared]) + f" | {min(counts)} to {max(counts)} |")
            for (name, other, verdict), where in sorted(verdicts.items()):
                lines += ["", f"{name} is {PHRASES[verdict]} {other} at n = {', '.join(map(str, where))}."]
            yield "\n".join(lines)
    yield (
        "Rates: the median product. Shares: the median over the products, each at the clock of the calling thread's core "
        "right behind it; the register kernels of part fma reach 1.000 of this peak. Ratios: the median over the rounds of the quotient within a round, and an interval "
        "of at least 95 % from order statistics. The same comparisons with the first library as the base stand in the "
        "record under `comparisons`.")


def cell(entry):
    if entry is None:
        return "–"
    shares = [check["residual"] for check in entry["checks"] if check["kind"] == "stated-peak"]
    return f"{entry['stats']['median'] / 1e9:.1f} ({f'{shares[0]:.1%}' if shares else '–'})"


def ratio(ratios):
    if not ratios:
        return "–"
    lower, upper, level, _ = stats.median_interval(ratios)
    doubt = "" if level >= 0.95 else f", only {level:.0%}"
    return f"**{stats.median(ratios):.3f}** ({lower:.3f} to {upper:.3f}{doubt})"
