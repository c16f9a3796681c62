"""Learning rates, momentum and weights of the losses, as functions of the progress of a training."""

import math


def _cosine(start: float, end: float, position: float) -> float:
    """From start to end along half a cosine; position in [0, 1]."""
    return start + (1 + math.cos(math.pi * (1 - position))) * (end - start) / 2


def one_cycle(progress: float, peak: float, schedule: dict) -> tuple[float, float]:
    """Learning rate and momentum when `progress` (0 to 1) of a stage's steps are done.

    Smith & Topin, "Super-Convergence", 2017, as fastai's fit_one_cycle has it. torch's OneCycleLR differs: it takes the
    last step for the end of the cycle, and has other defaults.
    """
    warmup = schedule["warmup"]
    start, middle, end = schedule["momentum"]
    if progress < warmup:
        position = progress / warmup
        return _cosine(peak / schedule["div"], peak, position), _cosine(start, middle, position)
    position = 1.0 if warmup == 1 else (progress - warmup) / (1 - warmup)
    return _cosine(peak, peak / schedule["finalDiv"], position), _cosine(middle, end, position)


def scheduled(progress: float, peak: float, schedule: dict) -> tuple[float, float]:
    """Learning rate and momentum when `progress` (0 to 1) of a stage's steps are done."""
    if schedule["name"] == "one-cycle":
        return one_cycle(progress, peak, schedule)
    return _without_cycle(progress, peak, schedule), schedule["momentum"]


def _without_cycle(progress: float, peak: float, schedule: dict) -> float:
    """Step by step as torch's MultiStepLR, or LinearLR followed by CosineAnnealingLR or by nothing."""
    if schedule["name"] == "step":
        return peak * schedule["factor"] ** sum(progress >= milestone for milestone in schedule["milestones"])
    warmup = schedule["warmup"]
    if progress < warmup:
        first = peak / schedule["div"]
        return first + (peak - first) * progress / warmup
    if schedule["name"] == "constant":
        return peak
    return _cosine(peak, peak * schedule["final"], 1.0 if warmup == 1 else (progress - warmup) / (1 - warmup))


def discriminative_rates(rate: float | list[float], groups: int) -> list[float]:
    """A rate for each parameter group: a pair is spread geometrically, first group to last."""
    if not isinstance(rate, list):
        return [rate] * groups
    low, high = rate
    if groups == 1:
        return [high]
    return [low * (high / low) ** (group / (groups - 1)) for group in range(groups)]


def weight_at(weight: float | dict, epoch: int, epochs: int) -> float:
    """The weight of a loss in an epoch (from 1 on) of a training of so many epochs."""
    if not isinstance(weight, dict):
        return weight
    return _scheduled_weight(weight, epoch, epochs) * min(1.0, epoch / max(1, weight["warmup"]))


def _scheduled_weight(weight: dict, epoch: int, epochs: int) -> float:
    if weight["schedule"] == "constant":
        return weight["value"]
    steps = max(1, (weight["epochs"] or epochs) - 1)
    progress = min(1.0, (epoch - 1) / steps)
    share = progress if weight["schedule"] == "linear" else (1 - math.cos(math.pi * progress)) / 2
    return weight["from"] + (weight["to"] - weight["from"]) * share


def stage_of(stages: list[dict], epoch: int) -> tuple[int, int]:
    """The stage (from 0 on) that an epoch (from 1 on, over all stages) lies in, and the epochs of that stage before it."""
    before = 0
    for index, stage in enumerate(stages):
        if epoch <= before + stage["epochs"]:
            return index, epoch - before - 1
        before += stage["epochs"]
    raise ValueError(f"There is no epoch {epoch} in {before} epochs.")
