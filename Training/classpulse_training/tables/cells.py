"""Cells and rows of Markdown. What has no log says `not run`; no figure is typed here."""

from __future__ import annotations

Pictures = dict[str, str]
"""SVG text by file name."""

NOT_RUN = "not run"


def percent(value: float | None) -> str:
    return NOT_RUN if value is None else f"{100 * value:.2f}"


def short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def printed(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def table(header: list[str], rows: list[list[str]]) -> list[str]:
    lines = [f"| {' | '.join(cells)} |" for cells in (header, *rows)]
    return [lines[0], "|" + "---|" * len(header), *lines[1:], ""]


def counted(epochs: int) -> str:
    return f"{epochs} epoch" if epochs == 1 else f"{epochs} epochs"


def accuracy(result: dict | None) -> str:
    """Per cent, with what the budget was: rows of different budgets are not to be ranked."""
    if result is None:
        return NOT_RUN
    done, folds = result.get("folds_done", 1), result.get("folds", 1)
    partial = "" if done == folds else f", {done} of {folds} folds"
    known, kind = result.get("start"), ""
    if known and result["kind"] == "fer2013" and not known.endswith("-start"):
        kind = f" more, from `{known}`"  # which learned from the same faces
    elif known:
        kind = ", transfer"
    return f"{percent(result['metrics']['accuracy'])} ({counted(result['epochs'])}{kind}{partial})"


def size(*known: dict | None) -> list[str]:
    """Parameters and multiply-adds, of the first result that there is."""
    for result in known:
        if result is not None:
            return [f"{result['parameters']:,}", f"{result['multiply_adds'] / 1e6:.1f} M"]
    return ["–", "–"]
