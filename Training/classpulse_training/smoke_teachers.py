"""The smoke run's part on teachers and on weights to start from: what is frozen or compiled says the same, dlib's file is
read as it is written, FaceNet's layers keep their function, and EfficientNet-Lite0's stem sees in a face what it saw in the
face enlarged."""

from __future__ import annotations

import shutil
import sysconfig
from pathlib import Path

import numpy as np
import torch

from . import facenet, lite
from .face_resnet import FaceResNet, take
from .faces import DataError
from .metrics import as_batch
from .networks import Grey, unit
from .objective import Teachers, fast, frozen


def check_frozen(teachers: Teachers, images: np.ndarray) -> None:
    x = as_batch(images)
    worst = (frozen(teachers)(x) - teachers(x)).abs().max().item()
    check(worst < 1e-5, f"frozen teachers differ by {worst}")


def check_fast(images: np.ndarray) -> None:
    """Compiled teachers in bfloat16 say nearly the same; not checked where nothing compiles for Python."""
    if shutil.which("g++") is None or not (Path(sysconfig.get_path("include")) / "Python.h").exists():
        print("smoke: no C++ compiler or no Python.h, fast teachers are not checked")
        return
    torch.manual_seed(6)
    teachers, x = frozen(Teachers([Grey(unit(1, 8, 2), 8, 7), Grey(unit(1, 16, 2), 16, 7)], 2.0)), as_batch(images)
    worst = (fast(teachers)(x) - teachers(x)).abs().max().item()
    check(0 < worst < 0.01, f"fast teachers differ by {worst}")


def check_face_resnet(root: Path, images: np.ndarray) -> None:
    """Weights written in dlib's form and read again give the same features, with new running statistics or without."""
    torch.manual_seed(2)
    written = FaceResNet()
    stream = b"\x01\x01"
    for k, (conv, norm) in enumerate(written.pairs()):
        torch.nn.init.uniform_(norm.bias, -0.2, 0.2)
        torch.nn.init.uniform_(norm.weight, 0.8, 1.2)
        kernels = conv.weight.detach()
        kernels = kernels.repeat(1, 3, 1, 1) / 3 if k == 0 else kernels
        biases = torch.rand(conv.out_channels)
        factors = norm.weight.detach() / (1 + norm.eps) ** 0.5  # running statistics of a new norm are 0 and 1
        stream += layer(b"con_4", torch.cat([kernels.flatten(), biases]))
        stream += layer(b"affine_", torch.cat([factors, norm.bias.detach() - factors * biases]))
    path = root / "faces.dat"
    path.write_bytes(stream)
    read, x = FaceResNet(), as_batch(images)
    for faces in (images[:0], images):
        take(read, path, faces)
        worst = (read.eval().features(enlarged(read, x)) - written.eval().features(enlarged(written, x))).abs().max()
        check(worst.item() < 1e-3, f"features of a network read from dlib's form differ by {worst.item()}")
    check((read.norm.running_mean != 0).all().item(), "the statistics of the faces were not taken")
    path.write_bytes(stream[: len(stream) // 2])
    try:
        take(read, path, images)
        check(False, "half a file was accepted")
    except DataError as error:
        check("faces.dat" in str(error), f"{error} does not name the file")


def check_facenet(images: np.ndarray) -> None:
    """Layers with normalizations drawn into them give the same features with new statistics; a missing layer is named."""
    torch.manual_seed(4)
    written, stock, x = facenet.FaceNet().eval(), {}, as_batch(images)
    for conv in written.convs():
        torch.nn.init.uniform_(conv.norm.bias, -0.2, 0.2)
        weight = conv.layer.weight.detach() / (1 + conv.norm.eps) ** 0.5
        weight = weight.repeat(1, 3, 1, 1) / 3 if weight.shape[1] == 1 else weight
        stock[conv.name] = weight, conv.norm.bias.detach()
    for block in written.modules():
        if isinstance(block, facenet.Block):
            stock[block.name] = block.up.weight.detach(), block.up.bias.detach()
    read = facenet.FaceNet()
    file = Path("graph.pb")
    facenet.take(read, stock, file, images)
    with torch.no_grad():
        worst = (read.features(x) - written.features(x)).abs().max().item()
    check(worst < 1e-3, f"features of a network read from FaceNet's layers differ by {worst}")
    check((read.layers[0].norm.running_mean != 0).all().item(), "the statistics of the faces were not taken")
    del stock["Mixed_6a/Branch_0/Conv2d_1a_3x3"]
    try:
        facenet.take(read, stock, file, images)
        check(False, "FaceNet without a layer was accepted")
    except DataError as error:
        check("graph.pb: " in str(error) and "Mixed_6a/Branch_0" in str(error), f"{error} does not name the layer")


def check_lite(images: np.ndarray) -> None:
    """The folded stem is the stock one on colours and on an enlarged picture, and a file without a tensor is named so."""
    torch.manual_seed(3)
    net, stock = lite.DSEfficientNetLite().eval(), {"_conv_stem.weight": torch.randn(32, 3, 3, 3)}
    x = as_batch(images)
    large = torch.nn.functional.interpolate(x, scale_factor=2, mode="bilinear").expand(-1, 3, -1, -1)
    theirs = torch.nn.functional.conv2d((large - 127.5) / 128, stock["_conv_stem.weight"], stride=2)
    net.stem[0].weight.data.copy_(lite.folded(stock["_conv_stem.weight"]))
    ours = net.stem[0]((x - 127.5) / 64)
    worst = (ours[:, :, 1:46, 1:46] - theirs[:, :, 1:46, 1:46]).abs().max().item()
    check(worst < 1e-4, f"the folded stem differs by {worst}")
    try:
        lite.take(net, stock, Path("lite.pth"))
        check(False, "a file of one tensor was accepted")
    except DataError as error:
        check("lite.pth: " in str(error) and "_bn0" in str(error), f"{error} does not name the tensor")


def enlarged(net: FaceResNet, x: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.interpolate(x, size=(net.side, net.side), mode="bilinear")


def layer(kind: bytes, values: torch.Tensor) -> bytes:
    """A name and a tensor [count, 1, 1, 1] as dlib serializes them."""
    count = values.numel().to_bytes(4, "little")
    shape = b"\x04" + count + b"\x01\x01" * 3
    return b"\x01" + bytes([len(kind)]) + kind + b"\x01\x02" + shape + values.numpy().astype("<f4").tobytes()


def check(condition: bool, message: str) -> None:
    if not condition:
        raise SystemExit(f"smoke: {message}")
