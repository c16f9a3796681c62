def shortcut(inputs: int, outputs: int, stride: int) -> nn.Module:
    """What is added to a block's output: its input, projected where the block changes the shape."""
    if stride == 1 and inputs == outputs:
        return nn.Identity()
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel_size=1, stride=stride, bias=False),
        nn.BatchNorm2d(outputs),
    )
