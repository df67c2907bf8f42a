"""Label-safe augmentation of grey face batches, on tensors.

Bilinear warps of a 48x48 face blur it, and a network trained on blurred faces fails on sharp ones, so warps sample an
enlarged bicubic copy and only a share of each batch is warped; the rest is shifted by whole pixels.
"""

from __future__ import annotations

import math

import torch
from torch.nn import functional as F


def uniform(shape: tuple[int, ...], limit: float, generator: torch.Generator) -> torch.Tensor:
    """Numbers of -limit...limit on the generator's device, where everything here is drawn."""
    return (torch.rand(shape, generator=generator, device=generator.device) * 2 - 1) * limit


def warp(x: torch.Tensor, degrees: float, scale: float, shift: float, generator: torch.Generator) -> torch.Tensor:
    """Random similarity transform of [N, 1, S, S] from a twice enlarged copy; `shift` in pixels."""
    n, _, size, _ = x.shape
    angle = uniform((n,), degrees, generator) * math.pi / 180
    factor = torch.exp(uniform((n,), math.log(1 + scale), generator))
    cos, sin = torch.cos(angle) * factor, torch.sin(angle) * factor
    tx, ty = (uniform((n,), 2 * shift / size, generator) for _ in range(2))
    theta = torch.stack([torch.stack([cos, -sin, tx], 1), torch.stack([sin, cos, ty], 1)], 1)
    large = F.interpolate(x, scale_factor=2, mode="bicubic", align_corners=False)
    grid = F.affine_grid(theta, [n, 1, size, size], align_corners=False)
    return F.grid_sample(large, grid, mode="bilinear", padding_mode="border", align_corners=False)


def whole_pixel_shift(x: torch.Tensor, limit: int, generator: torch.Generator) -> torch.Tensor:
    n, _, size, _ = x.shape
    padded = F.pad(x, [limit] * 4, mode="replicate")
    offset = torch.randint(0, 2 * limit + 1, (n, 2), generator=generator, device=x.device)
    axis = torch.arange(size, device=x.device)
    rows, columns = offset[:, :1] + axis, offset[:, 1:] + axis
    index = torch.arange(n, device=x.device)[:, None, None]
    return padded[index, 0, rows[:, :, None], columns[:, None, :]].unsqueeze(1)


def light(x: torch.Tensor, strength: float, generator: torch.Generator) -> torch.Tensor:
    """Contrast, brightness and gamma."""
    n = x.shape[0]

    def factor(spread: float) -> torch.Tensor:
        return torch.exp(uniform((n, 1, 1, 1), spread, generator))

    mean = x.mean(dim=(2, 3), keepdim=True)
    y = (x - mean) * factor(0.5 * strength) + mean * factor(0.3 * strength)
    return ((y.clamp(0, 255) / 255) ** factor(0.5 * strength)) * 255


def soften(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """A random mix with a binomial blur plus sensor noise: what small or dark webcam faces look like."""
    n = x.shape[0]
    kernel = torch.tensor([1.0, 2.0, 1.0], device=x.device)
    kernel = (kernel[:, None] * kernel / 16)[None, None]
    blurred = F.conv2d(F.pad(x, [1] * 4, mode="replicate"), kernel)
    share, level = torch.rand(2, n, 1, 1, 1, generator=generator, device=x.device)
    noise = torch.randn(x.shape, generator=generator, device=x.device) * (level * 10)
    return (x + (blurred - x) * share + noise).clamp(0, 255)


def cut_out(x: torch.Tensor, generator: torch.Generator) -> torch.Tensor:
    """Fills one random rectangle per picture, 5-25 % of the area, with the picture's mean."""
    n, _, size, _ = x.shape
    area = 0.15 + uniform((n,), 0.1, generator)
    ratio = torch.exp(uniform((n,), math.log(2), generator))
    half_h, half_w = (area * ratio).sqrt() * size / 2, (area / ratio).sqrt() * size / 2
    centre = torch.rand(n, 2, generator=generator, device=x.device) * size
    axis = torch.arange(size, device=x.device)
    rows = (axis - centre[:, :1]).abs() < half_h[:, None]
    columns = (axis - centre[:, 1:]).abs() < half_w[:, None]
    mask = (rows[:, :, None] & columns[:, None, :]).unsqueeze(1)
    return torch.where(mask, x.mean(dim=(2, 3), keepdim=True), x)


def augment(x: torch.Tensor, generator: torch.Generator, strength: float = 1.0) -> torch.Tensor:
    """[N, 1, 48, 48] float grey 0...255 -> the same shape; each picture takes its own random part."""

    def chosen(share: float) -> torch.Tensor:
        return torch.rand(x.shape[0], 1, 1, 1, generator=generator, device=x.device) < share

    x = torch.where(chosen(0.5), x.flip(3), x)
    moved = whole_pixel_shift(x, 4, generator)
    x = torch.where(chosen(0.6), warp(x, 15 * strength, 0.2 * strength, 4, generator), moved)
    x = torch.where(chosen(0.6 * strength), light(x, strength, generator), x)
    x = torch.where(chosen(0.2 * strength), soften(x, generator), x)
    return torch.where(chosen(0.4 * strength), cut_out(x, generator), x)


def window(x: torch.Tensor, side: int) -> torch.Tensor:
    """The middle of [N, 1, S, S]: the faces are already shifted, so that it is a random window of each."""
    edge = (x.shape[-1] - side) // 2
    return x[:, :, edge : edge + side, edge : edge + side]
