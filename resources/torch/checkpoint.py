"""What a training needs to go on where it was cut off: written after each epoch, in one piece."""

import os
from dataclasses import dataclass, field
from pathlib import Path

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


def save(file: Path, epoch: int, objective: torch.nn.Module, optimizer: torch.optim.Optimizer, best: BestEpoch) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    whole = file.with_suffix(".tmp")
    state = {
        "epoch": epoch,
        "objective": objective.state_dict(),
        "optimizer": optimizer.state_dict(),
        "best": vars(best),
    }
    torch.save(state, whole)
    os.replace(whole, file)


def load(file: Path, objective: torch.nn.Module, optimizer: torch.optim.Optimizer) -> tuple[int, BestEpoch]:
    """The epochs that are done, and the best of them."""
    state = torch.load(file, map_location="cpu", weights_only=True)
    objective.load_state_dict(state["objective"])
    optimizer.load_state_dict(state["optimizer"])
    return state["epoch"], BestEpoch(**state["best"])
