"""Random views of an image, with the parameters and the meaning of fastai's aug_transforms.

Flip, rotation, zoom and perspective are one homography, so that pixels are interpolated once; brightness and contrast
follow. Coordinates run from -1 to 1 between the centres of the corner pixels (x right, y down), as in grid_sample with
align_corners.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

# fastai's logit keeps this distance from 0 and 1.
EDGE = 1e-7


@dataclass(frozen=True)
class Transform:
    """What happens to one image. The matrix takes a place in the result to the place in the image that it shows."""

    matrix: np.ndarray
    brightness: float
    contrast: float
    # Seed of the rectangle that is erased once the image is normalised, None where none is.
    erasing: int | None = None


def draw(augment: dict, generator: np.random.Generator) -> Transform:
    """Each part has a probability of its own. The number of draws is always the same, so that they do not depend on it."""

    def unless(probability: float, neutral: float | None, value: float) -> float | None:
        return value if generator.random() < probability else neutral

    rotate, zoom, warp = augment["rotate"], augment["zoom"], augment["warp"]
    mirror = unless(augment["flip"]["p"], 1.0, -1.0)
    warp_x = unless(warp["p"], 0.0, generator.uniform(-warp["magnitude"], warp["magnitude"]))
    warp_y = unless(warp["p"], 0.0, generator.uniform(-warp["magnitude"], warp["magnitude"]))
    degrees = unless(rotate["p"], 0.0, generator.uniform(-rotate["maxDegrees"], rotate["maxDegrees"]))
    factor = unless(zoom["p"], 1.0, generator.uniform(1, zoom["max"]))
    centre = generator.uniform(-1, 1), generator.uniform(-1, 1)
    brightest, steepest = augment["brightness"]["max"], -math.log(1 - augment["contrast"]["max"])
    level = 0.5 * generator.uniform(1 - brightest, 1 + brightest)
    brightness = unless(augment["brightness"]["p"], 0.0, math.log(level / (1 - level)))
    contrast = unless(augment["contrast"]["p"], 1.0, math.exp(generator.uniform(-steepest, steepest)))
    affine = np.diag([mirror, 1.0, 1.0]) @ _rotation(degrees) @ _zoom(factor, centre)
    erasing = unless(augment["erase"]["p"], None, int(generator.integers(2**31)))
    return Transform(_perspective(warp_x, warp_y) @ affine, brightness, contrast, erasing)


def _rotation(degrees: float) -> np.ndarray:
    angle = math.radians(degrees)
    cos, sin = math.cos(angle), math.sin(angle)
    return np.array([[cos, sin, 0], [-sin, cos, 0], [0, 0, 1]])


def _zoom(factor: float, centre: tuple[float, float]) -> np.ndarray:
    """Shows 1 / factor of each side; `centre` is its place in the room that this leaves."""
    scale = 1 / factor
    return np.array([[scale, 0, (1 - scale) * centre[0]], [0, scale, (1 - scale) * centre[1]], [0, 0, 1]])


def _perspective(x: float, y: float) -> np.ndarray:
    """fastai's Warp: the homography that takes the points (-1-y, -1-x), (-1+y, 1+x), (1+y, -1+x), (1-y, 1-x) to the corners."""
    k = 1 - x * x - y * y
    right = -x * (1 + y * y - x * x)
    down = -y * (1 + x * x - y * y)
    return np.array([[k, 2 * x * y, right], [2 * x * y, k, down], [right, down, k]])


def apply(transform: Transform, image: torch.Tensor) -> torch.Tensor:
    """[3, size, size] with values from 0 to 1 -> the same."""
    if not np.array_equal(transform.matrix, np.eye(3)):
        image = _resample(image, transform.matrix)
    if transform.brightness == 0 and transform.contrast == 1:
        return image
    logits = torch.logit(image, eps=EDGE)
    return torch.sigmoid(transform.contrast * (logits + transform.brightness))


def erase(erase: dict, seed: int, image: torch.Tensor) -> torch.Tensor:
    """Fills a rectangle of a normalised image [3, size, size], as torchvision's RandomErasing: Zhong et al., 2020."""
    generator = np.random.default_rng(seed)
    size = image.shape[-1]
    for _ in range(10):
        area = generator.uniform(*erase["scale"])
        aspect = math.exp(generator.uniform(*np.log(erase["ratio"])))
        shares = math.sqrt(area * aspect), math.sqrt(area / aspect)
        # Shares of the sides, so that every size of an image has the same rectangle.
        if max(shares) >= 1:
            continue
        height, width = (round(share * size) for share in shares)
        top, left = (int(generator.random() * (size - side + 1)) for side in (height, width))
        fill = generator.standard_normal((3, height, width)) if erase["fill"] == "noise" else np.zeros((3, height, width))
        image = image.clone()
        image[:, top : top + height, left : left + width] = torch.from_numpy(fill).to(image.dtype)
        return image
    return image


def _resample(image: torch.Tensor, matrix: np.ndarray) -> torch.Tensor:
    """Bilinear; places outside are reflected about the centres of the edge pixels."""
    places = torch.linspace(-1, 1, image.shape[-1], dtype=torch.float64)
    y, x = torch.meshgrid(places, places, indexing="ij")
    points = torch.stack([x, y, torch.ones_like(x)], dim=-1) @ torch.from_numpy(matrix).T
    grid = (points[..., :2] / points[..., 2:]).to(image.dtype)
    return functional.grid_sample(image[None], grid[None], padding_mode="reflection", align_corners=True)[0]
