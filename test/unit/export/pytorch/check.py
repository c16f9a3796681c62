"""Loads exported folders strictly and prints the largest difference of their logits from the expected ones, as JSON."""

import importlib
import json
import sys
from pathlib import Path

import torch
from PIL import Image
from safetensors.torch import load_file

torch.set_num_threads(1)
result = {}
for folder in map(Path, sys.argv[1:]):
    sys.path.insert(0, str(folder))
    for name in ("model", "load"):
        sys.modules.pop(name, None)
    load = importlib.import_module("load")
    network = load.load()
    expected = load_file(folder / "expected.safetensors")
    with torch.inference_mode():
        logits = network(expected["images"].permute(0, 3, 1, 2))
    top = load.predict(network, Image.open(folder / "image.png"))
    prepared = load.preprocess(Image.open(folder / "image.png"))[0].permute(1, 2, 0)
    result[folder.name] = {
        "difference": (logits - expected["logits"]).abs().max().item(),
        "prepared": (prepared - expected["prepared"]).abs().max().item(),
        "top": top,
    }
    sys.path.pop(0)
print(json.dumps(result))
