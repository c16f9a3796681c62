"""Batch norm over the whole batch, whichever process holds which part of it."""

import torch
from torch import distributed, nn
from torch.distributed.nn.functional import all_reduce
from torch.nn import functional
from torch.nn.modules.batchnorm import _BatchNorm


class JointBatchNorm(_BatchNorm):
    """Statistics over all processes, by an all_reduce that gradients flow through.

    torch's SyncBatchNorm runs on GPUs alone; this one runs wherever the process group does, gloo included. Mean and
    variance are exact means over the batch where all processes have equally many images.
    """

    def _check_input_dim(self, input: torch.Tensor) -> None:
        if input.dim() not in (2, 4):
            raise ValueError(f"Expected 2 or 4 axes, got {input.dim()}.")

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        self._check_input_dim(input)
        if not self.training:
            return functional.batch_norm(
                input, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        axes = [axis for axis in range(input.dim()) if axis != 1]
        processes = distributed.get_world_size()
        # The mean first: the mean of squares less the square of the mean would lose digits.
        mean = all_reduce(input.mean(axes, keepdim=True)) / processes
        centred = input - mean
        variance = all_reduce(centred.square().mean(axes, keepdim=True)) / processes
        self._update(mean.detach().flatten(), variance.detach().flatten(), processes * input[:, 0].numel())
        shape = [1, -1] + [1] * (input.dim() - 2)
        scale = self.weight.view(shape) * torch.rsqrt(variance + self.eps)
        return centred * scale + self.bias.view(shape)

    @torch.no_grad()
    def _update(self, mean: torch.Tensor, variance: torch.Tensor, count: int) -> None:
        self.num_batches_tracked += 1
        self.running_mean.lerp_(mean, self.momentum)
        # The running variance is the unbiased one, as in every batch norm of torch's.
        self.running_var.lerp_(variance * count / max(1, count - 1), self.momentum)


def joined(network: nn.Module) -> nn.Module:
    """The network with batch norms over all processes; weights and their names stay as they are."""
    if torch.cuda.is_available():
        return nn.SyncBatchNorm.convert_sync_batchnorm(network)
    for name, child in network.named_children():
        if isinstance(child, _BatchNorm):
            replacement = JointBatchNorm(child.num_features, child.eps, child.momentum)
            replacement.load_state_dict(child.state_dict())
            setattr(network, name, replacement)
        else:
            joined(child)
    return network
