"""Classifies images with ONNX Runtime: python predict.py image.jpg ...

Without images: example.png, whose answers are compared with expected.json. --json: answers as JSON.
pip install -r requirements.txt
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
from PIL import Image

from images import as_rgb, as_square

FOLDER = Path(__file__).resolve().parent


def read_json(name: str) -> dict:
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


NETWORK = read_json("network.json")
SESSION = onnxruntime.InferenceSession(FOLDER / NETWORK["model"], providers=["CPUExecutionProvider"])


def predict(file: Path | str, count: int = 5) -> list[dict]:
    """The likeliest classes with their probabilities, the likeliest first."""
    size = NETWORK["size"]
    with Image.open(file) as image:
        square = as_square(as_rgb(image), NETWORK["resize"]).resize((size, size), Image.Resampling.BILINEAR)
    [[probabilities]] = SESSION.run(["probabilities"], {"image": np.asarray(square)[np.newaxis]})
    ranked = np.argsort(-probabilities)[:count]
    return [{"class": NETWORK["classes"][i], "probability": float(probabilities[i])} for i in ranked]


def main(arguments: list[str]) -> None:
    files = [one for one in arguments if one != "--json"]
    answers = {file: predict(file) for file in files} or {"example.png": predict(FOLDER / "example.png")}
    if "--json" in arguments:
        print(json.dumps(answers))
        return
    for file, likeliest in answers.items():
        print(file)
        for answer in likeliest:
            print(f"  {100 * answer['probability']:6.2f} %  {answer['class']}")
    if not files:
        pairs = zip(answers["example.png"], read_json("expected.json")["answers"], strict=True)
        if any(abs(got["probability"] - wanted["probability"]) > 1e-3 for got, wanted in pairs):
            sys.exit("These are not the probabilities in expected.json.")
        print("As expected.json has it.")


if __name__ == "__main__":
    main(sys.argv[1:])
