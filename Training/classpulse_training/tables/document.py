"""`Docs/Results.md`, section by section."""

from __future__ import annotations

from collections.abc import Callable

from .cells import Pictures
from .distillation import teachers
from .logs import Logs
from .networks import ablation, comparison, curves
from .sets import fusion, small_sets
from .shipped import crop_rule, shipped

SECTIONS: list[Callable[[Logs, Pictures], list[str]]] = [
    shipped, crop_rule, curves, ablation, comparison, small_sets, fusion, teachers
]  # fmt: skip

HEAD = """# Results

Generated from the runs' logs in [Training/logs](../Training/logs) by `cd Training && python -m classpulse_training.tables`: the
figures are not written by hand, the sentences about them are. *not run* marks what has not been computed yet. What is in brackets is a row's budget: rows of
different budgets are not to be ranked against each other. Accuracies in per cent.
"""


def document(logs: Logs) -> tuple[str, Pictures]:
    pictures: Pictures = {}
    lines = [line for section in SECTIONS for line in section(logs, pictures)]
    return HEAD + "\n" + "\n".join(lines).rstrip() + "\n", pictures
