"""Task-aligned assignment (Feng et al., TOOD, 2021, simplified) and the losses.

Symbols: N pictures, M face slots a picture, A cells of all levels together.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch.nn import functional as F

from .net import POINTS, STRIDES

LEVEL_RANGE = {8: (0.0, 6.5), 16: (1.6, 8.0), 32: (1.8, 1e9)}
"""Which sizes (square root of the area, in strides) a level may learn; neighbouring levels overlap."""


@dataclass
class Targets:
    """`boxes` [N, M, 4] left, top, right, bottom in pixels, `points` [N, M, 5, 2], `faces`, `ignored`, `has_points`
    bool [N, M]; an empty slot is neither a face nor ignored."""

    boxes: torch.Tensor
    points: torch.Tensor
    faces: torch.Tensor
    ignored: torch.Tensor
    has_points: torch.Tensor


@dataclass
class Predictions:
    """`logits` [N, A], `boxes` [N, A, 4] and `points` [N, A, 5, 2] in pixels, `centres` [A, 2], `strides` [A]."""

    logits: torch.Tensor
    boxes: torch.Tensor
    points: torch.Tensor
    centres: torch.Tensor
    strides: torch.Tensor


def gather(maps: list[tuple[torch.Tensor, torch.Tensor, torch.Tensor]]) -> Predictions:
    """The network's maps as one list of cells, decoded to pixels."""
    logits, boxes, points, centres, strides = [], [], [], [], []
    for stride, (score, box, offsets) in zip(STRIDES, maps):
        height, width = score.shape[2:]
        y, x = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
        centre = (torch.stack([x, y], 2).reshape(-1, 2).float() + 0.5) * stride
        distance = box.float().flatten(2).transpose(1, 2) * stride
        offset = offsets.float().flatten(2).transpose(1, 2).unflatten(2, (POINTS, 2)) * stride
        logits.append(score.float().flatten(1))
        boxes.append(torch.cat([centre - distance[..., :2], centre + distance[..., 2:]], 2))
        points.append(centre[:, None] + offset)
        centres.append(centre)
        strides.append(torch.full((height * width,), float(stride)))
    return Predictions(
        torch.cat(logits, 1), torch.cat(boxes, 1), torch.cat(points, 1), torch.cat(centres), torch.cat(strides)
    )


def overlap(a: torch.Tensor, b: torch.Tensor, generalised: bool = False) -> torch.Tensor:
    """IoU (or GIoU, Rezatofighi et al. 2019) of boxes [..., 4] that broadcast against each other."""
    shared = (torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])).clamp(min=0).prod(-1)
    area_a = (a[..., 2:] - a[..., :2]).clamp(min=0).prod(-1)
    area_b = (b[..., 2:] - b[..., :2]).clamp(min=0).prod(-1)
    union = (area_a + area_b - shared).clamp(min=1e-6)
    if not generalised:
        return shared / union
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1).clamp(min=1e-6)
    return shared / union - (hull - union) / hull


@dataclass
class Assignment:
    """The positive cells: picture `n`, cell `a` and face slot `slot` of each, long [P], with `quality` [P] in 0...1;
    and `counted` bool [N, A], false where the score is not judged."""

    n: torch.Tensor
    a: torch.Tensor
    slot: torch.Tensor
    quality: torch.Tensor
    counted: torch.Tensor


@torch.no_grad()
def assign(found: Predictions, targets: Targets, most: int = 9) -> Assignment:
    """Which cells answer for which face.

    Candidates are the cells near the face's middle on levels of its size; the `most` best by score^0.5 x IoU^4 are
    positive. The quality that the score shall learn is that measure, scaled so that the best cell's is the root of its IoU: the
    IoU itself would keep small faces, whose boxes are less exact, below every threshold.
    """
    cells = found.logits.shape[1]
    picture, slot = targets.faces.nonzero(as_tuple=True)
    boxes = targets.boxes[picture, slot]
    size = (boxes[:, 2:] - boxes[:, :2]).clamp(min=1e-3)
    middle = (boxes[:, :2] + boxes[:, 2:]) / 2
    away = (found.centres - middle[:, None]).abs()
    reach = torch.maximum(0.3 * size[:, None], 0.8 * found.strides[:, None])
    relative = size.prod(1).sqrt()[:, None] / found.strides
    lowest = torch.tensor([LEVEL_RANGE[int(s)][0] for s in found.strides])
    highest = torch.tensor([LEVEL_RANGE[int(s)][1] for s in found.strides])
    face, cell = ((away < reach).all(2) & (relative >= lowest) & (relative <= highest)).nonzero(as_tuple=True)

    iou = overlap(boxes[face], found.boxes[picture[face], cell])
    measure = found.logits[picture[face], cell].sigmoid().sqrt() * iou**4 + 1e-9
    table = torch.zeros(len(boxes), cells).index_put_((face, cell), measure)
    smallest = table.topk(min(most, cells), dim=1).values[:, -1] if len(boxes) else table.new_zeros(0)
    chosen = measure >= smallest[face]
    # A cell that several faces want goes to the one it overlaps most.
    place = picture[face] * cells + cell
    strongest = torch.zeros(len(found.logits) * cells).scatter_reduce_(0, place[chosen], iou[chosen], "amax")
    chosen &= iou >= strongest[place]
    face, cell, iou, measure = face[chosen], cell[chosen], iou[chosen], measure[chosen]
    best_iou = torch.zeros(len(boxes)).scatter_reduce_(0, face, iou, "amax")
    best_measure = torch.full((len(boxes),), 1e-12).scatter_reduce_(0, face, measure, "amax")
    quality = measure * (best_iou.sqrt() / best_measure)[face]

    other, where = targets.ignored.nonzero(as_tuple=True)
    region = targets.boxes[other, where][:, None]
    inside = ((found.centres >= region[..., :2]) & (found.centres <= region[..., 2:])).all(2)
    skipped = torch.zeros(found.logits.shape).index_add_(0, other, inside.float()) > 0
    skipped[picture[face], cell] = False
    return Assignment(picture[face], cell, slot[face], quality, ~skipped)


def losses(found: Predictions, targets: Targets) -> dict[str, torch.Tensor]:
    """Quality focal loss for scores, GIoU for boxes, L1 in units of the face's size for points; each per face."""
    chosen = assign(found, targets)
    n, a, weight = chosen.n, chosen.a, chosen.quality
    quality = torch.zeros_like(found.logits).index_put_((n, a), weight)
    focal = (quality - found.logits.sigmoid()).abs() ** 2 * F.binary_cross_entropy_with_logits(
        found.logits, quality, reduction="none"
    )
    total = weight.sum().clamp(min=1.0)
    score = (focal * chosen.counted).sum() / total

    wanted = targets.boxes[n, chosen.slot]
    box = ((1 - overlap(found.boxes[n, a], wanted, generalised=True)) * weight).sum() / total
    size = (wanted[:, 2:] - wanted[:, :2]).clamp(min=1.0).prod(1).sqrt()
    error = (found.points[n, a] - targets.points[n, chosen.slot]).abs().mean((1, 2)) / size
    weight = weight * targets.has_points[n, chosen.slot]
    points = (error * weight).sum() / weight.sum().clamp(min=1.0)
    return {"score": score, "box": box, "points": points}
