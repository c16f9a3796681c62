"""Trains the recipe's networks: torchrun --standalone --nproc-per-node 2 train.py

Gradients are averaged over the processes (DistributedDataParallel), so that the batch stays the recipe's, whatever their
number. A training that was cut off goes on after its last whole epoch.
"""

import argparse
import json
from contextlib import nullcontext
from pathlib import Path

import torch
from torch.nn.parallel import DistributedDataParallel

import batch_norm
import checkpoint
import model
from average import WeightAverage
from checkpoint import BestEpoch
from data import Batch, RecordedBatches, TrainingLoader, evaluation_loader, read_split, views_of
from distributed import Place, joined
from losses import Objective, Outputs, outputs_of
from optimizer import Optimizer
from schedule import stage_of, weight_at
from scores import RunningScores
from settings import FOLDER, RECIPE, SEED, image_of, roles_to_train, training_of


class Training:
    """One role's training, from the start weights to the file of the trained ones."""

    def __init__(self, role: str, place: Place, options: argparse.Namespace) -> None:
        self.role, self.place, self.options = role, place, options
        self.recipe = training_of(role)
        self.stages = self.recipe["stages"]
        self.epochs = sum(stage["epochs"] for stage in self.stages)
        # A student learns from labels and teacher; teacher and baseline from labels alone.
        is_student = role == "student"
        self.terms = RECIPE["distillation"]["terms"] if is_student else []
        self.weights = [RECIPE["distillation"]["labels"]["weight"] if is_student else 1.0]
        self.weights += [term["weight"] for term in self.terms]
        self.teacher = self._load_teacher() if self.terms else None
        self.views = views_of(image_of(role), image_of("teacher") if self.teacher else None)
        network = model.load_weights(model.create(role), model.start_file(role))
        if options.sync_batch_norm and place.processes > 1:
            network = batch_norm.joined(network)
        self.objective = Objective(network, self.terms, self.recipe["labelSmoothing"]).to(place.device)
        if self.objective.reused is not None:
            self.objective.reused.reuse(self.teacher)
        self.optimizer = Optimizer(self.objective, self.recipe)
        ema = self.recipe["ema"]
        self.average = None if ema is None else WeightAverage(self.objective, ema["decay"])
        self.best = BestEpoch()
        self.checkpoint = options.out / f"{role}.checkpoint"

    def _load_teacher(self) -> torch.nn.Module:
        file = model.trained_file("teacher", self.options.out)
        teacher = model.load_weights(model.create("teacher"), file).to(self.place.device)
        return teacher.eval().requires_grad_(False)

    def run(self) -> None:
        batches = self._batches()
        validation = self._validation()
        done = 0
        if self.options.batches is None and self.checkpoint.exists():
            done, self.best = checkpoint.load(self.checkpoint, self._parts())
            self._report({"role": self.role, "resumed_after_epoch": done})
        parallel = None
        for epoch in range(done + 1, self.epochs + 1):
            index, _ = stage_of(self.stages, epoch)
            if parallel is None or self._is_first_of_stage(epoch):
                parallel = self._begin_stage(index, epoch)
            steps = self._train_epoch(parallel, batches, epoch)
            if steps < batches.steps:
                # The recorded batches have come to their end.
                break
            if validation is not None:
                with self.average.standing_in() if self.average else nullcontext():
                    scores = self._validate(validation, epoch)
                    self.best.offer(epoch, scores, self.objective.network)
                self._report({"role": self.role, "epoch": epoch, **scores})
            if self.options.batches is None and self.place.is_first:
                checkpoint.save(self.checkpoint, epoch, self._parts(), self.best)
            if self._is_over(epoch):
                break
        self._finish()

    def _parts(self) -> dict[str, checkpoint.Part]:
        parts = {"objective": self.objective, "optimizer": self.optimizer.torch}
        return parts if self.average is None else {**parts, "average": self.average}

    def _batches(self) -> TrainingLoader | RecordedBatches:
        if self.options.batches is not None:
            return RecordedBatches(self.options.batches, self.place)
        samples = read_split(self.role, "train", self.options.images)
        return TrainingLoader(samples, self.views, self.recipe["batchSize"], self.place, self.options.workers)

    def _validation(self) -> torch.utils.data.DataLoader | None:
        """None where nothing is held out: the last epoch is kept then."""
        if self.options.batches is not None:
            return None
        samples = read_split(self.role, "validation", self.options.images)
        return evaluation_loader(samples, self.views, self.place, self.options.workers) if samples else None

    def _is_first_of_stage(self, epoch: int) -> bool:
        return stage_of(self.stages, epoch)[1] == 0

    def _begin_stage(self, index: int, epoch: int) -> torch.nn.Module:
        """Freezes what the stage freezes. DistributedDataParallel looks at requires_grad when it is made."""
        freeze_to = self.stages[index]["freezeTo"]
        if index > 0 and self._is_first_of_stage(epoch) and freeze_to != self.stages[index - 1]["freezeTo"]:
            self.optimizer.forget()
        model.freeze(self.objective.network, freeze_to)
        if self.objective.reused is not None:
            # Written, not trained.
            model.last_layer(self.objective.network).requires_grad_(False)
        if self.place.processes == 1:
            return self.objective
        devices = [self.place.device] if self.place.device.type == "cuda" else None
        return DistributedDataParallel(self.objective, device_ids=devices)

    def _train_epoch(
        self, parallel: torch.nn.Module, batches: TrainingLoader | RecordedBatches, epoch: int
    ) -> int:
        """The number of steps that were taken."""
        index, before = stage_of(self.stages, epoch)
        stage = self.stages[index]
        parallel.train()
        steps = 0
        for batch in batches.epoch(epoch):
            progress = (before * batches.steps + steps) / (stage["epochs"] * batches.steps)
            self.optimizer.set_rates(stage["learningRate"], progress)
            loss, parts = self._step(parallel, batch, epoch)
            steps += 1
            if self.options.batches is not None or steps % self.options.report_every == 0:
                self._report_step(epoch, steps, [loss, *parts])
        self.objective.fold()
        return steps

    def _step(self, parallel: torch.nn.Module, batch: Batch, epoch: int) -> tuple[torch.Tensor, list[torch.Tensor]]:
        images, labels, teacher = self._inputs(batch)
        self.optimizer.torch.zero_grad()
        loss, parts, _ = parallel(images, labels, teacher, self._weights_at(epoch))
        loss.backward()
        limit = self.recipe["clipNorm"]
        if limit is not None:
            # Of the averaged gradients: the same in every process.
            torch.nn.utils.clip_grad_norm_(self.objective.parameters(), limit)
        self.optimizer.torch.step()
        if self.average:
            # The last layer that is averaged must be that of these weights.
            self.objective.fold()
            self.average.update()
        return loss.detach(), parts

    def _inputs(self, batch: Batch) -> tuple[torch.Tensor, torch.Tensor, Outputs | None]:
        views, labels = batch
        views = [view.to(self.place.device, non_blocking=True) for view in views]
        labels = labels.to(self.place.device, non_blocking=True)
        if self.teacher is None:
            return views[0], labels, None
        with torch.no_grad():
            return views[0], labels, outputs_of(self.teacher, views[-1])

    def _weights_at(self, epoch: int) -> list[float]:
        return [weight_at(weight, epoch, self.epochs) for weight in self.weights]

    @torch.no_grad()
    def _validate(self, loader: torch.utils.data.DataLoader, epoch: int) -> dict[str, float]:
        """Scores in evaluation mode, with the training's own loss."""
        self.objective.eval()
        # Without batch norm over all processes each has statistics of its own; the first process's are saved.
        self.place.copy_from_first(self.objective.buffers())
        scores = RunningScores()
        for batch in loader:
            images, labels, teacher = self._inputs(batch)
            loss, _, logits = self.objective(images, labels, teacher, self._weights_at(epoch))
            scores.add(logits, labels, loss.item())
        return scores.result(self.place)

    def _is_over(self, epoch: int) -> bool:
        stop = self.recipe["earlyStop"]
        return stop is not None and self.best.epoch is not None and epoch - self.best.epoch >= stop["patience"]

    def _finish(self) -> None:
        if self.place.is_first:
            if self.best.weights is not None:
                self.objective.network.load_state_dict(self.best.weights)
            elif self.average:
                self.average.stand_in()
            file = self.options.out / f"{self.role}.safetensors"
            model.save(self.objective.network, self.role, file)
            self.checkpoint.unlink(missing_ok=True)
            self._report({"role": self.role, "best_epoch": self.best.epoch, "file": str(file)})
        # The next role may need this file.
        self.place.wait()

    def _report_step(self, epoch: int, step: int, losses: list[torch.Tensor]) -> None:
        loss, label_loss, *term_losses = self.place.mean([float(one) for one in losses])
        self._report(
            {
                "role": self.role,
                "epoch": epoch,
                "step": step,
                "loss": loss,
                "label_loss": label_loss,
                "term_losses": term_losses,
            }
        )

    def _report(self, values: dict) -> None:
        """A line of JSON, from one of the processes."""
        if self.place.is_first:
            print(json.dumps(values), flush=True)


def read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--roles", nargs="+", default=roles_to_train(), choices=["teacher", "student", "baseline"])
    parser.add_argument("--out", type=Path, default=FOLDER / "trained", help="where the trained weights go")
    parser.add_argument("--images", type=Path, help="the folder of the images, if it has moved")
    parser.add_argument("--workers", type=int, default=4, help="loading processes for each training process")
    parser.add_argument("--sync-batch-norm", action="store_true", help="batch norm over the whole batch")
    parser.add_argument("--batches", type=Path, help="recorded batches to train on instead of the images")
    parser.add_argument("--report-every", type=int, default=50, metavar="STEPS")
    return parser.parse_args()


def main() -> None:
    options = read_options()
    with joined() as place:
        for role in options.roles:
            if options.batches is None and (options.out / f"{role}.safetensors").exists():
                continue
            # Dropout differs from process to process.
            torch.manual_seed(SEED + place.rank)
            Training(role, place, options).run()


if __name__ == "__main__":
    main()
