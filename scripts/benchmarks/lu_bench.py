# lu_bench.py: our LU factorisation through LAPACK against HPL, as Debian's hpcc contains it.
# hpcc runs its whole suite, HPL last, so pairs are whole runs; each of them factorises several times.

import os
import re
import tempfile

import harness
import statistics_of_pairs as stats
from bench import Missing, giga

NAME = "lu/f64/openblas/node"
ORDER = 8000
BLOCKS = (128, 192, 256)
#: Of the order, in one hpcc run of a pair.
REPETITIONS = 3
SECONDS, SECONDS_PER_PAIR = 200, 90
TIME = "28s"

#: The first 31 lines of hpcc's input; the rest of the choices are those of its example.
INPUT = """\
HPLinpack benchmark input file
written by scripts/benchmark-kernels
HPL.out      output file
8            device out
{orders} # of problems sizes (N)
{order_list} Ns
{blocks} # of NBs
{block_list} NBs
0            PMAP process mapping (0=Row-,1=Column-major)
{grids} # of process grids (P x Q)
{rows} Ps
{columns} Qs
16.0         threshold
1            # of panel fact
2            PFACTs (0=left, 1=Crout, 2=Right)
1            # of recursive stopping criterium
4            NBMINs (>= 1)
1            # of panels in recursion
2            NDIVs
1            # of recursive panel fact.
1            RFACTs (0=left, 1=Crout, 2=Right)
1            # of broadcast
1            BCASTs (0=1rg,1=1rM,2=2rg,3=2rM,4=Lng,5=LnM)
1            # of lookahead depth
1            DEPTHs (>=0)
2            SWAP (0=bin-exch,1=long,2=mix)
64           swapping threshold
0            L1 in (0=transposed,1=no-transposed) form
0            U  in (0=transposed,1=no-transposed) form
1            Equilibration (0=no,1=yes)
8            memory alignment in double (> 0)
##### This line (no. 32) is ignored (it serves as a separator). ######
0            Number of additional problem sizes for PTRANS
1200         values of N
0            number of additional blocking sizes for PTRANS
40           values of NB
"""


def grids_of(processes):
    """All P × Q of that many processes, flat ones first."""
    return [(rows, processes // rows) for rows in range(1, processes + 1) if processes % rows == 0]


class HPL:
    def __init__(self, bench, threads):
        self.bench = bench
        self.mpirun = bench.tool("mpirun", "openmpi-bin")
        self.hpcc = bench.tool("hpcc", "hpcc")
        self.threads = threads

    def rates(self, processes, orders, blocks, grids):
        """[(block, P, Q, FLOPS)] of one run, all residuals checked by HPL itself."""
        text = INPUT.format(
            orders=len(orders), order_list=" ".join(map(str, orders)), blocks=len(blocks),
            block_list=" ".join(map(str, blocks)), grids=len(grids), rows=" ".join(str(p) for p, _ in grids),
            columns=" ".join(str(q) for _, q in grids))
        with tempfile.TemporaryDirectory(dir=self.bench.directory) as directory:
            with open(os.path.join(directory, "hpccinf.txt"), "w") as file:
                file.write(text)
            root = ["--allow-run-as-root"] if os.geteuid() == 0 else []
            self.bench.call(
                self.mpirun, *root, "-np", processes, "--bind-to", "core" if processes > 1 else "none", self.hpcc,
                cwd=directory, OPENBLAS_NUM_THREADS=str(self.threads // processes))
            with open(os.path.join(directory, "hpccoutf.txt")) as file:
                output = file.read()
        found = re.findall(r"^W\w+\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+[\d.]+\s+(\S+)\s*$", output, re.MULTILINE)
        checks = re.findall(r"^\|\|Ax-b.*(PASSED|FAILED)", output, re.MULTILINE)
        if not found or len(checks) != len(found) or "FAILED" in checks:
            raise Missing("hpcc printed no HPL results, or one whose residual is too large")
        return [(int(nb), int(p), int(q), float(rate) * 1e9) for _, nb, p, q, rate in found]


def run(bench):
    if not bench.runnable([NAME]):
        return bench.section()

    def ours(_):
        record = bench.measure("--filter", f"^{NAME}$", "--n", str(bench.options.lu_order), "--duration", TIME)
        return harness.measured(record)[NAME, bench.options.lu_order]

    order = bench.options.lu_order
    first = ours(NAME)
    threads = first["params"]["threads"]
    hpl = HPL(bench, threads)
    trials = {}
    for processes in sorted({1, threads}):
        bench.note(f"HPL: choosing, {processes} processes")
        for nb, p, q, rate in hpl.rates(processes, [order], BLOCKS, grids_of(processes)):
            trials[processes, nb, p, q] = rate
    processes, nb, p, q = best = max(trials, key=trials.get)
    found = stats.interleave(
        bench.pairs, [NAME], ours,
        lambda _: [rate for *_, rate in hpl.rates(processes, [order] * REPETITIONS, [nb], [(p, q)])], bench.note)
    bench.remarks.append(
        f"HPL's choices were tried once each: {', '.join(text(key, trials[key]) for key in sorted(trials))}. "
        "Pairs are whole runs, each the median of its factorisations.")
    return bench.section(table(found[NAME], order, best))


def text(key, rate):
    processes, nb, p, q = key
    return f"{p} × {q}, NB {nb}: {rate / 1e9:.1f}"


def table(pairs, order, best):
    processes, nb, p, q = best
    ours = [stats.median([sample["value"] for sample in entry["samples"]]) for entry, _ in pairs]
    theirs = [stats.median(rates) for _, rates in pairs]
    ratios = stats.ratio_columns([a / b for a, b in zip(ours, theirs)])
    bests = max(entry["burst"] for entry, _ in pairs), max(max(rates) for _, rates in pairs)
    return "\n".join([
        "| result | n | threads | suanli, GFLOPS | HPL, GFLOPS | HPL's choices "
        f"| suanli / HPL: {stats.RATIO_HEADS} | best of all, suanli | HPL |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
        f"| {NAME} | {order} | {pairs[0][0]['params']['threads']} | {giga(ours)} | {giga(theirs)} "
        f"| {processes} processes, {p} × {q}, NB {nb} | {ratios} | {bests[0] / 1e9:.1f} | {bests[1] / 1e9:.1f} |",
    ])
