def conv_norm(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution, batch norm and ReLU6."""
    padding = (kernel - 1) // 2
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, padding, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(),
    )


class InvertedResidual(nn.Module):
    """Widens by 1x1, filters each channel by 3x3, narrows by 1x1 (Sandler et al., 2018)."""

    def __init__(self, inputs: int, outputs: int, expansion: int = 6, stride: int = 1) -> None:
        super().__init__()
        inner = inputs * expansion
        widen = [] if expansion == 1 else [conv_norm(inputs, inner, kernel=1)]
        self.conv = nn.Sequential(
            *widen,
            conv_norm(inner, inner, kernel=3, stride=stride, groups=inner),
            nn.Conv2d(inner, outputs, kernel_size=1, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.is_residual = stride == 1 and inputs == outputs

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.conv(x)
        return x + y if self.is_residual else y
