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
