"""What a written project computes: logits of a trained network, an image that was augmented, one that was prepared.

Then it trains and evaluates as train.py and evaluate.py do. Prints a line of JSON each.

Arguments: the project's folder, a file with what to compute (safetensors), the weights.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file

project, given, weights = map(Path, sys.argv[1:])
sys.path.insert(0, str(project))
import augmentation  # noqa: E402
import evaluate  # noqa: E402
import model  # noqa: E402
import train  # noqa: E402
from data import Images, read_split  # noqa: E402
from settings import image_of  # noqa: E402

torch.set_num_threads(1)
inputs = load_file(given)
network = model.load_weights(model.create("student"), weights).eval()
with torch.no_grad():
    logits, _ = network(inputs["images"])
lighting = inputs["lighting"].double().numpy()
transform = augmentation.Transform(inputs["matrix"].double().numpy().reshape(3, 3), *lighting)
samples = read_split("student", "test")
first = Images(samples, [image_of("student")], None)[(0, 0)][0][0]
results = {
    "logits": logits.flatten().tolist(),
    "augmented": augmentation.apply(transform, inputs["pixels"]).flatten().tolist(),
    "prepared": first.flatten().tolist(),
    "test": [sample.label for sample in samples],
}
print(json.dumps(results))
sys.argv = [str(project), "--workers", "0"]
train.main()
evaluate.main()
