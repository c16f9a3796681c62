def stochastic_depth(x: torch.Tensor, rate: float, training: bool) -> torch.Tensor:
    """In training whole images' values are 0 at this rate, the others divided by 1 - rate (Huang et al., 2016)."""
    if not training or rate == 0:
        return x
    kept = torch.rand(x.shape[0], 1, 1, 1, device=x.device) >= rate
    return x * kept / (1 - rate)
