"""Evaluates the trained networks on held-out images: python evaluate.py, or by torchrun as train.py."""

import argparse
import json
from pathlib import Path

import torch

import model
from data import evaluation_loader, read_split
from distributed import Place, joined
from scores import RunningScores
from settings import FOLDER, image_of, roles_to_train


@torch.no_grad()
def evaluate(role: str, part: str, place: Place, options: argparse.Namespace) -> dict[str, float] | None:
    """Scores on the validation or test images; None where there are none."""
    samples = read_split(role, part, options.images)
    if not samples:
        return None
    network = model.load_weights(model.create(role), model.trained_file(role, options.out))
    network = network.to(place.device).eval()
    scores = RunningScores()
    for (images,), labels in evaluation_loader(samples, [image_of(role)], place, options.workers):
        logits, _ = network(images.to(place.device))
        scores.add(logits, labels.to(place.device))
    result = scores.result(place)
    del result["loss"]
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--roles", nargs="+", default=roles_to_train(), choices=["teacher", "student", "baseline"])
    parser.add_argument("--out", type=Path, default=FOLDER / "trained", help="where the trained weights are")
    parser.add_argument("--images", type=Path, help="the folder of the images, if it has moved")
    parser.add_argument("--workers", type=int, default=4, help="loading processes for each process")
    options = parser.parse_args()
    with joined() as place:
        for role in options.roles:
            for part in ("validation", "test"):
                scores = evaluate(role, part, place, options)
                if place.is_first and scores is not None:
                    print(json.dumps({"role": role, "part": part, **scores}), flush=True)


if __name__ == "__main__":
    main()
