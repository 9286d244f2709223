# index_side.py: one side of scripts/benchmark-index: Polars, DuckDB or numpy, or the data set itself.
# A process of its own for each, so that threads and memory of one do not disturb another. Reads commands from standard
# input as Benchmarks/Index does; the answer is what a caller gets: columns in memory, in no particular order.
#
#   index_side.py generate DIRECTORY ROWS SITES SEED
#   index_side.py polars|duckdb|numpy DIRECTORY SITES
#   index_side.py judge DIRECTORY SITES FILE…

import math
import pathlib
import sys
import time

import numpy

REGIONS = 300
CLASSES = 3
KEYS = ["site", "region", "class"]
NUMBERS = ["value", "random", "systematic"]


def generate(directory, rows, sites, seed):
    """Nodes of 10^10 to 10^14 FLOPS in no order, with 0.2 to 10 % of random and 0.05 % of systematic uncertainty."""
    import polars

    random = numpy.random.default_rng(seed)
    site = random.integers(0, sites, rows, dtype=numpy.int32)
    value = 10 ** random.uniform(10, 14, rows)
    columns = {
        "site": site, "region": (site % REGIONS).astype(numpy.int16),
        "class": random.choice(CLASSES, rows, p=[0.7, 0.2, 0.1]).astype(numpy.uint8), "value": value,
        "random": value * 10 ** random.uniform(-2.7, -1, rows), "systematic": value * 5e-4,
    }
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    for name, kind in {"value": "f64", "random": "f64", "systematic": "f64", "site": "i32", "class": "u8"}.items():
        columns[name].tofile(directory / f"{name}.{kind}")
    polars.DataFrame(columns).write_parquet(directory / "rows.parquet")


class Polars:
    """A DataFrame in memory, one chunk a column."""

    def __init__(self, directory):
        import polars

        self.polars = polars
        self.version = f"Polars {polars.__version__}"
        self.frame = polars.read_parquet(f"{directory}/rows.parquet").rechunk()
        # The region follows from the site. Who knows that may leave it out and look it up afterwards.
        self.variants = {
            f"{engine}, by {' and '.join(keys)}": (keys, engine)
            for engine in ("in-memory", "streaming") for keys in (KEYS, ["site", "class"])
        }

    def query(self, variant):
        keys, engine = self.variants[variant]
        column = self.polars.col
        return self.frame.lazy().group_by(keys).agg(
            value=column("value").sum(), random=(column("random") * column("random")).sum(),
            systematic=column("systematic").sum(), count=self.polars.len(),
        ).collect(engine=engine)

    def columns(self, frame):
        return [frame[name].to_numpy() for name in ("site", "class", *NUMBERS, "count")]


class DuckDB:
    """A table in an in-memory database, in its own column format."""

    def __init__(self, directory):
        import duckdb

        self.version = f"DuckDB {duckdb.__version__}"
        self.connection = duckdb.connect()
        self.connection.execute("PRAGMA threads=1")
        self.connection.execute(f"CREATE TABLE rows AS SELECT * FROM read_parquet('{directory}/rows.parquet')")
        self.variants = {"by site, region, class": "site, region, class", "by site, class": "site, class"}

    def query(self, variant):
        return self.connection.execute(
            'SELECT site, "class" AS class, sum(value) AS value, sum(random * random) AS random, '
            "sum(systematic) AS systematic, count(*) AS count "
            f"FROM rows GROUP BY {self.variants[variant]}").fetchnumpy()

    def columns(self, result):
        return [result[name] for name in ("site", "class", *NUMBERS, "count")]


class Numpy:
    """Arrays; the keys are small whole numbers, which is what bincount needs."""

    def __init__(self, directory):
        directory = pathlib.Path(directory)
        self.version = f"numpy {numpy.__version__}"
        self.site = numpy.fromfile(directory / "site.i32", numpy.int32)
        self.kind = numpy.fromfile(directory / "class.u8", numpy.uint8)
        self.numbers = [numpy.fromfile(directory / f"{name}.f64") for name in NUMBERS]
        self.variants = {"four times bincount": None, "bincount of the values alone": True}

    def query(self, variant):
        key = self.site * CLASSES + self.kind
        value, random, systematic = self.numbers
        if self.variants[variant]:
            return key, [numpy.bincount(key, value)]
        return key, [
            numpy.bincount(key, value), numpy.bincount(key, random * random), numpy.bincount(key, systematic),
            numpy.bincount(key)]

    def columns(self, result):
        groups = numpy.flatnonzero(result[1][-1])
        return [groups // CLASSES, groups % CLASSES, *(column[groups] for column in result[1])]


def dense(side, variant, sites):
    """Per site · 3 + class: value, sum of squares, systematic, count."""
    site, kind, *numbers = side.columns(side.query(variant))
    table = numpy.zeros((sites * CLASSES, 4))
    table[site.astype(numpy.int64) * CLASSES + kind] = numpy.stack(
        [numpy.asarray(column, dtype=numpy.float64) for column in numbers], axis=1)
    return table


def serve(side, sites):
    print("ready", side.version, flush=True)
    for line in sys.stdin:
        command, _, rest = line.strip().partition(" ")
        if command == "variants":
            print("|".join(side.variants), flush=True)
        elif command == "time":
            start = time.perf_counter()
            result = side.query(rest)
            seconds = time.perf_counter() - start
            # Freed outside of what is timed, as the other sides do.
            del result
            print(seconds, flush=True)
        elif command == "save":
            variant, _, file = rest.rpartition(" ")
            dense(side, variant, sites).tofile(file)
            print("saved", flush=True)
        else:
            sys.exit(f"unknown command: {line}")


def judge(directory, sites, files):
    """For each file: sums that are not the correctly rounded ones (math.fsum), of how many, and the largest relative
    difference from them."""
    side = Numpy(directory)
    key = side.site * CLASSES + side.kind
    order = numpy.argsort(key, kind="stable")
    bounds = numpy.searchsorted(key[order], numpy.arange(sites * CLASSES + 1))
    value, random, systematic = side.numbers
    exact = numpy.zeros((sites * CLASSES, 4))
    for column, numbers in enumerate((value, random * random, systematic)):
        ordered = numbers[order].tolist()
        for group in range(sites * CLASSES):
            exact[group, column] = math.fsum(ordered[bounds[group] : bounds[group + 1]])
    exact[:, 3] = numpy.diff(bounds)
    there = exact != 0
    for file in files:
        found = numpy.fromfile(file).reshape(exact.shape)
        relative = numpy.max(numpy.abs(found[there] / exact[there] - 1), initial=0)
        print(int(numpy.sum(found != exact)), exact.size, float(relative), flush=True)


def main():
    role, directory, *rest = sys.argv[1:]
    if role == "generate":
        generate(directory, *map(int, rest))
    elif role == "judge":
        judge(directory, int(rest[0]), rest[1:])
    else:
        serve({"polars": Polars, "duckdb": DuckDB, "numpy": Numpy}[role](directory), int(rest[0]))


if __name__ == "__main__":
    main()
