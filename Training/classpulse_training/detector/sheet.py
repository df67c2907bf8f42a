"""A contact sheet of detections on held-out pictures, to look at; never to be committed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from .decode import Detections

TILE = 300


def draw(grey: np.ndarray, found: Detections) -> np.ndarray:
    """[TILE, TILE, 3] with boxes, scores and points."""
    scale = TILE / max(grey.shape)
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    tile = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)
    for box, points, score in zip(found.boxes * scale, found.points * scale, found.scores):
        cv2.rectangle(tile, tuple(np.int32(box[:2])), tuple(np.int32(box[2:])), (0, 255, 0), 1)
        cv2.putText(tile, f"{score:.2f}", tuple(np.int32(box[:2]) - (0, 2)), 0, 0.35, (0, 255, 255), 1)
        for point in points:
            cv2.circle(tile, tuple(np.int32(point)), 1, (0, 0, 255), -1)
    full = np.zeros((TILE, TILE, 3), np.uint8)
    full[: tile.shape[0], : tile.shape[1]] = tile[:TILE, :TILE]
    return full


def draw_sheet(sets: dict, detect: Callable[[np.ndarray], Detections], path: Path) -> None:
    greys = [g for _, g in sets["caltech"][::12]] + [g for _, g in sets["intel"][::5]]
    greys += (
        [g for _, g in sets["group"]] + [p.grey for p in sets["wider"][::7]] + [p.grey for p in sets["people"][::90]]
    )
    tiles = [draw(grey, detect(grey)) for grey in greys]
    while len(tiles) % 7:
        tiles.append(np.zeros((TILE, TILE, 3), np.uint8))
    cv2.imwrite(str(path), np.vstack([np.hstack(tiles[i : i + 7]) for i in range(0, len(tiles), 7)]))
