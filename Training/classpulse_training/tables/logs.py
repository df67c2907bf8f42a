"""The committed logs of runs: `Training/logs/<run>/{config.json,log.jsonl,result.json}`."""

from __future__ import annotations

import json
from pathlib import Path


class Logs:
    def __init__(self, root: Path):
        self.root = root

    def result(self, run: str) -> dict | None:
        path = self.root / run / "result.json"
        return json.loads(path.read_text()) if path.exists() else None

    def config(self, run: str) -> dict:
        """Empty where there is none."""
        path = self.root / run / "config.json"
        return json.loads(path.read_text()) if path.exists() else {}

    def best(self, path: str) -> float | None:
        """The highest validation accuracy of a log's epochs."""
        return max((row["accuracy"] for row in self.rows(path)), default=None)

    def accuracy(self, run: str) -> float | None:
        result = self.result(run)
        return None if result is None else result["metrics"]["accuracy"]

    def rows(self, path: str) -> list[dict]:
        """One object an epoch; of a run with folds, the mean over its folds."""
        file = self.root / path
        if not file.exists():
            return []
        rows = [json.loads(line) for line in file.read_text().splitlines()]
        by_epoch: dict[int, list[dict]] = {}
        for row in rows:
            by_epoch.setdefault(row["epoch"], []).append(row)
        return [mean(group) for _, group in sorted(by_epoch.items())]


def mean(rows: list[dict]) -> dict:
    def of(*keys: str) -> float:
        values = []
        for row in rows:
            value = row
            for key in keys:
                value = value[key]
            values.append(value)
        return sum(values) / len(values)

    return {
        "epoch": rows[0]["epoch"],
        "train_loss": of("train_loss"),
        "train_accuracy": of("train_accuracy"),
        "loss": of("validation", "loss"),
        "accuracy": of("validation", "accuracy"),
    }
