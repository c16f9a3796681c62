"""Writes ONNX files with PyTorch's exporters and prints what PyTorch computes: python onnx_teachers.py <folder>

A ResNet-50 (bottlenecks 3, 4, 6, 3), a vision transformer and a ConvNeXt, all narrow and with random weights, for two images of
32 x 32 pixels, whose byte i (rows of RGB) is (37 i + i // 7) mod 256, over 255. Each is written by the exporter over TorchScript, and
by the one over torch.export where onnxscript is installed. Prints JSON: a list of file and logits.
"""

import json
import logging
import sys
import warnings
from pathlib import Path

import torch
from torch import nn

folder = Path(sys.argv[1])
size, classes, seed = 32, 4, 5
warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)


def has_onnxscript() -> bool:
    try:
        import onnxscript  # noqa: F401
    except ImportError:
        return False
    return True


class Bottleneck(nn.Module):
    def __init__(self, inputs: int, width: int, stride: int):
        super().__init__()
        outputs = 4 * width
        self.body = nn.Sequential(
            nn.Conv2d(inputs, width, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, stride, 1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, outputs, 1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        same = inputs == outputs and stride == 1
        self.shortcut = nn.Identity() if same else nn.Conv2d(inputs, outputs, 1, stride)

    def forward(self, x):
        return torch.relu(self.body(x) + self.shortcut(x))


def resnet50() -> nn.Module:
    layers = [nn.Conv2d(3, 8, 3, 1, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU()]
    inputs = 8
    for stage, blocks in enumerate([3, 4, 6, 3]):
        width = 4 * 2**stage
        for block in range(blocks):
            layers.append(Bottleneck(inputs, width, 2 if stage > 0 and block == 0 else 1))
            inputs = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(inputs, classes))


class Attention(nn.Module):
    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, x):
        n, tokens, width = x.shape
        qkv = self.qkv(x).reshape(n, tokens, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        y = nn.functional.scaled_dot_product_attention(qkv[0], qkv[1], qkv[2])
        return self.out(y.transpose(1, 2).reshape(n, tokens, width))


class Block(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.attention = Attention(width, 2)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class ViT(nn.Module):
    def __init__(self, width: int = 32, patch: int = 8):
        super().__init__()
        tokens = (size // patch) ** 2
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.places = nn.Parameter(torch.randn(1, tokens + 1, width))
        self.blocks = nn.Sequential(*(Block(width) for _ in range(3)))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, classes)

    def forward(self, images):
        x = self.patches(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(x.shape[0], -1, -1), x], 1) + self.places
        return self.head(self.norm(self.blocks(x))[:, 0])


class ConvNeXtBlock(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.depthwise = nn.Conv2d(width, width, 7, padding=3, groups=width)
        self.norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.scale = nn.Parameter(torch.ones(width))

    def forward(self, x):
        y = self.norm(self.depthwise(x).permute(0, 2, 3, 1))
        return x + (self.scale * self.mlp(y)).permute(0, 3, 1, 2)


def convnext() -> nn.Module:
    layers = [nn.Conv2d(3, 8, 4, 4)]
    for width in (8, 16):
        layers += [ConvNeXtBlock(width), ConvNeXtBlock(width)]
        if width == 8:
            layers.append(nn.Conv2d(8, 16, 2, 2))
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, classes))


pixels = torch.tensor([(37 * i + i // 7) % 256 for i in range(2 * size * size * 3)], dtype=torch.float32)
images = (pixels / 255).reshape(2, size, size, 3).permute(0, 3, 1, 2).contiguous()
exporters = [False, True] if has_onnxscript() else [False]
written = []
for name, make in [("resnet50", resnet50), ("vit", ViT), ("convnext", convnext)]:
    torch.manual_seed(seed)
    network = make()
    # Running statistics of some images, so that they are not 0 and 1.
    network.train()(torch.rand(16, 3, size, size))
    network.eval()
    with torch.no_grad():
        logits = network(images).flatten().tolist()
    for dynamo in exporters:
        file = folder / f"{name}-{'dynamo' if dynamo else 'torchscript'}.onnx"
        free = {"dynamic_shapes": ({0: torch.export.Dim("n")},), "external_data": False, "verbose": False}
        axes = {"dynamic_axes": {"input": {0: "n"}, "output": {0: "n"}}}
        torch.onnx.export(
            network,
            (images,),
            str(file),
            dynamo=dynamo,
            input_names=["input"],
            output_names=["output"],
            **(free if dynamo else axes),
        )
        written.append({"file": str(file), "logits": logits})
print(json.dumps(written))
