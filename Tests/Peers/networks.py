"""Networks as ONNX files, from torchvision, timm and here, with random weights from a fixed seed (needs torch)."""

import pathlib

import numpy as np
import onnx

# Name: where it comes from, input channels, the smaller and the larger picture. VGG16 ends in 7 x 7 pixels, InceptionV3
# takes no less than 75: what is too small for a network is enlarged.
NETWORKS = {
    "vgg16": ("torchvision", 3, 48, 224),
    "resnet50": ("torchvision", 3, 48, 224),
    "inception_v3": ("torchvision", 3, 96, 224),
    "mobilenet_v2": ("torchvision", 3, 48, 224),
    "efficientnet_b0": ("torchvision", 3, 48, 224),
    "legacy_xception": ("timm", 3, 48, 224),
    "mobilenetv2_100": ("timm", 3, 48, 224),
    "tf_efficientnet_b0": ("timm", 3, 48, 224),
    "mini_xception": ("here", 1, 48, 224),
}


def mini_xception():
    """Four residual blocks of separable convolutions for seven expressions (Arriaga, Valdenegro and Ploeger 2017)."""
    from torch import nn

    def separable(inner: int, outer: int) -> nn.Sequential:
        return nn.Sequential(
            nn.Conv2d(inner, inner, 3, padding=1, groups=inner, bias=False),
            nn.Conv2d(inner, outer, 1, bias=False),
            nn.BatchNorm2d(outer),
        )

    class Block(nn.Module):
        def __init__(self, inner: int, outer: int):
            super().__init__()
            self.short = nn.Sequential(nn.Conv2d(inner, outer, 1, stride=2, bias=False), nn.BatchNorm2d(outer))
            self.long = nn.Sequential(
                separable(inner, outer), nn.ReLU(), separable(outer, outer), nn.MaxPool2d(3, 2, padding=1)
            )

        def forward(self, x):
            return self.short(x) + self.long(x)

    def entry(inner: int, outer: int) -> list:
        return [nn.Conv2d(inner, outer, 3, bias=False), nn.BatchNorm2d(outer), nn.ReLU()]

    return nn.Sequential(
        *entry(1, 8),
        *entry(8, 8),
        *(Block(inner, 2 * inner) for inner in (8, 16, 32, 64)),
        nn.Conv2d(128, 7, 3, padding=1),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Softmax(1),
    )


def pictures(shape: list[int], seed: int) -> np.ndarray:
    """Random pictures [N, C, H, W] of numbers from 0 to 1: five by five patches blended into each other, and a tenth of noise."""
    random = np.random.default_rng(seed)
    patches = random.random([*shape[:2], 5, 5], np.float32)
    for axis in (2, 3):
        places = np.linspace(0, 4, shape[axis], dtype=np.float32)
        low = np.minimum(places.astype(int), 3)
        share = (places - low).reshape([-1 if i == axis else 1 for i in range(4)])
        patches = np.take(patches, low, axis) * (1 - share) + np.take(patches, low + 1, axis) * share
    return (0.9 * patches + 0.1 * random.random(shape, np.float32)).astype(np.float32)


def build(name: str, size: int):
    """The network, ready for inference, its normalizations set by a few random `pictures` of about `size`.

    A network that is fed anything else than what its normalizations were set by can enlarge rounding errors without limit:
    then no two engines agree, and neither agrees with double precision.
    """
    import torch

    torch.manual_seed(0)
    source, channels, _, _ = NETWORKS[name]
    if source == "torchvision":
        import torchvision

        more = {"init_weights": True, "aux_logits": False} if name == "inception_v3" else {}
        net = getattr(torchvision.models, name)(weights=None, **more)
    elif source == "timm":
        import timm

        net = timm.create_model(name, pretrained=False)
    else:
        net = mini_xception()
    if name == "vgg16" and size < 224:  # its exporter cannot enlarge 1 x 1 pixels to 7 x 7
        net.avgpool = torch.nn.AdaptiveAvgPool2d(1)
        net.classifier[0] = torch.nn.Linear(512, 4096)
    norms = [module for module in net.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    if norms:
        for norm in norms:
            norm.momentum = 1
            torch.nn.init.uniform_(norm.weight, 0.5, 1.5)
            torch.nn.init.uniform_(norm.bias, -0.2, 0.2)
        net.train()
        for module in net.modules():
            if "drop" in type(module).__name__.lower() or type(module).__name__ == "StochasticDepth":
                module.eval()
        with torch.no_grad():
            net(torch.from_numpy(pictures([6, channels, max(size, 96), max(size, 96)], seed=1)))
    return net.eval()


def export(name: str, size: int, opset: int, path: pathlib.Path, *, plain: bool = False) -> None:
    """Writes the network with an open batch. `plain` keeps normalizations that the exporter would fold."""
    import torch

    torch.onnx.export(
        build(name, size),
        torch.rand(2, NETWORKS[name][1], size, size),
        str(path),
        dynamo=False,
        opset_version=opset,
        input_names=["x"],
        output_names=["y"],
        dynamic_axes={"x": {0: "N"}, "y": {0: "N"}},
        training=torch.onnx.TrainingMode.PRESERVE if plain else torch.onnx.TrainingMode.EVAL,
        do_constant_folding=not plain,
    )


def with_open_axes(path: pathlib.Path, shape: list[int], folder: pathlib.Path) -> pathlib.Path:
    """The file itself if it takes `shape`, else a copy whose input has open axes."""
    model = onnx.load(path)
    dims = model.graph.input[0].type.tensor_type.shape.dim
    if all(not dim.HasField("dim_value") or dim.dim_value == length for dim, length in zip(dims, shape)):
        return path
    for i, dim in enumerate(dims):
        dim.dim_param = f"axis{i}"
    for value in [*model.graph.output, *model.graph.value_info]:
        value.type.tensor_type.ClearField("shape")
    copy = folder / path.name
    onnx.save(model, copy)
    return copy


def with_all_outputs(path: pathlib.Path) -> bytes:
    """The file with every node's every output among the graph's outputs."""
    model = onnx.load(path)
    known = {output.name for output in model.graph.output}
    for node in model.graph.node:
        for name in node.output:
            if name and name not in known:
                model.graph.output.append(onnx.ValueInfoProto(name=name))
    return model.SerializeToString()


def in_float64(path: pathlib.Path, x: np.ndarray) -> list[np.ndarray]:
    """The outputs for `x`, computed in double precision from the file's weights by the onnx package's reference evaluator."""
    from onnx.reference import ReferenceEvaluator

    model = onnx.load(path)

    def widen(tensor: onnx.TensorProto) -> None:
        if tensor.data_type == onnx.TensorProto.FLOAT:
            tensor.CopyFrom(
                onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(tensor).astype(np.float64), tensor.name)
            )

    for tensor in model.graph.initializer:
        widen(tensor)
    for node in model.graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.TENSOR:
                widen(attribute.t)
            if node.op_type == "Cast" and attribute.name == "to" and attribute.i == onnx.TensorProto.FLOAT:
                attribute.i = onnx.TensorProto.DOUBLE
    for value in [*model.graph.input, *model.graph.output]:
        if value.type.tensor_type.elem_type == onnx.TensorProto.FLOAT:
            value.type.tensor_type.elem_type = onnx.TensorProto.DOUBLE
    del model.graph.value_info[:]
    return ReferenceEvaluator(model).run(None, {model.graph.input[0].name: x.astype(np.float64)})


def file_name(value: str) -> str:
    """The file that holds a value, as `classpulse inspect` and `bench model` name it."""
    return value.replace("/", "_") + ".f32"
