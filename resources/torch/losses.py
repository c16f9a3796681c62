"""What a student learns from: the labels, and terms that compare it with its teacher. Every loss is a mean over the batch."""

from dataclasses import dataclass

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from settings import FOLDER


@dataclass(frozen=True)
class Outputs:
    """Of a network, for a batch."""

    logits: torch.Tensor
    stages: dict[str, torch.Tensor]


def common_size(one: torch.Tensor, other: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Two maps, averaged down to the smaller height and width of both."""
    size = [min(a, b) for a, b in zip(one.shape[2:], other.shape[2:])]
    return functional.adaptive_avg_pool2d(one, size), functional.adaptive_avg_pool2d(other, size)


class SoftTarget(nn.Module):
    """T^2 KL(softmax(teacher / T) || softmax(student / T)): Hinton et al., 2015. T^2 keeps the gradients' size when T changes."""

    def __init__(self, term: dict) -> None:
        super().__init__()
        self.temperature = term["temperature"]

    def forward(self, student: Outputs, teacher: Outputs) -> torch.Tensor:
        own = functional.log_softmax(student.logits / self.temperature, dim=1)
        other = functional.log_softmax(teacher.logits / self.temperature, dim=1)
        return functional.kl_div(own, other, reduction="batchmean", log_target=True) * self.temperature**2


class Logits(nn.Module):
    """Mean squared difference of the logits: Ba & Caruana, 2014."""

    def forward(self, student: Outputs, teacher: Outputs) -> torch.Tensor:
        return functional.mse_loss(student.logits, teacher.logits)


class FitNet(nn.Module):
    """Mean squared difference of the features of one stage: Romero et al., 2015. A 1x1 convolution matches the channels."""

    def __init__(self, term: dict, weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.student, self.teacher = term["student"], term["teacher"]
        outputs, inputs = weights["weight"].shape[:2]
        self.adapter = nn.Conv2d(inputs, outputs, kernel_size=1)
        self.adapter.load_state_dict(weights)

    def forward(self, student: Outputs, teacher: Outputs) -> torch.Tensor:
        own, hint = common_size(student.stages[self.student], teacher.stages[self.teacher])
        return functional.mse_loss(self.adapter(own), hint)


class Attention(nn.Module):
    """Where the networks look: Zagoruyko & Komodakis, 2017. A map is the mean of squares over the channels, of length 1."""

    def __init__(self, term: dict) -> None:
        super().__init__()
        self.pairs = [(pair["student"], pair["teacher"]) for pair in term["stages"]]

    @staticmethod
    def _map(feature: torch.Tensor) -> torch.Tensor:
        return functional.normalize(feature.square().mean(dim=1).flatten(1))

    def forward(self, student: Outputs, teacher: Outputs) -> torch.Tensor:
        maps = [common_size(student.stages[own], teacher.stages[other]) for own, other in self.pairs]
        return sum(functional.mse_loss(self._map(own), self._map(other)) for own, other in maps)


def create_term(index: int, term: dict) -> nn.Module:
    if term["method"] == "soft-target":
        return SoftTarget(term)
    if term["method"] == "logits":
        return Logits()
    if term["method"] == "attention":
        return Attention(term)
    if term["method"] == "fitnet":
        start = load_file(FOLDER / "weights" / "adapters.safetensors")
        prefix = f"adapter{index}."
        own = {name.removeprefix(prefix): tensor for name, tensor in start.items() if name.startswith(prefix)}
        return FitNet(term, own)
    raise ValueError(f"There is no distillation method {term['method']}.")


class Objective(nn.Module):
    """A network and its loss in one module, so that DistributedDataParallel averages the gradients of both."""

    def __init__(self, network: nn.Module, terms: list[dict], label_smoothing: float) -> None:
        super().__init__()
        self.network = network
        self.terms = nn.ModuleList(create_term(index, term) for index, term in enumerate(terms))
        self.label_smoothing = label_smoothing

    def forward(
        self, images: torch.Tensor, labels: torch.Tensor, teacher: Outputs | None, weights: list[float]
    ) -> tuple[torch.Tensor, list[torch.Tensor], torch.Tensor]:
        """The loss, what it is made of (labels first, unweighted), and the logits."""
        student = Outputs(*self.network(images))
        losses = [functional.cross_entropy(student.logits, labels, label_smoothing=self.label_smoothing)]
        losses += [term(student, teacher) for term in self.terms]
        loss = sum(weight * one for weight, one in zip(weights, losses, strict=True))
        return loss, [one.detach() for one in losses], student.logits.detach()
