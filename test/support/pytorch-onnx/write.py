"""Writes the ONNX files beside this script with PyTorch 2.13 and onnx 1.23: python write.py

A small classifier with random weights, of its logits and of its probabilities, once with its weights in another file; and what PyTorch
itself computes with it for two images of 12 x 12 pixels, whose byte i (rows of RGB) is (37 i + i // 7) mod 256.
"""

import json
from pathlib import Path

import onnx
import torch
from torch import nn

here = Path(__file__).parent
torch.manual_seed(5)
body = nn.Sequential(
    nn.Conv2d(3, 6, 3, padding=1, bias=False),
    nn.BatchNorm2d(6),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(6, 8, 3, stride=2),
    nn.ReLU(),
    nn.AdaptiveAvgPool2d(1),
    nn.Flatten(),
    nn.Linear(8, 5),
)
with torch.no_grad():
    for part in body:
        if isinstance(part, nn.BatchNorm2d):
            part.running_mean.uniform_(-0.5, 0.5)
            part.running_var.uniform_(0.5, 1.5)
        if isinstance(part, nn.Linear):
            part.weight.mul_(6)
body.eval()

size = 12
pixels = torch.tensor([(37 * i + i // 7) % 256 for i in range(2 * size * size * 3)], dtype=torch.float32)
images = (pixels / 255).reshape(2, size, size, 3)
mean, std = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
inputs = ((images - mean) / std).permute(0, 3, 1, 2).contiguous()
with torch.no_grad():
    logits = body(inputs)


def write(network: nn.Module, name: str) -> None:
    torch.onnx.export(
        network,
        (inputs,),
        str(here / name),
        dynamo=False,
        input_names=["input"],
        output_names=["output"],
        dynamic_axes={"input": {0: "batch"}, "output": {0: "batch"}},
    )


write(body, "logits.onnx")
write(nn.Sequential(body, nn.Softmax(dim=1)), "probabilities.onnx")
onnx.save(
    onnx.load(here / "logits.onnx"),
    here / "external.onnx",
    save_as_external_data=True,
    location="external.bin",
    size_threshold=0,
)
(here / "expected.json").write_text(json.dumps({"logits": logits.flatten().tolist()}, indent=2) + "\n")
