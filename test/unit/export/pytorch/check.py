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
    for name in ("model", "load", "trainable"):
        sys.modules.pop(name, None)
    load = importlib.import_module("load")
    network = load.load()
    expected = load_file(folder / "expected.safetensors")
    with torch.inference_mode():
        logits = network(expected["images"].permute(0, 3, 1, 2))
    [class_name] = load.read_json("config.json")["architectures"]
    trainable = getattr(importlib.import_module("trainable"), class_name)()
    trainable.load_state_dict(network.state_dict(), strict=True)
    with torch.inference_mode():
        own, stages = trainable.eval()(expected["images"].permute(0, 3, 1, 2))
    groups = {
        name: next(
            index
            for index, modules in enumerate(trainable.parameter_groups)
            if any(name == module or name.startswith(f"{module}.") for module in modules)
        )
        for name, _ in trainable.named_parameters()
    }
    top = load.predict(network, Image.open(folder / "image.png"))
    prepared = load.preprocess(Image.open(folder / "image.png"))[0].permute(1, 2, 0)
    result[folder.name] = {
        "difference": (logits - expected["logits"]).abs().max().item(),
        "prepared": (prepared - expected["prepared"]).abs().max().item(),
        "top": top,
        "trainable": {
            "difference": (own - logits).abs().max().item(),
            "stages": [[name, list(feature.shape)] for name, feature in stages.items()],
            "groups": groups,
        },
    }
    sys.path.pop(0)
print(json.dumps(result))
