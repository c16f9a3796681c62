"""Images in batches: which ones train, validate and test was decided by Distill Studio and is in split.csv."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from safetensors import safe_open
from torch.utils.data import DataLoader, Dataset, Sampler

import augmentation
from distributed import Place
from images import as_rgb, as_square
from settings import FOLDER, PROJECT, RECIPE, SEED, network_of

# The pixels as each network sees them, [n, 3, size, size], and the labels, [n].
Batch = tuple[list[torch.Tensor], torch.Tensor]


@dataclass(frozen=True)
class Sample:
    file: Path
    label: int


def read_split(role: str, part: str, root: Path | None = None) -> list[Sample]:
    """The images of a role's part: train, validation or test. `root`: where the images are, if they have moved."""
    folder = root or FOLDER / PROJECT["images"]
    with (FOLDER / "split.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row[network_of(role)] == part]
    return [Sample(folder / row["file"], int(row["label"])) for row in rows]


class Images(Dataset):
    """Decoded, augmented and normalised images, once for each of `views`. An item is asked for as (epoch, index)."""

    def __init__(self, samples: list[Sample], views: list[dict], augment: dict | None) -> None:
        self.samples = samples
        self.views = views
        self.augment = augment

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, place: tuple[int, int]) -> tuple[list[torch.Tensor], int]:
        epoch, index = place
        sample = self.samples[index]
        with Image.open(sample.file) as opened:
            image = as_rgb(opened)
        transform = None
        if self.augment is not None:
            # What happens to an image depends on seed, epoch and image alone, whichever process loads it.
            transform = augmentation.draw(self.augment, np.random.default_rng((SEED, epoch, index)))
        return [self._render(image, transform, view) for view in self.views], sample.label

    def _render(self, image: Image.Image, transform: augmentation.Transform | None, view: dict) -> torch.Tensor:
        size = (view["size"], view["size"])
        square = as_square(image, view["resize"]).resize(size, Image.Resampling.BILINEAR)
        pixels = torch.from_numpy(np.array(square)).permute(2, 0, 1) / 255
        if transform is not None:
            pixels = augmentation.apply(transform, pixels)
        mean, std = (torch.tensor(view[name])[:, None, None] for name in ("mean", "std"))
        normalised = (pixels - mean) / std
        if transform is None or transform.erasing is None:
            return normalised
        return augmentation.erase(self.augment["erase"], transform.erasing, normalised)


class TrainingBatches(Sampler):
    """Shuffled batches of the recipe's size, of which each process takes an equal share. What is left over is dropped."""

    def __init__(self, images: int, batch_size: int, place: Place) -> None:
        self.images = images
        self.batch_size = min(batch_size, images)
        self.place = place
        self.epoch = 1
        if self.batch_size % place.processes:
            # Gradients are averaged over processes, which is the mean over the batch for equal shares alone.
            raise SystemExit(
                f"A batch of {self.batch_size} images cannot be shared out evenly to {place.processes} processes."
            )

    def __len__(self) -> int:
        return self.images // self.batch_size

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        generator = torch.Generator().manual_seed(SEED * 100_003 + self.epoch)
        order = torch.randperm(self.images, generator=generator).tolist()
        share = self.batch_size // self.place.processes
        for step in range(len(self)):
            first = step * self.batch_size + self.place.rank * share
            yield [(self.epoch, index) for index in order[first : first + share]]


class EveryImage(Sampler):
    """All images once, in order, dealt out to the processes."""

    def __init__(self, images: int, batch_size: int, place: Place) -> None:
        self.own = range(place.rank, images, place.processes)
        self.batch_size = batch_size

    def __len__(self) -> int:
        return -(-len(self.own) // self.batch_size)

    def __iter__(self) -> Iterator[list[tuple[int, int]]]:
        for first in range(0, len(self.own), self.batch_size):
            yield [(0, index) for index in self.own[first : first + self.batch_size]]


class TrainingLoader:
    """The batches of one epoch after the other."""

    def __init__(self, samples: list[Sample], views: list[dict], batch_size: int, place: Place, workers: int) -> None:
        self.sampler = TrainingBatches(len(samples), batch_size, place)
        images = Images(samples, views, RECIPE["data"]["augment"])
        self.loader = DataLoader(
            images,
            batch_sampler=self.sampler,
            num_workers=workers,
            persistent_workers=workers > 0,
            pin_memory=place.device.type == "cuda",
        )
        self.steps = len(self.sampler)

    def epoch(self, epoch: int) -> Iterator[Batch]:
        self.sampler.epoch = epoch
        return iter(self.loader)


class RecordedBatches:
    """Batches that Distill Studio wrote, in place of the images: for comparing losses, since random draws differ.

    A safetensors file with `<step>.labels`, [n], and `<step>.view<k>`, [n, 3, size, size], steps from 0 on.
    """

    def __init__(self, file: Path, place: Place) -> None:
        self.file = file
        self.place = place
        with safe_open(file, framework="pt") as stored:
            self.views = int(stored.metadata()["views"])
            self.steps = int(stored.metadata()["stepsPerEpoch"])
            self.total = int(stored.metadata()["steps"])

    def epoch(self, epoch: int) -> Iterator[Batch]:
        first = (epoch - 1) * self.steps
        with safe_open(self.file, framework="pt") as stored:
            for step in range(first, min(first + self.steps, self.total)):
                names = [f"{step}.view{view}" for view in range(self.views)]
                yield [self._share(stored.get_tensor(name)) for name in names], self._share(
                    stored.get_tensor(f"{step}.labels").long()
                )

    def _share(self, rows: torch.Tensor) -> torch.Tensor:
        return rows.chunk(self.place.processes)[self.place.rank]


def evaluation_loader(samples: list[Sample], views: list[dict], place: Place, workers: int) -> DataLoader:
    """The images as they are, in order."""
    sampler = EveryImage(len(samples), RECIPE["evaluation"]["batchSize"], place)
    return DataLoader(Images(samples, views, None), batch_sampler=sampler, num_workers=workers)


def views_of(own: dict, others: dict | None) -> list[dict]:
    """How a network and its teacher see the images: once where both see the same."""
    if others is None or others == own:
        return [own]
    return [own, others]
