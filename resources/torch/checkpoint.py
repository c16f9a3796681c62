"""What a training needs to go on where it was cut off: written after each epoch, in one piece."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import torch


@dataclass
class BestEpoch:
    """The epoch with the highest validation accuracy, averaged with that of the two before it: single epochs jump."""

    epoch: int | None = None
    accuracy: float = -1.0
    loss: float = float("inf")
    recent: list[float] = field(default_factory=list)
    weights: dict[str, torch.Tensor] | None = None

    def offer(self, epoch: int, scores: dict[str, float], network: torch.nn.Module) -> None:
        self.recent = [*self.recent, scores["accuracy"]][-3:]
        accuracy = sum(self.recent) / len(self.recent)
        # Of equals the lower loss, then the earlier epoch.
        if (accuracy, -scores["loss"]) <= (self.accuracy, -self.loss):
            return
        self.epoch, self.accuracy, self.loss = epoch, accuracy, scores["loss"]
        self.weights = {name: tensor.detach().cpu().clone() for name, tensor in network.state_dict().items()}


class Part(Protocol):
    """What a training consists of, as a checkpoint keeps it."""

    def state_dict(self) -> dict: ...

    def load_state_dict(self, state: dict) -> object: ...


def save(file: Path, epoch: int, parts: dict[str, Part], best: BestEpoch) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = file.with_suffix(".tmp")
    states = {name: part.state_dict() for name, part in parts.items()}
    torch.save({"epoch": epoch, "parts": states, "best": vars(best)}, whole)
    os.replace(whole, file)


def load(file: Path, parts: dict[str, Part]) -> tuple[int, BestEpoch]:
    """The epochs that are done, and the best of them."""
    state = torch.load(file, map_location="cpu", weights_only=True)
    for name, part in parts.items():
        part.load_state_dict(state["parts"][name])
    return state["epoch"], BestEpoch(**state["best"])
