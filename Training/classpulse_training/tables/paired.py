"""Two networks on the same faces: the exact test of McNemar (1947), which looks at the faces that only one of them reads right."""

from __future__ import annotations

from math import comb


def only(first: str, second: str) -> tuple[int, int]:
    """How many faces only the first reads right, and only the second; `metrics.right` writes such strings."""
    if len(first) != len(second):
        raise ValueError(f"{len(first)} and {len(second)} faces are not the same faces")
    pairs = list(zip(first, second))
    return pairs.count(("1", "0")), pairs.count(("0", "1"))


def mcnemar(a: int, b: int) -> float:
    """Two-sided exact p of `a` faces that only one network reads right and `b` that only the other does, were both equally good."""
    n = a + b
    return min(1.0, 2 * sum(comb(n, k) for k in range(min(a, b) + 1)) / 2**n)
