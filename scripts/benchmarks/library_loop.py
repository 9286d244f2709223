# library_loop.py: `suanli run` on gemm against a plain C loop over the same library, in alternating order.
# One run of the harness has all sizes of one result name; the loop is run once for each, for the same seconds.

import json

import harness
import statistics_of_pairs as stats
from bench import Missing, giga

NAMES = [f"gemm/{dtype}/openblas/{scope}" for dtype in ("f64", "f32") for scope in ("core", "node")]


def measure(bench):
    """{(name, n): [(harness entry, plain result), …]}, one of each per pair."""
    program = bench.compiled("plain-gemm-loop.c", "-O2", libraries=["-ldl"])
    last = {}

    def ours(name):
        last[name] = bench.measure("--quick", "--filter", f"^{name}$", "--n", "1024")
        return harness.measured(last[name])

    def plain(name):
        return {
            key: loop(bench, program, last[name], entry) for key, entry in harness.measured(last[name]).items()
        }

    found = {}
    names = bench.runnable(NAMES)
    # In a pair B A, the loop takes sizes and seconds from the harness's run before.
    for name in names:
        ours(name)
    for pairs in stats.interleave(bench.pairs, names, ours, plain, bench.note).values():
        for a, b in pairs:
            for key in a.keys() & b.keys():
                found.setdefault(key, []).append((a[key], b[key]))
    return found


def loop(bench, program, record, entry):
    """Runs the loop as the harness ran `entry`, for as many measured seconds."""
    params, blas = entry["params"], record["blas"]
    seconds = sum(2 * params["n"] ** 3 / sample["value"] for sample in entry["samples"])
    # The library may have taken fewer threads than there are CPUs.
    cpus = harness.cpu_numbers(params["cpus"])[: params["threads"]]
    nodes = ",".join(map(str, params["mem_nodes"] or [])) or "-"
    call = [
        program, blas["path"], blas["integer_bits"], params["dtype"], params["n"], ",".join(map(str, cpus)), nodes,
        f"{seconds:.3f}", record["seed"],
    ]
    bench.show(*call[:-2], "SECONDS", "SEED")
    result = json.loads(bench.call(*call, show=False))
    if blas["corename"] and result["core"] != blas["corename"]:
        raise Missing(f"the loop got the kernels for {result['core']}, the harness those for {blas['corename']}")
    return result


def table(found):
    lines = [
        f"| result | n | threads | suanli, GFLOPS | plain loop, GFLOPS | suanli / plain: {stats.RATIO_HEADS} "
        "| best product: suanli / plain |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    order = {name: index for index, name in enumerate(NAMES)}
    for (name, n), pairs in sorted(found.items(), key=lambda item: (order[item[0][0]], item[0][1])):
        ratios = stats.ratio_columns([a["rate"] / b["sustained"] for a, b in pairs])
        best = stats.median([a["burst"] / b["best"] for a, b in pairs])
        lines.append(
            f"| {name} | {n} | {pairs[0][0]['params']['threads']} | {giga([a['rate'] for a, _ in pairs])} "
            f"| {giga([b['sustained'] for _, b in pairs])} | {ratios} | {best:.4f} |")
    lines += ["", "Work over the summed time of the products on both sides, medians over the pairs."]
    return "\n".join(lines)
