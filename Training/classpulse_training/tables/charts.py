"""Small SVG pictures: curves over the epochs, confusion matrices, reliability plots."""

from __future__ import annotations

import math

INK, GRID = "#24292f", "#d0d7de"
COLOURS = (
    "#0969da", "#bc4c00", "#1a7f37", "#8250df", "#bf3989", "#57606a", "#d4a000", "#000000", "#17a2b8", "#82071e", "#7fb800",
    "#ff8fa3",
)  # fmt: skip


def svg(width: int, height: int, parts: list[str], title: str) -> str:
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" role="img">'
    style = f'<g font-family="sans-serif" font-size="11" fill="{INK}">'
    ground = f'<rect width="{width}" height="{height}" fill="#fff"/>'
    return "\n".join([head, f"<title>{title}</title>", ground, style, *parts, "</g></svg>", ""])


def text(x: float, y: float, words: str, anchor: str = "middle", colour: str = INK) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{words}</text>'


def line(points: list[tuple[float, float]], colour: str, dashed: bool = False) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dash = ' stroke-dasharray="4 3"' if dashed else ""
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.6"{dash}/>'


class Axes:
    """A frame at (left, top) whose values run from 0 to `across` and from `low` to `high`."""

    def __init__(self, left: int, top: int, width: int, height: int, across: float, low: float, high: float):
        self.left, self.top, self.width, self.height = left, top, width, height
        self.across, self.low, self.high = across, low, high

    def at(self, x: float, y: float) -> tuple[float, float]:
        up = (y - self.low) / (self.high - self.low)
        return self.left + x / self.across * self.width, self.top + (1 - up) * self.height

    def frame(self, title: str, below: str, form: str = "{:.1f}") -> list[str]:
        parts = [text(self.left + self.width / 2, self.top - 8, title)]
        for k in range(6):
            value = self.low + (self.high - self.low) * k / 5
            y = self.at(0, value)[1]
            parts.append(line([(self.left, y), (self.left + self.width, y)], GRID))
            parts.append(text(self.left - 5, y + 4, form.format(value), "end"))
            x = self.across * k / 5
            place = self.at(x, self.low)
            parts.append(text(place[0], place[1] + 15, f"{x:.1f}" if self.across <= 1 else f"{x:.0f}"))
        return [*parts, text(self.left + self.width / 2, self.top + self.height + 30, below)]


def curves(title: str, runs: dict[str, list[dict]]) -> str:
    """Loss at the left, accuracy at the right; dashed: training, full: validation."""
    last = max(row["epoch"] + 1 for rows in runs.values() for row in rows)
    last = 5 * math.ceil(last / 5)  # five steps of whole epochs, and of whole tenths of the loss
    highest = max(max(row["train_loss"], min(row["loss"], 2.5)) for rows in runs.values() for row in rows)
    loss = Axes(45, 30, 250, 200, last, 0, math.ceil(highest * 2) / 2)
    accuracy = Axes(350, 30, 250, 200, last, 0, 1)
    parts = [*loss.frame(f"{title}: loss", "epoch"), *accuracy.frame(f"{title}: accuracy", "epoch")]
    for k, (name, rows) in enumerate(runs.items()):
        for axes, training, validation in ((loss, "train_loss", "loss"), (accuracy, "train_accuracy", "accuracy")):
            for key, dashed in ((training, True), (validation, False)):
                points = [axes.at(row["epoch"] + 1, min(row[key], axes.high)) for row in rows]
                parts.append(line(points, COLOURS[k % len(COLOURS)], dashed))
        parts.append(
            text(45, 282 + 16 * k, f"{name} (dashed: training; full: validation)", "start", COLOURS[k % len(COLOURS)])
        )
    return svg(620, 290 + 16 * len(runs), parts, title)


def confusion(title: str, matrix: list[list[int]], names: list[str]) -> str:
    """Rows are the true classes; each cell says the share of its row in per cent."""
    side, left, top, parts = 42, 70, 44, []
    for i, row in enumerate(matrix):
        total = max(1, sum(row))
        parts.append(text(left - 6, top + side * i + side / 2 + 4, names[i], "end"))
        parts.append(text(left + side * i + side / 2, top - 8, names[i][:7]))
        for j, count in enumerate(row):
            share = count / total
            shade = "#{:02x}{:02x}{:02x}".format(*(round(255 + share * (c - 255)) for c in (9, 105, 218)))
            x, y = left + side * j, top + side * i
            parts.append(f'<rect x="{x}" y="{y}" width="{side}" height="{side}" fill="{shade}" stroke="#fff"/>')
            colour = "#fff" if share > 0.5 else INK
            parts.append(text(x + side / 2, y + side / 2 + 4, f"{100 * share:.0f}", colour=colour))
    size = side * len(matrix)
    parts.append(text(left + size / 2, 16, f"{title}: true class (row), answer (column), per cent"))
    return svg(left + size + 16, top + size + 12, parts, title)


def reliability(title: str, before: list[dict], after: list[dict]) -> str:
    axes = Axes(45, 30, 260, 260, 1, 0, 1)
    parts = [*axes.frame(title, "confidence"), line([axes.at(0, 0), axes.at(1, 1)], INK, dashed=True)]
    for k, (name, bins) in enumerate((("before", before), ("after", after))):
        parts.append(line([axes.at(b["confidence"], b["accuracy"]) for b in bins], COLOURS[k]))
        for b in bins:
            x, y = axes.at(b["confidence"], b["accuracy"])
            parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{1.5 + 12 * b["share"]:.1f}" fill="{COLOURS[k]}"/>')
        parts.append(text(55, 46 + 16 * k, f"{name} temperature scaling", "start", COLOURS[k]))
    return svg(325, 330, parts, title)
