"""Scores on images that do not train, added up batch by batch and over the processes."""

import torch
from torch.nn import functional

from distributed import Place


class RunningScores:
    def __init__(self) -> None:
        self.images = self.correct = self.top5 = 0
        self.log_loss = self.loss = 0.0

    def add(self, logits: torch.Tensor, labels: torch.Tensor, loss: float = 0.0) -> None:
        """`loss`: the batch's mean of what is minimised."""
        best = logits.topk(min(5, logits.shape[1]), dim=1).indices == labels[:, None]
        self.images += len(labels)
        self.correct += int(best[:, 0].sum())
        self.top5 += int(best.sum())
        self.log_loss += functional.cross_entropy(logits, labels, reduction="sum").item()
        self.loss += loss * len(labels)

    def result(self, place: Place) -> dict[str, float]:
        images, correct, top5, log_loss, loss = place.total(
            [self.images, self.correct, self.top5, self.log_loss, self.loss]
        )
        count = max(1, images)
        return {
            "images": int(images),
            "accuracy": correct / count,
            "top5": top5 / count,
            "log_loss": log_loss / count,
            "loss": loss / count,
        }
