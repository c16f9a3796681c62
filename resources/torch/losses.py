"""What a student learns from: the labels, and terms that compare it with its teacher. Every loss is a mean over the batch."""

from dataclasses import dataclass, replace

import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from distributed import mean_of_processes, of_all_processes
from model import last_layer
from settings import FOLDER


@dataclass(frozen=True)
class Outputs:
    """Of a network, for a batch."""

    logits: torch.Tensor
    stages: dict[str, torch.Tensor]
    penultimate: torch.Tensor


def outputs_of(network: nn.Module, images: torch.Tensor) -> Outputs:
    logits, stages = network(images)
    return Outputs(logits, stages, network.penultimate)


def common_size(one: torch.Tensor, other: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Two maps, averaged down to the smaller height and width of both."""
    size = [min(a, b) for a, b in zip(one.shape[2:], other.shape[2:])]
    return functional.adaptive_avg_pool2d(one, size), functional.adaptive_avg_pool2d(other, size)


def standardised(logits: torch.Tensor) -> torch.Tensor:
    """Z-scores over the classes of each image: Sun et al., 2024."""
    return (logits - logits.mean(dim=1, keepdim=True)) / (logits.std(dim=1, keepdim=True) + 1e-7)


def divergence(own: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """KL(softmax(other) || softmax(own))."""
    own, other = functional.log_softmax(own, dim=1), functional.log_softmax(other, dim=1)
    return functional.kl_div(own, other, reduction="batchmean", log_target=True)


class SoftTarget(nn.Module):
    """T^2 KL(softmax(teacher / T) || softmax(student / T)): Hinton et al., 2015. T^2 keeps the gradients' size when T changes."""

    def __init__(self, term: dict) -> None:
        super().__init__()
        self.temperature = term["temperature"]
        self.logits_of = standardised if term["standardise"] else nn.Identity()

    def forward(self, student: Outputs, teacher: Outputs) -> torch.Tensor:
        own, other = (self.logits_of(one.logits) / self.temperature for one in (student, teacher))
        return divergence(own, other) * self.temperature**2


def of_targets(rows: torch.Tensor, labels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of rows [n, classes] the entries of the labels, [n, 1], and the others, [n, classes - 1]."""
    is_target = functional.one_hot(labels, rows.shape[1]).bool()
    return rows[is_target][:, None], rows[~is_target].view(len(rows), -1)


class OnTarget(nn.Module):
    """Compares the probability of each image's class apart from those of the others."""

    def forward(self, student: Outputs, teacher: Outputs, labels: torch.Tensor) -> torch.Tensor:
        raise NotImplementedError


class DKD(OnTarget):
    """T^2 (alpha TCKD + beta NCKD): Zhao et al., 2022."""

    def __init__(self, term: dict) -> None:
        super().__init__()
        self.temperature, self.target, self.others = term["temperature"], term["target"], term["others"]
        self.logits_of = standardised if term["standardise"] else nn.Identity()

    def forward(self, student: Outputs, teacher: Outputs, labels: torch.Tensor) -> torch.Tensor:
        parts = [of_targets(self.logits_of(one.logits) / self.temperature, labels) for one in (student, teacher)]
        # The softmax of these two is the probability of the target and that of all others together.
        pairs = [torch.cat([target, others.logsumexp(dim=1, keepdim=True)], dim=1) for target, others in parts]
        among = [others for _, others in parts]
        return (self.target * divergence(*pairs) + self.others * divergence(*among)) * self.temperature**2


class NKD(OnTarget):
    """The target's cross-entropy by the teacher's probability of it, and gamma T^2 that among the others: Yang et al., 2023."""

    def __init__(self, term: dict) -> None:
        super().__init__()
        self.temperature, self.others = term["temperature"], term["others"]

    def forward(self, student: Outputs, teacher: Outputs, labels: torch.Tensor) -> torch.Tensor:
        log, _ = of_targets(functional.log_softmax(student.logits, dim=1), labels)
        sure, _ = of_targets(functional.softmax(teacher.logits, dim=1), labels)
        own, other = (of_targets(one.logits / self.temperature, labels)[1] for one in (student, teacher))
        among = functional.cross_entropy(own, functional.softmax(other, dim=1))
        return self.others * self.temperature**2 * among - (sure * log).mean()


class DIST(nn.Module):
    """T^2 (beta (1 - correlation over the classes) + gamma (1 - correlation over the images)): Huang et al., 2022."""

    def __init__(self, term: dict) -> None:
        super().__init__()
        self.temperature, self.between, self.within = term["temperature"], term["between"], term["within"]

    @staticmethod
    def _correlation(own: torch.Tensor, other: torch.Tensor, dim: int) -> torch.Tensor:
        own, other = (one - one.mean(dim, keepdim=True) for one in (own, other))
        return functional.cosine_similarity(own, other, dim).mean()

    def forward(self, student: Outputs, teacher: Outputs) -> torch.Tensor:
        both = [functional.softmax(one.logits / self.temperature, dim=1) for one in (student, teacher)]
        if self.training:
            # The classes' correlations are over the whole batch.
            both = [of_all_processes(one) for one in both]
        between, within = (1 - self._correlation(*both, dim) for dim in (1, 0))
        return (self.between * between + self.within * within) * self.temperature**2


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


class Connector(nn.Module):
    """A 1x1 convolution and batch norm by the statistics of the batch at hand, also in evaluation."""

    def __init__(self, weight: torch.Tensor) -> None:
        super().__init__()
        outputs, inputs = weight.shape[:2]
        self.convolution = nn.Conv2d(inputs, outputs, kernel_size=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs, track_running_stats=False)
        self.convolution.load_state_dict({"weight": weight})

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        x = self.convolution(features)
        # In validation the processes' shares are not equal, and each takes its own statistics.
        joined = mean_of_processes if self.training else lambda means: means
        centred = x - joined(x.mean((0, 2, 3), keepdim=True))
        variance = joined(centred.square().mean((0, 2, 3), keepdim=True))
        scale = self.norm.weight.view(1, -1, 1, 1) * torch.rsqrt(variance + self.norm.eps)
        return centred * scale + self.norm.bias.view(1, -1, 1, 1)


class ActivationBoundaries(nn.Module):
    """Which neurons are active, with a margin: Heo et al., 2019. A connector matches the channels."""

    def __init__(self, term: dict, weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.margin = term["margin"]
        self.pairs = [(pair["student"], pair["teacher"]) for pair in term["stages"]]
        self.connectors = nn.ModuleList(
            Connector(weights[f"{place}.weight"]) for place in range(len(self.pairs))
        )

    def forward(self, student: Outputs, teacher: Outputs) -> torch.Tensor:
        losses = []
        for connector, (own, other) in zip(self.connectors, self.pairs):
            features, hint = common_size(student.stages[own], teacher.stages[other])
            side = torch.where(hint > 0, -1.0, 1.0)
            losses.append(functional.relu(connector(features) * side + self.margin).square().mean())
        return sum(losses)


class OnVectors(nn.Module):
    """How the images of a batch lie to each other: by the features of each pair of stages, or by the penultimate vectors."""

    def __init__(self, term: dict) -> None:
        super().__init__()
        self.pairs = [(pair["student"], pair["teacher"]) for pair in term["stages"]]

    def compare(self, student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        """Of vectors [n, m] and [n, k]."""
        raise NotImplementedError

    def forward(self, student: Outputs, teacher: Outputs) -> torch.Tensor:
        vectors = [(student.stages[own].flatten(1), teacher.stages[other].flatten(1)) for own, other in self.pairs]
        if not self.pairs:
            vectors = [(student.penultimate, teacher.penultimate)]
        if self.training:
            # The pairs of the whole batch; in validation the processes' shares are not equal, and each compares its own.
            vectors = [(of_all_processes(own), of_all_processes(other)) for own, other in vectors]
        return sum(self.compare(own, other) for own, other in vectors)


class Similarity(OnVectors):
    """Dot products of all pairs of images, each row of length 1: Tung & Mori, 2019."""

    def compare(self, student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        own, other = (functional.normalize(one @ one.T) for one in (student, teacher))
        return functional.mse_loss(own, other)


class RKD(OnVectors):
    """Distances of all pairs of images, over their mean, and cosines of the angles of all triples: Park et al., 2019."""

    def __init__(self, term: dict) -> None:
        super().__init__(term)
        self.distance, self.angle = term["distance"], term["angle"]

    def compare(self, student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        own, other = self._relations(student), self._relations(teacher)
        losses = [functional.smooth_l1_loss(one, hint) for one, hint in zip(own, other)]
        return self.distance * losses[0] + self.angle * losses[1]

    @staticmethod
    def _relations(vectors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        count = len(vectors)
        differences = vectors[None] - vectors[:, None]
        squares = differences.square().sum(dim=2)
        # A pair that coincides has neither distance nor angle: the root's gradient there would be infinite.
        smallest = 1e-6 * vectors.detach().sub(vectors.detach().mean(dim=0)).square().sum(dim=1).mean()
        apart = squares > smallest
        distances = torch.where(apart, squares, 1.0).sqrt()
        directions = torch.where(apart[..., None], differences / distances[..., None], 0.0)
        distances = torch.where(apart, distances, 0.0)
        mean = distances.sum() / max(1, count * (count - 1)) + 1e-12
        return distances / mean, directions @ directions.transpose(1, 2)


class PKT(OnVectors):
    """Each pair's share of the batch's cosines, moved to 0 ... 1: Passalis & Tefas, 2018."""

    @staticmethod
    def _neighbours(vectors: torch.Tensor) -> torch.Tensor:
        directions = functional.normalize(vectors)
        similarities = (directions @ directions.T + 1) / 2
        return similarities / similarities.sum(dim=1, keepdim=True)

    def compare(self, student: torch.Tensor, teacher: torch.Tensor) -> torch.Tensor:
        own, other = self._neighbours(student), self._neighbours(teacher)
        return (other * ((other + 1e-7) / (own + 1e-7)).log()).mean()


class ReusedClassifier(nn.Module):
    """Mean squared difference of the teacher's penultimate vector and a projection of the student's: Chen et al., 2022.

    The student's logits are the teacher's classifier on that projection; its own last layer stands for both.
    """

    def __init__(self, weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        outputs, inputs = weights["weight"].shape
        self.projection = nn.Linear(inputs, outputs, bias="bias" in weights)
        self.projection.load_state_dict(weights)

    def reuse(self, teacher: nn.Module) -> None:
        # In a tuple it is no part of this module, which would train and save it.
        self._layer = (last_layer(teacher),)

    def _classifier(self) -> tuple[torch.Tensor, torch.Tensor | None]:
        (layer,) = self._layer
        return layer.weight.flatten(1), layer.bias

    def logits(self, student: Outputs) -> torch.Tensor:
        return functional.linear(self.projection(student.penultimate), *self._classifier())

    def forward(self, student: Outputs, teacher: Outputs) -> torch.Tensor:
        return functional.mse_loss(self.projection(student.penultimate), teacher.penultimate)

    @torch.no_grad()
    def fold(self, network: nn.Module) -> None:
        weight, bias = self._classifier()
        last = last_layer(network)
        last.weight.copy_((weight @ self.projection.weight).view_as(last.weight))
        if last.bias is not None:
            moved = weight @ self.projection.bias
            last.bias.copy_(moved if bias is None else moved + bias)


def start_of(index: int) -> dict[str, torch.Tensor]:
    """The first weights of a term's adapters."""
    start = load_file(FOLDER / "weights" / "adapters.safetensors")
    prefix = f"adapter{index}."
    return {name.removeprefix(prefix): tensor for name, tensor in start.items() if name.startswith(prefix)}


def create_term(index: int, term: dict) -> nn.Module:
    if term["method"] == "soft-target":
        return SoftTarget(term)
    if term["method"] == "logits":
        return Logits()
    if term["method"] == "dkd":
        return DKD(term)
    if term["method"] == "nkd":
        return NKD(term)
    if term["method"] == "dist":
        return DIST(term)
    if term["method"] == "attention":
        return Attention(term)
    if term["method"] == "similarity":
        return Similarity(term)
    if term["method"] == "rkd":
        return RKD(term)
    if term["method"] == "pkt":
        return PKT(term)
    if term["method"] == "reused-classifier":
        return ReusedClassifier(start_of(index))
    if term["method"] == "fitnet":
        return FitNet(term, start_of(index))
    if term["method"] == "activation-boundaries":
        return ActivationBoundaries(term, start_of(index))
    raise ValueError(f"There is no distillation method {term['method']}.")


class Objective(nn.Module):
    """A network and its loss in one module, so that DistributedDataParallel averages the gradients of both."""

    def __init__(self, network: nn.Module, terms: list[dict], label_smoothing: float) -> None:
        super().__init__()
        self.network = network
        self.terms = nn.ModuleList(create_term(index, term) for index, term in enumerate(terms))
        self.label_smoothing = label_smoothing

    @property
    def reused(self) -> ReusedClassifier | None:
        return next((term for term in self.terms if isinstance(term, ReusedClassifier)), None)

    def fold(self) -> None:
        """Writes the last layer of a network whose classifier is reused."""
        if self.reused is not None:
            self.reused.fold(self.network)

    def forward(
        self, images: torch.Tensor, labels: torch.Tensor, teacher: Outputs | None, weights: list[float]
    ) -> tuple[torch.Tensor, list[torch.Tensor], torch.Tensor]:
        """The loss, what it is made of (labels first, unweighted), and the logits."""
        student = outputs_of(self.network, images)
        if self.reused is not None and self.training:
            student = replace(student, logits=self.reused.logits(student))
        losses = [functional.cross_entropy(student.logits, labels, label_smoothing=self.label_smoothing)]
        losses += [
            term(student, teacher, labels) if isinstance(term, OnTarget) else term(student, teacher)
            for term in self.terms
        ]
        loss = sum(weight * one for weight, one in zip(weights, losses, strict=True))
        return loss, [one.detach() for one in losses], student.logits.detach()
