# statistics_of_pairs.py: medians, and an interval of the median that assumes no distribution.

import math
import statistics


def median(values):
    return statistics.median(values)


def percentile(values, share):
    """Nearest rank: the smallest value that at least `share` of the values do not exceed."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def median_interval(values, confidence=0.95):
    """(lower, upper, level, rank): order statistics `rank` and n + 1 - `rank` of n independent values.

    They enclose the median with probability 1 - 2 P(Binomial(n, 1/2) < rank). The narrowest pair whose level reaches
    `confidence` is taken; below six values none does, and (min, max) is returned with the level it has.
    """
    ordered, n = sorted(values), len(values)
    outside, rank, level = 2 / 2**n, 1, 1 - 2 / 2**n
    while rank < n // 2:
        outside += 2 * math.comb(n, rank) / 2**n
        if 1 - outside < confidence:
            break
        rank, level = rank + 1, 1 - outside
    return ordered[rank - 1], ordered[n - rank], max(0.0, level), rank


def sides(pair):
    """The order of the two sides in pair 0, 1, 2, …: A B, B A, A B, … so that a drift cancels."""
    return "AB" if pair % 2 == 0 else "BA"


def interleave(rounds, rows, side_a, side_b, note=lambda text: None):
    """{row: [(a, b), …]} of `rounds` pairs each, in alternating order.

    The rows take turns, so that a bad minute does not fall on one of them alone. A row whose side returns None is
    left out of that round.
    """
    found = {row: [] for row in rows}
    for pair in range(rounds):
        for row in rows:
            order = sides(pair)
            note(f"pair {pair + 1} of {rounds}: {row}, {order}")
            results = {side: side_a(row) if side == "A" else side_b(row) for side in order}
            if results["A"] is not None and results["B"] is not None:
                found[row].append((results["A"], results["B"]))
    return found


#: Heads of the columns that `ratio_columns` fills, and how many they are.
RATIO_HEADS = "median of the ratios | its interval | verdict"
RATIO_COUNT = 3


def verdict(ratios, confidence=0.95):
    """`ahead` or `behind` where the whole interval of the median is above or below 1, `level` where 1 is in it;
    `open` where there are too few pairs for an interval at `confidence`."""
    lower, upper, level, _ = median_interval(ratios)
    if level < confidence:
        return "open"
    return "ahead" if lower > 1 else "behind" if upper < 1 else "level"


def ratio_columns(ratios):
    """Three cells: the median of the pairs' ratios, its interval with the level it has, and the verdict."""
    if not ratios:
        return "– | – | –"
    lower, upper, level, _ = median_interval(ratios)
    return (
        f"**{median(ratios):.4f}** | {lower:.4f} to {upper:.4f}, {level:.1%} of {len(ratios)} pairs "
        f"| {verdict(ratios)}")
