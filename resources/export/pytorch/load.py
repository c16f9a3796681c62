"""Loads the network of this folder and classifies images: python load.py image.jpg ...

Needs torch, safetensors, numpy and pillow.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file

import model
from images import as_rgb, as_square

FOLDER = Path(__file__).resolve().parent


def read_json(name: str) -> dict:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


def load() -> torch.nn.Module:
    """The trained network, ready to predict."""
    [name] = read_json("config.json")["architectures"]
    network = getattr(model, name)()
    network.load_state_dict(load_file(FOLDER / "model.safetensors"), strict=True)
    return network.eval()


def preprocess(image: Image.Image, settings: dict | None = None) -> torch.Tensor:
    """[1, 3, height, width], normalised as in training."""
    settings = settings or read_json("preprocessor_config.json")
    target = settings.get("crop_size", settings["size"])
    square = as_square(as_rgb(image), settings["resize_rule"])
    square = square.resize((target["width"], target["height"]), Image.Resampling(settings["resample"]))
    pixels = torch.from_numpy(np.array(square)).float() * settings["rescale_factor"]
    pixels = (pixels - torch.tensor(settings["image_mean"])) / torch.tensor(settings["image_std"])
    return pixels.permute(2, 0, 1).unsqueeze(0)


def predict(network: torch.nn.Module, image: Image.Image, count: int = 5) -> list[tuple[str, float]]:
    """The likeliest classes with their probabilities, the likeliest first."""
    labels = read_json("config.json")["id2label"]
    with torch.inference_mode():
        probabilities = network(preprocess(image)).softmax(dim=1)[0]
    values, ids = probabilities.topk(min(count, len(labels)))
    return [(labels[str(i)], value) for i, value in zip(ids.tolist(), values.tolist())]


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: python load.py image.jpg ...")
    trained = load()
    for file in sys.argv[1:]:
        print(file)
        with Image.open(file) as opened:
            for label, probability in predict(trained, opened):
                print(f"  {100 * probability:6.2f} %  {label}")
