"""
How far PyTorch's own gradient norms in float32 are from the values of ../shared/parity/families.json, for the tolerances of
test/parity/families.test.ts. Needs torch and torchvision:

    python3 test/support/families_in_float32.py ../shared/parity/families.json 16 [family ...]

Every family is computed in float64 and, 16 times in both memory formats, in float32 with images that differ in their last bit. Each of
these is as good a float32 result as any other. "open" counts ReLUs that pass in float64 and not in float32, or the other way
round: their input is 0 (or 6) but for rounding.
"""

import json
import sys
import zlib

import numpy as np
import torch
from torch.nn import functional as F
from torchvision import models
from torchvision.ops import StochasticDepth

FORMATS = (torch.contiguous_format, torch.channels_last)
# A norm that is 0 but for rounding is compared with the largest.
SMALLEST = 1e-4


def uniform(name, n):
    h = (np.arange(n, dtype=np.uint64) + zlib.crc32(name.encode())).astype(np.uint32)
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return ((h ^ (h >> np.uint32(16))) / 2**31 - 1).astype(np.float32)


def tensor(name, shape):
    u = uniform(name, int(np.prod(shape))).reshape(tuple(shape))
    if name.endswith("running_var"):
        return 1 + np.float32(0.1) * u
    if name.endswith("running_mean"):
        return np.float32(0.1) * u
    if len(shape) == 1:
        return np.float32(name.endswith("weight")) + np.float32(0.1) * u
    return u * np.float32(np.sqrt(6 / (u.size / shape[0])))


def create(family):
    model = getattr(models, family)(num_classes=43)
    for module in model.modules():
        if isinstance(module, (torch.nn.Dropout, StochasticDepth)):
            module.p = 0.0
    state = model.state_dict()
    for name, value in state.items():
        if not name.endswith("num_batches_tracked"):
            value.copy_(torch.from_numpy(tensor(name, value.shape)))
    return model.train()


def passes(model, images, labels):
    """Norms of all gradients, and which ReLUs pass."""
    passing = []

    def watch(_, inputs, six):
        x = inputs[0]
        passing.append((x > 0) & (x < 6) if six else x > 0)

    hooks = []
    for module in model.modules():
        if isinstance(module, (torch.nn.ReLU, torch.nn.ReLU6)):
            six = isinstance(module, torch.nn.ReLU6)
            hooks.append(module.register_forward_pre_hook(lambda m, i, six=six: watch(m, i, six)))
    F.cross_entropy(model(images), labels).backward()
    for hook in hooks:
        hook.remove()
    return {name: p.grad.double().norm().item() for name, p in model.named_parameters()}, passing


def distance(norms, expected):
    smallest = SMALLEST * max(expected.values())
    return max(abs(norms[name] - value) / max(value, smallest) for name, value in expected.items())


def main(file, repeats, *families):
    reference = json.load(open(file))
    labels = torch.tensor(reference["labels"])
    images = uniform("images", 4 * 3 * 64 * 64).reshape(4, 3, 64, 64)
    random = np.random.default_rng(1)
    print("family, these values from float64, float32 from float64 (most), float32 from these values (most), open (most)")
    for family in families or reference["families"]:
        listed = reference["families"][family]["gradientNorms"]
        exact, decided = passes(create(family).double(), torch.from_numpy(images).double(), labels)
        exact = {name: exact[name] for name in listed}
        from_exact, from_listed, flips = [], [], []
        for i in range(int(repeats) * len(FORMATS)):
            moved = images if i < len(FORMATS) else np.nextafter(images, random.choice([-2, 2], images.shape), dtype=np.float32)
            layout = FORMATS[i % len(FORMATS)]
            model = create(family).to(memory_format=layout)
            norms, passing = passes(model, torch.from_numpy(moved).to(memory_format=layout), labels)
            from_exact.append(distance(norms, exact))
            from_listed.append(distance(norms, listed))
            flips.append(sum((a != b).sum().item() for a, b in zip(passing, decided)))
        figures = [distance(listed, exact), max(from_exact), max(from_listed)]
        print(family, *(f"{figure:.2e}" for figure in figures), max(flips), flush=True)


main(*sys.argv[1:])
