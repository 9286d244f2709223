# gemm_bench.py: `suanli run` on gemm against a plain C loop over the same library, in alternating order.
# One run of the harness has all sizes of one result name; the loop is run once for each, for the same seconds.

import json
import pathlib
import shutil
import subprocess
import sys

import harness
import statistics_of_pairs as stats

HERE = pathlib.Path(__file__).resolve().parent
NAMES = [f"gemm/{dtype}/openblas/{scope}" for dtype in ("f64", "f32") for scope in ("core", "node")]


def build(directory):
    """Compiles the loop; returns (program, compiler)."""
    compiler = next(filter(None, map(shutil.which, ("cc", "clang", "gcc"))), None)
    if compiler is None:
        sys.exit("error: no C compiler was found (cc, clang, gcc). Install gcc.")
    program = pathlib.Path(directory) / "plain-gemm-loop"
    subprocess.run([compiler, "-O2", "-o", program, HERE / "plain-gemm-loop.c", "-ldl"], check=True)
    return program, compiler


def plain(program, record, entry, small_pages):
    """Runs the loop as the harness ran `entry`, for as many measured seconds."""
    params, blas = entry["params"], record["blas"]
    seconds = sum(2 * params["n"] ** 3 / sample["value"] for sample in entry["samples"])
    # The library may have taken fewer threads than there are CPUs.
    cpus = harness.cpu_numbers(params["cpus"])[: params["threads"]]
    nodes = ",".join(map(str, params["mem_nodes"] or [])) or "-"
    call = [
        str(program), blas["path"], str(blas["integer_bits"]), params["dtype"], str(params["n"]),
        ",".join(map(str, cpus)), nodes, f"{seconds:.3f}", str(record["seed"]),
    ]
    call += ["small-pages"] if small_pages else []
    done = subprocess.run(call, capture_output=True, text=True, env=harness.environment())
    if done.returncode != 0:
        sys.exit(f"error: {' '.join(call)} ended with status {done.returncode}:\n{done.stderr}")
    result = json.loads(done.stdout)
    if blas["corename"] and result["core"] != blas["corename"]:
        sys.exit(f"error: the loop got the kernels for {result['core']}, the harness those for {blas['corename']}")
    return result


def measure(command, program, pairs, arguments, small_pages, note):
    """{(name, n): [(harness entry, plain result), …]}, one of each per pair."""
    found, last = {}, {}

    def side_a(name):
        record, _ = command.run("--filter", f"^{name}$", *arguments)
        last[name] = record
        return harness.measured(record)

    def side_b(name):
        return {
            key: plain(program, last[name], entry, small_pages)
            for key, entry in harness.measured(last[name]).items()
        }

    for pair in range(pairs):
        # The names take turns, so that a bad minute does not fall on one of them alone.
        for name in NAMES:
            order = stats.sides(pair)
            note(f"gemm: pair {pair + 1} of {pairs}, {name}, {'harness' if order == 'AB' else 'plain'} first")
            # In a pair B A, the loop takes sizes and seconds from the harness's run before.
            results = {side: side_a(name) if side == "A" else side_b(name) for side in order}
            for key in results["A"].keys() & results["B"].keys():
                found.setdefault(key, []).append((results["A"][key], results["B"][key]))
    return found


def table(found):
    lines = [
        "| result | n | threads | pairs | harness / plain, median | interval of the median | harness, GFLOPS "
        "| plain, GFLOPS | best product, harness | plain | best, harness / plain |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    order = {name: index for index, name in enumerate(NAMES)}
    for (name, n), pairs in sorted(found.items(), key=lambda item: (order[item[0][0]], item[0][1])):
        ratios = [a["rate"] / b["sustained"] for a, b in pairs]
        lower, upper, level, rank = stats.median_interval(ratios)
        columns = [
            [a["rate"] for a, _ in pairs], [b["sustained"] for _, b in pairs], [a["burst"] for a, _ in pairs],
            [b["best"] for _, b in pairs],
        ]
        rates = " | ".join(f"{stats.median(column) / 1e9:.1f}" for column in columns)
        best = stats.median([a["burst"] / b["best"] for a, b in pairs])
        lines.append(
            f"| {name} | {n} | {pairs[0][0]['params']['threads']} | {len(pairs)} | **{stats.median(ratios):.4f}** "
            f"| {lower:.4f} to {upper:.4f} (values {rank} and {len(pairs) + 1 - rank} of {len(pairs)}, {level:.1%}) "
            f"| {rates} | {best:.4f} |")
    lines += [
        "",
        "Harness and plain: work over the summed time of the products, medians over the pairs. The ratio is the "
        "median of the pairs' ratios, not the ratio of these medians.",
    ]
    return "\n".join(lines)
