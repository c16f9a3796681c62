"""The moving average of a network's weights, which is evaluated and saved in their place."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch


class WeightAverage:
    """Of weights and running statistics, with the decay's warm-up of timm's ModelEmaV3: min(decay, 1 - n ** (-2 / 3))."""

    def __init__(self, objective: torch.nn.Module, decay: float) -> None:
        # Batch norm's counters of batches are no numbers to average.
        self.values = [value for value in objective.state_dict().values() if value.is_floating_point()]
        self.averages = [torch.zeros_like(value) for value in self.values]
        self.decay = decay
        self.updates = 0

    @torch.no_grad()
    def update(self) -> None:
        """After a step."""
        self.updates += 1
        rest = 1 - min(self.decay, 1 - self.updates ** (-2 / 3))
        for average, value in zip(self.averages, self.values, strict=True):
            average.lerp_(value, rest)

    @torch.no_grad()
    def stand_in(self) -> None:
        """Replaces the weights."""
        if self.updates > 0:
            for average, value in zip(self.averages, self.values, strict=True):
                value.copy_(average)

    @contextmanager
    def standing_in(self) -> Iterator[None]:
        """In place of the weights for a while."""
        weights = [value.clone() for value in self.values]
        self.stand_in()
        try:
            yield
        finally:
            with torch.no_grad():
                for weight, value in zip(weights, self.values, strict=True):
                    value.copy_(weight)

    def state_dict(self) -> dict:
        return {"updates": self.updates, "averages": self.averages}

    def load_state_dict(self, state: dict) -> None:
        self.updates = state["updates"]
        for average, saved in zip(self.averages, state["averages"], strict=True):
            average.copy_(saved)
