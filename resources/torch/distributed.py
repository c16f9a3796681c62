"""The processes that train together. torchrun starts them; without it there is one."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import distributed
from torch.distributed.nn.functional import all_gather, all_reduce


@dataclass(frozen=True)
class Place:
    """One process among all."""

    rank: int
    processes: int
    device: torch.device

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def total(self, values: list[float]) -> list[float]:
        """Each value summed over all processes."""
        sums = torch.tensor(values, dtype=torch.float64)
        if self.processes > 1:
            # NCCL takes tensors of its own devices alone.
            sums = sums.to(self.device)
            distributed.all_reduce(sums)
        return sums.tolist()

    def mean(self, values: list[float]) -> list[float]:
        return [value / self.processes for value in self.total(values)]

    def copy_from_first(self, tensors: Iterable[torch.Tensor]) -> None:
        """Gives every process the first one's values."""
        if self.processes > 1:
            for tensor in tensors:
                distributed.broadcast(tensor, src=0)

    def wait(self) -> None:
        """Until every process has come here."""
        if self.processes > 1:
            distributed.barrier()


def of_all_processes(rows: torch.Tensor) -> torch.Tensor:
    """The rows of a whole batch, of which every process has an equal share. Gradients flow to all of them."""
    return torch.cat(all_gather(rows)) if distributed.is_initialized() else rows


def mean_of_processes(means: torch.Tensor) -> torch.Tensor:
    """The means over a whole batch, of which every process has those of an equal share. Gradients flow to all of them."""
    return all_reduce(means) / distributed.get_world_size() if distributed.is_initialized() else means


@contextmanager
def joined() -> Iterator[Place]:
    """This process, as one of the group that torchrun started."""
    has_gpu = torch.cuda.is_available()
    local = int(os.environ.get("LOCAL_RANK", "0"))
    device = torch.device("cuda", local) if has_gpu else torch.device("cpu")
    if has_gpu:
        torch.cuda.set_device(device)
    if "RANK" not in os.environ:
        yield Place(0, 1, device)
        return
    distributed.init_process_group("nccl" if has_gpu else "gloo")
    try:
        yield Place(distributed.get_rank(), distributed.get_world_size(), device)
    finally:
        distributed.destroy_process_group()
