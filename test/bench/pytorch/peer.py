"""
The yardstick: the same training step in PyTorch, eager. Started by test/bench/participant.ts with the workload as JSON;
answers {"steps": n} on standard input with {"times": [ms, ...]} on standard output. Needs torch alone.

The networks are those of electron/engine/models, parameter for parameter; of families that are not written here, those that the
engine exports for PyTorch, which come without stochastic depth.
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}
BATCHES = 4
WARM_UP = 3
# Steps of each form of Adam before the faster one is kept.
TRIALS = 3
# The preset 'seed-2021' of electron/contract/recipe.ts.
TEMPERATURE, DISTILLATION_WEIGHT, LABEL_WEIGHT = 20, 1.4, 0.3


def conv(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)


def conv_norm(inputs, outputs, kernel, stride=1, groups=1, activation=None):
    layers = [conv(inputs, outputs, kernel, stride, groups), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([activation(inplace=True)] if activation else []))


class Residual(nn.Module):
    """A basic block (expansion 1) or a bottleneck (expansion 4) with its shortcut."""

    def __init__(self, inputs, channels, stride, expansion):
        super().__init__()
        outputs = channels * expansion
        if expansion == 1:
            self.body = nn.Sequential(
                conv_norm(inputs, channels, 3, stride, activation=nn.ReLU),
                conv_norm(channels, outputs, 3),
            )
        else:
            self.body = nn.Sequential(
                conv_norm(inputs, channels, 1, activation=nn.ReLU),
                conv_norm(channels, channels, 3, stride, activation=nn.ReLU),
                conv_norm(channels, outputs, 1),
            )
        same = stride == 1 and inputs == outputs
        self.shortcut = nn.Identity() if same else conv_norm(inputs, outputs, 1, stride)

    def forward(self, x):
        return F.relu(self.body(x) + self.shortcut(x), inplace=True)


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        inner = inputs * expansion
        widen = [conv_norm(inputs, inner, 1, activation=nn.ReLU6)] if expansion != 1 else []
        self.body = nn.Sequential(
            *widen,
            conv_norm(inner, inner, 3, stride, groups=inner, activation=nn.ReLU6),
            conv_norm(inner, outputs, 1),
        )
        self.same = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.body(x) if self.same else self.body(x)


def stages(inputs, widths, counts, expansion):
    blocks = []
    for index, (width, count) in enumerate(zip(widths, counts)):
        for block in range(count):
            stride = 2 if index > 0 and block == 0 else 1
            blocks.append(Residual(inputs, width, stride, expansion))
            inputs = width * expansion
    return blocks, inputs


def head(channels, classes, dropout=0.0):
    drop = [nn.Dropout(dropout)] if dropout else []
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), *drop, nn.Linear(channels, classes)]


def resnet(recipe, classes, counts, expansion):
    width = recipe["width"] or 64
    if recipe["stem"] == "imagenet":
        stem = [conv_norm(3, width, 7, 2, activation=nn.ReLU), nn.MaxPool2d(3, 2, 1)]
    else:
        stem = [conv_norm(3, width, 3, 1 if recipe["stem"] == "small" else 2, activation=nn.ReLU)]
    blocks, channels = stages(width, [width * 2**i for i in range(4)], counts, expansion)
    return nn.Sequential(*stem, *blocks, *head(channels, classes))


def cifar_resnet(recipe, classes, count):
    width = recipe["width"] or 16
    stem = conv_norm(3, width, 3, 2 if recipe["stem"] == "small-stride2" else 1, activation=nn.ReLU)
    blocks, channels = stages(width, [width, 2 * width, 4 * width], [count] * 3, 1)
    return nn.Sequential(stem, *blocks, *head(channels, classes))


def divisible_by_8(value):
    nearest = max(8, int(value + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * value else nearest


def mobilenet_v2(recipe, classes):
    multiple = (recipe["width"] or 32) / 32
    small = recipe["stem"] != "imagenet"
    channels = divisible_by_8(32 * multiple)
    layers = [conv_norm(3, channels, 3, 1 if recipe["stem"] == "small" else 2, activation=nn.ReLU6)]
    groups = [(1, 16, 1, 1), (6, 24, 2, 1 if small else 2), (6, 32, 3, 2), (6, 64, 4, 2)]
    groups += [(6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expansion, width, count, first_stride in groups:
        width = divisible_by_8(width * multiple)
        for block in range(count):
            layers.append(InvertedResidual(channels, width, first_stride if block == 0 else 1, expansion))
            channels = width
    last = divisible_by_8(1280 * max(1, multiple))
    layers.append(conv_norm(channels, last, 1, activation=nn.ReLU6))
    return nn.Sequential(*layers, *head(last, classes, dropout=0.2))


def written_out(source):
    """The network of a model.py that the engine writes, which ends with its class."""
    namespace = {}
    exec(source, namespace)
    modules = [value for value in namespace.values() if isinstance(value, type) and issubclass(value, nn.Module)]
    return modules[-1]()


def create(recipe, classes, sources):
    builders = {
        "resnet18": lambda: resnet(recipe, classes, [2, 2, 2, 2], 1),
        "resnet34": lambda: resnet(recipe, classes, [3, 4, 6, 3], 1),
        "resnet50": lambda: resnet(recipe, classes, [3, 4, 6, 3], 4),
        "mobilenet_v2": lambda: mobilenet_v2(recipe, classes),
        "cifar_resnet8": lambda: cifar_resnet(recipe, classes, 1),
        "cifar_resnet14": lambda: cifar_resnet(recipe, classes, 2),
        "cifar_resnet20": lambda: cifar_resnet(recipe, classes, 3),
    }
    architecture = recipe["architecture"]
    return builders[architecture]() if architecture in builders else written_out(sources[architecture])


def count(model):
    return sum(parameter.numel() for parameter in model.parameters())


class Training:
    def __init__(self, workload):
        torch.set_num_threads(workload["threads"])
        torch.manual_seed(1)
        memory_format = FORMATS[workload["format"]]
        n, size, classes = workload["batchSize"], workload["size"], workload["classes"]
        self.model = create(workload["student"], classes, workload["sources"]).train().to(memory_format=memory_format)
        self.teacher = None
        if workload["teacher"]:
            self.teacher = create(workload["teacher"], classes, workload["sources"]).eval().to(memory_format=memory_format)
        shape = (n, 3, size, size)
        self.batches = [
            (torch.randn(shape).to(memory_format=memory_format), torch.randint(classes, (n,)))
            for _ in range(BATCHES)
        ]
        self.steps = 0

    def adam(self, fused):
        return torch.optim.Adam(self.model.parameters(), 1e-3, (0.9, 0.99), 1e-5, fused=fused)

    def loss(self, images, labels):
        if self.teacher is None:
            return F.cross_entropy(self.model(images), labels)
        with torch.no_grad():
            answers = F.log_softmax(self.teacher(images) / TEMPERATURE, 1)
        logits = self.model(images)
        softened = F.log_softmax(logits / TEMPERATURE, 1)
        distance = F.kl_div(softened, answers, reduction="batchmean", log_target=True) * TEMPERATURE**2
        return DISTILLATION_WEIGHT * distance + LABEL_WEIGHT * F.cross_entropy(logits, labels)

    def timed_step(self, optimizer):
        """Milliseconds of one step, its loss read."""
        images, labels = self.batches[self.steps % BATCHES]
        self.steps += 1
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = self.loss(images, labels)
        loss.backward()
        optimizer.step()
        loss.item()
        return (time.perf_counter() - start) * 1000

    def burst(self, optimizer, steps):
        return [self.timed_step(optimizer) for _ in range(steps)]

    def faster_adam(self):
        """The faster form of Adam, and whether it is the fused one; old versions have none for processors."""
        plain = self.adam(False)
        try:
            fused = self.adam(True)
        except (RuntimeError, TypeError):
            return plain, False
        times = {False: [], True: []}
        for _ in range(TRIALS + 1):
            times[False] += self.burst(plain, 1)
            times[True] += self.burst(fused, 1)
        # The first step of each allocates the moments.
        better = min(times[True][1:]) < min(times[False][1:])
        return (fused if better else plain), better


def main():
    start = time.perf_counter()
    workload = json.loads(sys.argv[1])
    training = Training(workload)
    set_up = (time.perf_counter() - start) * 1000
    if workload["fused"] is None:
        first = training.burst(training.adam(False), WARM_UP)
        optimizer, fused = training.faster_adam()
    else:
        fused = workload["fused"]
        optimizer = training.adam(fused)
        first = training.burst(optimizer, WARM_UP)
    details = f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads, Adam fused={fused}"
    teacher = count(training.teacher) if training.teacher else None
    say(
        {
            "details": details,
            "parameters": count(training.model),
            "teacherParameters": teacher,
            "setUpMs": set_up,
            "warmUpMs": first,
        }
    )
    for line in sys.stdin:
        say({"times": training.burst(optimizer, json.loads(line)["steps"])})


def say(answer):
    print(json.dumps(answer), flush=True)


main()
