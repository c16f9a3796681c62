"""AdamW or SGD, with a learning rate for each parameter group of the network."""

import torch

from losses import Objective
from model import norm_parameters, parameter_group
from schedule import discriminative_rates, scheduled


def create(settings: dict, groups: list[dict]) -> torch.optim.Optimizer:
    # Rates and momentum are set before every step.
    if settings["name"] == "sgd":
        return torch.optim.SGD(groups, lr=1.0, momentum=0.9, nesterov=settings["nesterov"])
    return torch.optim.AdamW(groups, betas=(0.9, settings["beta2"]), eps=settings["epsilon"])


class Optimizer:
    """The recipe's optimiser as fastai sets it up: no decay of norms and biases; the momentum follows the schedule."""

    def __init__(self, objective: Objective, training: dict) -> None:
        network = objective.network
        self.groups = len(network.parameter_groups)
        self.schedule = training["schedule"]
        settings = training["optimizer"]
        norms = norm_parameters(network)
        by_rate_and_decay: dict[tuple[int, float], list[torch.nn.Parameter]] = {}
        for name, parameter in network.named_parameters():
            # What is left over are norms, biases and the scales of ConvNeXt's layers.
            is_decayed = name.endswith(".weight") and name not in norms
            decay = settings["weightDecay"] if is_decayed else 0.0
            by_rate_and_decay.setdefault((parameter_group(network, name), decay), []).append(parameter)
        norms_of_terms = norm_parameters(objective.terms)
        for name, parameter in objective.terms.named_parameters():
            # Adapters learn as fast as the head.
            is_decayed = name.endswith(".weight") and name not in norms_of_terms
            decay = settings["weightDecay"] if is_decayed else 0.0
            by_rate_and_decay.setdefault((self.groups - 1, decay), []).append(parameter)
        self.rate_groups = [group for group, _ in by_rate_and_decay]
        self.torch = create(
            settings, [{"params": own, "weight_decay": decay} for (_, decay), own in by_rate_and_decay.items()]
        )

    def set_rates(self, peak: float | list[float], progress: float) -> None:
        """For the next step, when `progress` (0 to 1) of a stage's steps are done."""
        points = [
            scheduled(progress, rate, self.schedule) for rate in discriminative_rates(peak, self.groups)
        ]
        for own, group in zip(self.torch.param_groups, self.rate_groups, strict=True):
            own["lr"], momentum = points[group]
            if "betas" in own:
                own["betas"] = (momentum, own["betas"][1])
            else:
                own["momentum"] = momentum

    def forget(self) -> None:
        """All moments and counts, as fastai does where the freezing changes."""
        self.torch.state.clear()
