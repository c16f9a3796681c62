def add_modules(parent: nn.Module, modules: dict[str, nn.Module | nn.Parameter]) -> None:
    """Adds modules and parameters under dotted names: "features.0.1" is the module "1" of the module "0" of "features"."""
    for name, module in modules.items():
        *path, last = name.split(".")
        holder = parent
        for part in path:
            if not hasattr(holder, part):
                holder.add_module(part, nn.Module())
            holder = getattr(holder, part)
        setattr(holder, last, module)


def over_channels(module: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """A module of vectors, applied to the channels of every pixel."""
    return module(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
