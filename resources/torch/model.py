"""The recipe's networks (networks/), their weights in files, and their parameter groups."""

import importlib
import json
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from settings import CLASSES, FOLDER, PROJECT, image_of, network_of, roles_to_train

NORMS = (_BatchNorm, nn.LayerNorm)


def create(role: str) -> nn.Module:
    """A role's network: images to logits and the outputs of its stages. torch draws its weights; load_weights replaces them.

    After each pass `penultimate` is what its last layer read.
    """
    name = network_of(role)
    network = getattr(importlib.import_module(f"networks.{name}"), PROJECT["networks"][name]["class"])()

    def keep(_: nn.Module, inputs: tuple[torch.Tensor]) -> None:
        read = inputs[0]
        network.penultimate = read if read.dim() == 2 else read.mean(dim=(2, 3))

    last_layer(network).register_forward_pre_hook(keep)
    return network


def last_layer(network: nn.Module) -> nn.Module:
    """The one that makes the logits."""
    *_, last = (module for module in network.modules() if isinstance(module, (nn.Linear, nn.Conv2d)))
    return last


def load_weights(network: nn.Module, file: Path) -> nn.Module:
    """Weights under torchvision's names; each must fit."""
    network.load_state_dict(load_file(file), strict=True)
    return network


def start_file(role: str) -> Path:
    """What a role's training starts from; of a teacher that was given, its trained weights."""
    return FOLDER / "weights" / f"{network_of(role)}.safetensors"


def trained_file(role: str, folder: Path) -> Path:
    """A role's trained weights, which lie in `folder` unless the teacher was given."""
    return folder / f"{role}.safetensors" if role in roles_to_train() else start_file(role)


def save(network: nn.Module, role: str, file: Path) -> None:
    """A file that Distill Studio reads: it states which network it holds, its classes and how its images are prepared."""
    tensors = {name: tensor.detach().cpu().contiguous() for name, tensor in network.state_dict().items()}
    metadata = {
        "model": json.dumps(PROJECT["networks"][network_of(role)]["model"]),
        "classes": json.dumps(CLASSES),
        "image": json.dumps(image_of(role)),
    }
    file.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, file, metadata)


def parameter_group(network: nn.Module, name: str) -> int:
    """The number of a parameter's group, from the image to the head."""
    for index, modules in enumerate(network.parameter_groups):
        if any(name == module or name.startswith(f"{module}.") for module in modules):
            return index
    raise KeyError(name)


def norm_parameters(network: nn.Module) -> set[str]:
    return {
        f"{module_name}.{name}"
        for module_name, module in network.named_modules()
        if isinstance(module, NORMS)
        for name, _ in module.named_parameters(recurse=False)
    }


def freeze(network: nn.Module, freeze_to: int) -> None:
    """Freezes the groups below `freeze_to`, which counts from the end where it is negative. Their norms still train."""
    groups = len(network.parameter_groups)
    frozen = freeze_to + groups if freeze_to < 0 else freeze_to
    norms = norm_parameters(network)
    for name, parameter in network.named_parameters():
        parameter.requires_grad_(parameter_group(network, name) >= frozen or name in norms)
