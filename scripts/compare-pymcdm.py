# compare-pymcdm.py: random decision matrices through `suanli compose` and through pymcdm; see scripts/test-composite.
# pymcdm's entropy weights take shares of the columns' sums of the matrix as it is, and its CRITIC weights scale each
# column to [0, 1]; its TOPSIS scales to [0, 1] too, cost columns turned round. So the same is asked of suanli:
# --normalise none for entropy, minmax:0,1 for the other two.

import csv
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
from pymcdm.methods import TOPSIS
from pymcdm.weights import critic_weights, entropy_weights

TOLERANCE = 1e-9
MATRICES = 40


def compose(program, folder, *options):
    out = subprocess.run(
        [program, "compose", "--data", folder / "iData.csv", "--meta", folder / "iMeta.csv", "--format", "json",
         *options],
        check=True, capture_output=True, text=True,
    ).stdout
    return json.loads(out)


def write(folder, matrix, types, weights):
    codes = [f"x{j}" for j in range(matrix.shape[1])]
    with open(folder / "iData.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["uCode", *codes])
        writer.writerows([f"u{i}", *map(repr, map(float, row))] for i, row in enumerate(matrix))
    with open(folder / "iMeta.csv", "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["Level", "iCode", "Direction", "Weight", "Parent", "Type"])
        for code, kind, weight in zip(codes, types, weights):
            writer.writerow([1, code, int(kind), repr(float(weight)), "index", "Indicator"])
        writer.writerow([2, "index", 1, 1, "NA", "Aggregate"])
    return codes


def main():
    program = str(pathlib.Path(sys.argv[1]).resolve())
    generator = np.random.default_rng(20261201)
    worst = {"entropy": 0.0, "critic": 0.0, "topsis": 0.0}
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for _ in range(MATRICES):
            units, parts = generator.integers(5, 40), generator.integers(2, 9)
            matrix = generator.lognormal(0, 1, (units, parts)) * 10.0 ** generator.integers(-3, 4, parts)
            weights = generator.uniform(0.1, 1, parts)
            weights /= weights.sum()
            types = generator.choice([-1, 1], parts)
            ones = np.ones(parts)

            codes = write(folder, matrix, ones, weights)
            for method, reference, normalise in (
                ("entropy", entropy_weights(matrix), "none"),
                ("critic", critic_weights(matrix), "minmax:0,1"),
            ):
                found = compose(program, folder, "--normalise", normalise, "--weights", method,
                                "--aggregate", "arithmetic")["weights"]
                difference = np.abs(np.array([found[code] for code in codes]) - reference).max()
                worst[method] = max(worst[method], difference)

            write(folder, matrix, types, weights)
            found = compose(program, folder, "--normalise", "minmax:0,1", "--aggregate", "topsis")["units"]
            difference = np.abs(np.array([unit["index"] for unit in found]) - TOPSIS()(matrix, weights, types)).max()
            worst["topsis"] = max(worst["topsis"], difference)
    for method, difference in worst.items():
        print(f"{method}: largest difference from pymcdm over {MATRICES} matrices: {difference:.2e}")
    return 0 if all(difference <= TOLERANCE for difference in worst.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
