class FastaiHead(nn.Module):
    """fastai's head: maximum and average over the map, then twice batch norm, dropout and a linear layer."""

    def __init__(self, inputs: int, hidden: int, classes: int) -> None:
        super().__init__()
        self.bn1 = nn.BatchNorm1d(2 * inputs)
        self.dropout1 = nn.Dropout(0.25)
        self.fc1 = nn.Linear(2 * inputs, hidden, bias=False)
        self.bn2 = nn.BatchNorm1d(hidden)
        self.dropout2 = nn.Dropout(0.5)
        self.fc2 = nn.Linear(hidden, classes, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.cat([x.amax(dim=(2, 3)), x.mean(dim=(2, 3))], dim=1)
        x = torch.relu(self.fc1(self.dropout1(self.bn1(x))))
        return self.fc2(self.dropout2(self.bn2(x)))
